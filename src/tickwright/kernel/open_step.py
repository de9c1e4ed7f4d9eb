"""The OPEN of all instruments of one instant, as one matching step.

Invariants (rule book §2.2): reducing orders of all instruments first, in order of arrival, then all others in order of
arrival; what arrives during the step waits for the RANGE; a bar in which nothing trades has no OPEN.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.compilation import rule
from tickwright.kernel.fills import forget_decayed
from tickwright.kernel.layout import NONE, Record, book_of, code, slot_at, venue_of, view_int64, view_uint8
from tickwright.kernel.orders import bury_dead
from tickwright.kernel.taking import index_of, shrink_decision, take

TRADES = 2
_MARKET = code(records.OrderType.MARKET)


@rule
def match_open(context: Record) -> None:
    """Match every working order against the opens of this row."""
    venue = venue_of(context)
    if venue["head"] == NONE:
        return
    forget_decayed(context)
    _match_pass(context, True, venue["arrivals"])
    _match_pass(context, False, venue["arrivals"])
    bury_dead(context)


@rule
def reduces(context: Record, slot: Record) -> bool:
    """Whether an order would make the position it meets smaller."""
    position = book_of(context, slot["instrument"])["position"]
    return position != 0 and (position > 0) != (slot["side"] > 0)


@rule
def _match_pass(context: Record, reducing: bool, arrivals: int) -> None:
    place = venue_of(context)["head"]
    while place != NONE:
        slot = slot_at(context, place)
        if slot["arrival"] >= arrivals:
            return
        if slot["side"] != 0 and slot["met_step"] != venue_of(context)["step"]:
            index = index_of(context, slot["instrument"])
            trades = view_uint8(context["presence"], index + 1)[index] == TRADES
            if trades and (not reducing or reduces(context, slot)):
                slot["met_step"] = venue_of(context)["step"]
                _meet_open(context, place, view_int64(context["open"], index + 1)[index])
        place = slot["next"]


@rule
def _meet_open(context: Record, place: int, open_price: int) -> None:
    slot = slot_at(context, place)
    if slot["type"] == _MARKET:
        shrink_decision(context, place)
        take(context, place, open_price)
