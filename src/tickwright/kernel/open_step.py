"""The OPEN of all instruments of one instant, as one matching step.

Invariants (rule book §2.2): reducing orders of all instruments first, in order of arrival, then all others in order of
arrival; what arrives during the step waits for the RANGE; a bar in which nothing trades has no OPEN.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.fills import forget_decayed, index_of
from tickwright.kernel.layout import NONE, Record, code
from tickwright.kernel.levels import advance_peak, past_limit, touched
from tickwright.kernel.limits import arrive, fill_at_limit
from tickwright.kernel.liquidation import liquidate_at_open
from tickwright.kernel.marks import seen_open
from tickwright.kernel.orders import bury_dead, is_limit, is_reduce_only
from tickwright.kernel.reach import book_of, slot_at, venue_of, view_context, view_int64, view_uint8
from tickwright.kernel.taking import shrink_decision, take
from tickwright.kernel.triggers import trigger_at_open
from tickwright.machine_code.compilation import entry, rule

TRADES = 2
_MARKET = code(records.OrderType.MARKET)
_LIMIT = code(records.OrderType.LIMIT)
_TRAILING_STOP = code(records.OrderType.TRAILING_STOP)


@entry
def match_open(address: int, unused: int) -> int:
    """Match every working order against the opens of this row."""
    context = view_context(address, 1)[0]
    venue = venue_of(context)
    if venue["head"] == NONE and context["perpetuals"] == 0:
        return 0
    forget_decayed(context)
    arrivals = venue["arrivals"]
    _match_pass(context, True, arrivals)
    if context["perpetuals"] != 0:
        _liquidate_unsafe(context)
    _match_pass(context, False, arrivals)
    bury_dead(context)
    return 0


@rule
def reduces(context: Record, slot: Record) -> bool:
    """Whether an order would make the position it meets smaller."""
    return is_reduce_only(slot) or slot["side"] * book_of(context, slot["instrument"])["position"] < 0


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
def _liquidate_unsafe(context: Record) -> None:
    """Between reducing orders and all others: positions that the opens leave without safety."""
    for instrument in range(context["instruments"]):
        index = index_of(context, instrument)
        if view_uint8(context["presence"], index + 1)[index] == TRADES:
            liquidate_at_open(context, instrument)


@rule
def takes_now(slot: Record) -> bool:
    """Whether an order takes like a market order: it is one, or a stop or take-profit that has triggered."""
    return slot["type"] == _MARKET or (slot["triggered"] == 1 and not is_limit(slot["type"]))


@rule
def rests_as_limit(slot: Record) -> bool:
    """Whether an order stands as a limit: it is one, or a stop-limit that has triggered."""
    return slot["type"] == _LIMIT or (slot["triggered"] == 1 and is_limit(slot["type"]))


@rule
def _meet_open(context: Record, place: int, open_price: int) -> None:
    slot = slot_at(context, place)
    first = slot["met"] == 0
    slot["met"] = 1
    if slot["type"] == _TRAILING_STOP and slot["triggered"] == 0 and slot["peak"] == 0:
        slot["peak"] = seen_open(context, slot)
    if takes_now(slot):
        shrink_decision(context, place)
        take(context, place, open_price)
    elif rests_as_limit(slot):
        _limit_at_open(context, place, open_price)
    elif touched(context, slot, seen_open(context, slot)):
        trigger_at_open(context, place, open_price, first)
    elif slot["type"] == _TRAILING_STOP:
        advance_peak(slot, seen_open(context, slot))


@rule
def _limit_at_open(context: Record, place: int, open_price: int) -> None:
    slot = slot_at(context, place)
    if slot["rested"] == 0:
        arrive(context, place, open_price)
    elif past_limit(context, slot["side"], open_price, slot["limit_price"]):
        fill_at_limit(context, place, open_price if context["limit_gap_open"] == 1 else slot["limit_price"])
