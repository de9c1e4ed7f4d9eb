"""Protective exits: every entry fill bears a part with its own stop, target, trail and time limit.

Invariants (rule book §8): a part's exits are reduce-only siblings at fractions of its fill's price, over what arrived;
the first fill of one cancels the unfinished entry of the side it closed; any other reduction consumes parts oldest
first and shrinks their exits; at `max_bars` closes after the entry the part goes at the next OPEN.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.arithmetic import floored_to
from tickwright.kernel.fills import at_open
from tickwright.kernel.layout import NONE, Record, code
from tickwright.kernel.levels import on_tick, price_away
from tickwright.kernel.orders import append, finish, new_slot, report_accepted, rest_of
from tickwright.kernel.reach import book_of, part_at, slot_at, venue_of, view_int64, view_uint8
from tickwright.kernel.slots import clear_progress, clear_terms
from tickwright.machine_code.compilation import rule

_MARKET = code(records.OrderType.MARKET)
_LIMIT = code(records.OrderType.LIMIT)
_STOP = code(records.OrderType.STOP)
_TRAILING_STOP = code(records.OrderType.TRAILING_STOP)
_CHILD = code(records.OrderFlag.CHILD)
_REDUCE_ONLY = code(records.OrderFlag.REDUCE_ONLY)
_MAKES_PARTS = code(records.OrderFlag.MAKES_PARTS)
_EXITS_BY_MARK = code(records.OrderFlag.EXITS_BY_MARK)
_BY_MARK = code(records.OrderFlag.TRIGGER_BY_MARK)
_STOP_LOSS = code(records.Reason.STOP_LOSS)
_TAKE_PROFIT = code(records.Reason.TAKE_PROFIT)
_TRAIL = code(records.Reason.TRAILING_STOP)
_TIME_EXIT = code(records.Reason.TIME_EXIT)
_CANCELLED = code(records.OrderState.CANCELLED)


@rule
def bears_exits(slot: Record) -> bool:
    """Whether an order's fills are protected."""
    stop_or_target = slot["exit_stop_ppb"] > 0 or slot["exit_target_ppb"] > 0
    return stop_or_target or slot["exit_trail_ppb"] > 0 or slot["exit_max_bars"] > 0


@rule
def makes_parts(slot: Record) -> bool:
    """Whether an order's fills are parts: it bears exits, or is an increase of targets that have exits at all.

    A part without exits of its own still has its age: a reduction consumes it before younger ones.
    """
    return (slot["flags"] & _MAKES_PARTS) != 0 or bears_exits(slot)


@rule
def protect_fill(context: Record, place: int, side: int, quantity: int, price: int) -> None:
    """Follow a fill: an entry bears a part, an exit shrinks its own, any other reduction consumes the oldest."""
    slot = slot_at(context, place)
    if slot["part"] != NONE:
        _shrink_own(context, slot["part"], quantity)
    elif makes_parts(slot):
        _bear(context, place, side, quantity, price)
    else:
        _consume(context, slot["instrument"], side, quantity)
    _forget_empty(context)


@rule
def _find_part(context: Record, serial: int) -> int:
    """The place of a part, NONE when it is gone."""
    for place in range(venue_of(context)["part_count"]):
        if part_at(context, place)["serial"] == serial:
            return place
    return NONE


@rule
def _shrink_own(context: Record, serial: int, quantity: int) -> None:
    place = _find_part(context, serial)
    if place == NONE:
        return
    part = part_at(context, place)
    part["quantity"] -= quantity
    other = book_of(context, part["instrument"])["head"]
    while other != NONE:
        entry = slot_at(context, other)
        if entry["side"] == part["side"] and makes_parts(entry):
            finish(context, other, _CANCELLED)
        other = entry["next_here"]


@rule
def _bear(context: Record, place: int, side: int, quantity: int, price: int) -> None:
    venue, entry = venue_of(context), slot_at(context, place)
    arrived = floored_to(quantity, entry["lot"])
    if arrived == 0:
        return
    part = part_at(context, venue["part_count"])
    venue["part_count"] += 1
    venue["part_serial"] += 1
    part["serial"], part["instrument"], part["side"] = venue["part_serial"], entry["instrument"], side
    part["quantity"], part["entered_ns"] = arrived, venue["now_ns"]
    part["closes"], part["max_bars"] = 0, entry["exit_max_bars"]
    part["parent"], part["lot"], part["tick"] = entry["order_id"], entry["lot"], entry["tick"]
    up = 1 if side < 0 else 0
    by_mark = _BY_MARK if (entry["flags"] & _EXITS_BY_MARK) != 0 else 0
    if entry["exit_stop_ppb"] > 0:
        level = on_tick(price_away(price, entry["exit_stop_ppb"], up), part["tick"], up)
        _send_child(context, part, _STOP, _STOP_LOSS, level, 0, 0, by_mark)
    if entry["exit_target_ppb"] > 0:
        level = on_tick(price_away(price, entry["exit_target_ppb"], 1 - up), part["tick"], 1 - up)
        _send_child(context, part, _LIMIT, _TAKE_PROFIT, level, 0, 0, 0)
    if entry["exit_trail_ppb"] > 0:
        _send_child(context, part, _TRAILING_STOP, _TRAIL, 0, entry["exit_trail_ppb"], price, by_mark)


@rule
def _send_child(
    context: Record, part: Record, type_: int, reason: int, level: int, trail: int, peak: int, by_mark: int
) -> None:
    """Let the venue make an exit for a part; exits of a part are siblings of one OCO group."""
    venue = venue_of(context)
    place = new_slot(context)
    slot = slot_at(context, place)
    clear_terms(slot)
    clear_progress(slot)
    slot["order_id"] = venue["next_order"]
    venue["next_order"] += 1
    slot["instrument"], slot["side"], slot["type"] = part["instrument"], -part["side"], type_
    slot["quantity"], slot["flags"], slot["reason"] = part["quantity"], _CHILD | _REDUCE_ONLY | by_mark, reason
    slot["limit_price"] = level if type_ == _LIMIT else 0
    slot["stop_price"] = level if type_ == _STOP else 0
    slot["trail"], slot["peak"], slot["part"], slot["parent"] = trail, peak, part["serial"], part["parent"]
    slot["oco"] = 0 if type_ == _MARKET else -part["serial"]
    slot["lot"], slot["tick"], slot["min_notional"] = part["lot"], part["tick"], 0
    if not at_open(context) and type_ != _MARKET:
        slot["born_step"] = venue["step"]
        slot["rested"] = 1 if type_ == _LIMIT else 0
    append(context, place)
    view_int64(context["slot_of_order"], context["order_capacity"])[slot["order_id"]] = place
    report_accepted(context, slot)


@rule
def _consume(context: Record, instrument: int, side: int, quantity: int) -> None:
    """A reduction that is no exit: parts go oldest first, and their exits shrink with them."""
    left = quantity
    for place in range(venue_of(context)["part_count"]):
        part = part_at(context, place)
        if part["instrument"] == instrument and part["side"] == -side and left > 0:
            taken = min(left, part["quantity"])
            part["quantity"] -= taken
            left -= taken
            _shrink_exits(context, part, taken)


@rule
def _shrink_exits(context: Record, part: Record, taken: int) -> None:
    place = book_of(context, part["instrument"])["head"]
    while place != NONE:
        slot = slot_at(context, place)
        if slot["side"] != 0 and slot["part"] == part["serial"]:
            slot["quantity"] -= taken
            if rest_of(slot) <= 0:
                finish(context, place, _CANCELLED)
        place = slot["next_here"]


@rule
def _forget_empty(context: Record) -> None:
    """Drop parts that are gone, keeping the order of age."""
    venue, kept = venue_of(context), 0
    for place in range(venue["part_count"]):
        part = part_at(context, place)
        if part["quantity"] <= 0:
            continue
        if kept != place:
            _copy_part(part, part_at(context, kept))
        kept += 1
    venue["part_count"] = kept


@rule
def _copy_part(part: Record, copy: Record) -> None:
    copy["serial"], copy["instrument"], copy["side"] = part["serial"], part["instrument"], part["side"]
    copy["quantity"], copy["entered_ns"], copy["closes"] = part["quantity"], part["entered_ns"], part["closes"]
    copy["max_bars"], copy["parent"] = part["max_bars"], part["parent"]
    copy["lot"], copy["tick"] = part["lot"], part["tick"]


@rule
def count_closes(context: Record, decision: int) -> None:
    """Count the closes of the bars that closed at a decision; send time exits for parts at their limit."""
    venue, count = venue_of(context), context["instruments"]
    if venue["part_count"] == 0:
        return
    present = view_uint8(context["decision_presence"], (decision + 1) * count)
    for place in range(venue["part_count"]):
        part = part_at(context, place)
        if present[decision * count + part["instrument"]] == 0 or venue["now_ns"] <= part["entered_ns"]:
            continue
        part["closes"] += 1
        if part["max_bars"] > 0 and part["closes"] == part["max_bars"]:
            _shrink_exits(context, part, part["quantity"])
            _send_child(context, part, _MARKET, _TIME_EXIT, 0, 0, 0, 0)
