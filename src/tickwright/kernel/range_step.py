"""The RANGE of a bar: what trades between its open and its close, instrument by instrument.

Invariants (rule book §5): market orders, capped rests and limits that meet a RANGE first take from the bar's open, in
order of arrival; then six groups, the worse for us first, inside a group nearest to the open first, then by arrival;
what is born here belongs to the last two groups; a bar in which nothing trades has no RANGE.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.fills import forget_decayed, index_of, row_of
from tickwright.kernel.layout import NONE, UNLIMITED, Record, code
from tickwright.kernel.levels import advance_peak, past_limit, touched, trigger_level
from tickwright.kernel.limits import arrive, fill_at_limit
from tickwright.kernel.liquidation import liquidate_on_path
from tickwright.kernel.marks import seen, seen_open
from tickwright.kernel.open_step import TRADES, reduces, rests_as_limit, takes_now
from tickwright.kernel.orders import bury_dead
from tickwright.kernel.reach import book_of, slot_at, venue_of, view_context, view_int64, view_uint8
from tickwright.kernel.taking import take
from tickwright.kernel.triggers import trigger_in_range
from tickwright.machine_code.compilation import entry, rule

_LIMIT = code(records.OrderType.LIMIT)
_STOP = code(records.OrderType.STOP)
_STOP_LIMIT = code(records.OrderType.STOP_LIMIT)
_TRAILING_STOP = code(records.OrderType.TRAILING_STOP)
_TAKE_PROFIT = code(records.OrderType.TAKE_PROFIT)
_GTD = code(records.TimeInForce.GTD)
_GROUPS = 6


@entry
def match_range(address: int, unused: int) -> int:
    """Match every working order against the bars of this row."""
    context = view_context(address, 1)[0]
    venue = venue_of(context)
    if venue["head"] == NONE and context["perpetuals"] == 0:
        return 0
    forget_decayed(context)
    for instrument in range(context["instruments"]):
        book, index = book_of(context, instrument), index_of(context, instrument)
        busy = book["head"] != NONE or (book["perpetual"] == 1 and book["position"] != 0)
        if busy and view_uint8(context["presence"], index + 1)[index] == TRADES:
            book["held_after_open"], book["reduced"] = book["position"], 0
            _take_from_open(context, instrument, view_int64(context["open"], index + 1)[index])
            _walk_path(context, instrument, index)
            _after_path(context, instrument)
    bury_dead(context)
    return 0


@rule
def _in_time(context: Record, slot: Record) -> bool:
    """Whether an order still takes part: one with a date only if it expires at or after this close."""
    return slot["time_in_force"] != _GTD or slot["expire_ns"] >= venue_of(context)["now_ns"]


@rule
def _take_from_open(context: Record, instrument: int, open_price: int) -> None:
    arrivals, place = venue_of(context)["arrivals"], book_of(context, instrument)["head"]
    while place != NONE:
        slot = slot_at(context, place)
        if slot["arrival"] >= arrivals:
            return
        if slot["side"] != 0 and _in_time(context, slot):
            if takes_now(slot):
                take(context, place, open_price)
            elif slot["type"] == _LIMIT and slot["met"] == 0:
                arrive(context, place, open_price)
        place = slot["next_here"]


@rule
def _walk_path(context: Record, instrument: int, index: int) -> None:
    open_price = view_int64(context["open"], index + 1)[index]
    for group in range(1, _GROUPS + 1):
        while True:
            place = _next(context, instrument, group)
            if (group == 1 or group == 5) and book_of(context, instrument)["perpetual"] == 1:
                distance = UNLIMITED if place == NONE else _distance(context, slot_at(context, place))
                if liquidate_on_path(context, instrument, group, distance):
                    continue
            if place == NONE:
                break
            slot_at(context, place)["met_step"] = venue_of(context)["step"]
            if rests_as_limit(slot_at(context, place)):
                fill_at_limit(context, place, slot_at(context, place)["limit_price"])
            else:
                trigger_in_range(context, place, open_price)


@rule
def _next(context: Record, instrument: int, group: int) -> int:
    """The order that meets the path next, of this group or an earlier one; NONE when nothing is reached."""
    best, best_group, best_distance = NONE, group + 1, UNLIMITED
    step = venue_of(context)["step"]
    place = book_of(context, instrument)["head"]
    while place != NONE:
        slot = slot_at(context, place)
        if slot["side"] != 0 and slot["met_step"] != step:
            own = _group_of(context, slot)
            if own != 0 and own <= group:
                distance = _distance(context, slot)
                if own < best_group or (own == best_group and distance < best_distance):
                    best, best_group, best_distance = place, own, distance
        place = slot["next_here"]
    return best


@rule
def _distance(context: Record, slot: Record) -> int:
    """How far the path has to go from the open to meet an order."""
    return abs((slot["limit_price"] if rests_as_limit(slot) else trigger_level(slot)) - seen_open(context, slot))


@rule
def _group_of(context: Record, slot: Record) -> int:
    """The group an order belongs to now, 0 when the path does not reach it."""
    if slot["crossed_row"] == row_of(context) or takes_now(slot) or not _in_time(context, slot):
        return 0
    if not _reached(context, slot):
        return 0
    stop = slot["type"] == _STOP or slot["type"] == _TRAILING_STOP
    if slot["born_step"] == venue_of(context)["step"]:
        return 5 if stop else 6
    if rests_as_limit(slot):
        return 4 if reduces(context, slot) else 3
    if stop:
        return 1 if reduces(context, slot) else 2
    return 4 if slot["type"] == _TAKE_PROFIT else 6


@rule
def _high(context: Record, slot: Record) -> int:
    return seen(context, slot, context["mark_high"], context["high"])


@rule
def _low(context: Record, slot: Record) -> int:
    return seen(context, slot, context["mark_low"], context["low"])


@rule
def _close(context: Record, slot: Record) -> int:
    return seen(context, slot, context["mark_close"], context["close"])


@rule
def _reached(context: Record, slot: Record) -> bool:
    """Whether the bar reaches an order: its far extreme for stops, its near one for limits; born here, by the close."""
    high, low = _high(context, slot), _low(context, slot)
    near, far = (low, high) if slot["side"] > 0 else (high, low)
    if slot["born_step"] == venue_of(context)["step"]:
        near = _close(context, slot)
    if rests_as_limit(slot):
        return past_limit(context, slot["side"], near, slot["limit_price"])
    if slot["type"] == _STOP or slot["type"] == _TRAILING_STOP or slot["type"] == _STOP_LIMIT:
        return touched(context, slot, far)
    return touched(context, slot, near)


@rule
def _after_path(context: Record, instrument: int) -> None:
    """A bar's extremes count for trailing stops after its close; for those born in it only the close does."""
    place = book_of(context, instrument)["head"]
    while place != NONE:
        slot = slot_at(context, place)
        if slot["side"] != 0 and _in_time(context, slot):
            slot["met"] = 1
            if slot["type"] == _TRAILING_STOP and slot["triggered"] == 0 and slot["peak"] != 0:
                _follow(context, slot)
        place = slot["next_here"]


@rule
def _follow(context: Record, slot: Record) -> None:
    if slot["born_step"] == venue_of(context)["step"]:
        advance_peak(slot, _close(context, slot))
    elif slot["side"] > 0:
        advance_peak(slot, _low(context, slot))
    else:
        advance_peak(slot, _high(context, slot))
