"""The RANGE of a bar: what trades between its open and its close, instrument by instrument.

Invariants (rule book §5): market orders and capped rests that meet a RANGE take from the bar's open before anything
else, in order of arrival; a bar in which nothing trades has no RANGE.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.compilation import rule
from tickwright.kernel.fills import forget_decayed, row_of
from tickwright.kernel.layout import NONE, Record, book_of, code, slot_at, venue_of, view_int64, view_uint8
from tickwright.kernel.open_step import TRADES
from tickwright.kernel.orders import bury_dead
from tickwright.kernel.taking import take

_MARKET = code(records.OrderType.MARKET)


@rule
def match_range(context: Record) -> None:
    """Match every working order against the bars of this row."""
    venue = venue_of(context)
    if venue["head"] == NONE:
        return
    forget_decayed(context)
    for instrument in range(context["instruments"]):
        index = row_of(context) * context["instruments"] + instrument
        if book_of(context, instrument)["head"] != NONE and view_uint8(context["presence"], index + 1)[index] == TRADES:
            _take_from_open(context, instrument, view_int64(context["open"], index + 1)[index])
    bury_dead(context)


@rule
def _take_from_open(context: Record, instrument: int, open_price: int) -> None:
    place = book_of(context, instrument)["head"]
    while place != NONE:
        slot = slot_at(context, place)
        if slot["side"] != 0 and slot["type"] == _MARKET:
            take(context, place, open_price)
        place = slot["next_here"]
