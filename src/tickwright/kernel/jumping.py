"""Standing targets of one spot instrument, jumping from what happens to what happens next.

Invariants: a row is jumped over only if it is quiet: no target acts at its close and no working order can trade in it;
a plain fill at an open is booked by `plain`, everything else goes row by row through the general matcher, so the bits
are the general matcher's. A sweep's trial keeps the statistics of its curve alone; a run (`logged`) leaves orders and
fills, from which its curve can be drawn.
"""

from __future__ import annotations

import math

from tickwright.kernel.advance import close_row, has_room, open_row
from tickwright.kernel.client import mark
from tickwright.kernel.curve import begin_curve, curve_at, end_curve, observe, observe_rows
from tickwright.kernel.decisions import wanted_at
from tickwright.kernel.fills import forget_decayed
from tickwright.kernel.layout import LAYOUT, NEED_CAPACITY, NONE, WRONG_LAYOUT, Record, code
from tickwright.kernel.plain import buy_plainly, meets_open, plan, sell_plainly
from tickwright.kernel.quiet import count_quiet_closes, quiet_until
from tickwright.kernel.reach import client_of, position_of, venue_of, view_context, view_float64, view_int64, view_uint8
from tickwright.machine_code.compilation import entry, inlined, rule
from tickwright.machine_code.views import fetch

_EIGHT_TRUE = code(0x0101010101010101)
_EIGHT_FALSE = code(0)


@entry
def jump(address: int, statistics: int) -> int:
    """Run to the end, with the curve's statistics at an address (0: not wanted); it may come back for more capacity."""
    context = view_context(address, 1)[0]
    if context["layout"] != LAYOUT:
        return WRONG_LAYOUT
    venue, first = venue_of(context), context["first_row"]
    end = first + context["decisions"]
    if statistics != 0 and venue["step"] == 2 * first:
        begin_curve(curve_at(statistics), client_of(context)["initial_cash"])
    row = venue["step"] // 2
    change, acted, ahead, acts_ahead = row - 1, math.nan, row - 1, math.nan
    while row < end:
        if not has_room(context):
            venue["step"] = 2 * row
            return NEED_CAPACITY
        if change < row or acted != position_of(context, 0)["acted"]:
            acted = position_of(context, 0)["acted"]
            if ahead >= row and acted == acts_ahead:
                change = ahead
            else:
                change = first + next_change(context, row - first, acted)
            if change < end:
                acts_ahead = wanted_at(context, change - first)
                ahead = first + next_change(context, change + 1 - first, acts_ahead)
                _fetch_rows(context, ahead)
        act = row if _acts_again(context) else change
        if venue["head"] == NONE and venue["part_count"] == 0:
            _observe(context, statistics, row, min(act, end - 1))
            if act < end and not _trade_plainly(context, act):
                venue["step"] = 2 * act + 1
                close_row(context, act)
            row = act + 1
            continue
        quiet = quiet_until(context, row, min(act, end))
        if quiet > row:
            _observe(context, statistics, row, quiet - 1)
            count_quiet_closes(context, quiet - row)
            if position_of(context, 0)["standing"] == 0.0:
                _note_decided(context, row, quiet - 1)
        else:
            _general_row(context, statistics, row)
        row = max(quiet, row + 1)
    _mark_end(context, end - 1)
    if statistics != 0:
        end_curve(curve_at(statistics))
    venue["step"] = 2 * end
    return 0


@rule
def _observe(context: Record, statistics: int, first: int, last: int) -> None:
    if statistics != 0:
        observe_rows(context, curve_at(statistics), first, last)


@rule
def _general_row(context: Record, statistics: int, row: int) -> None:
    venue = venue_of(context)
    venue["step"] = 2 * row
    open_row(context, row)
    venue["step"] = 2 * row + 1
    close_row(context, row)
    if statistics != 0:
        observe(curve_at(statistics), client_of(context)["equity"], 1 if client_of(context)["exposure"] != 0 else 0)


@rule
def _note_decided(context: Record, first: int, last: int) -> None:
    """Note when a target of 0, which could not be acted on, was last decided: at an exit's own instant that counts."""
    decision = last - context["first_row"]
    while decision >= first - context["first_row"] and math.isnan(wanted_at(context, decision)):
        decision -= 1
    if decision >= first - context["first_row"]:
        row = decision + context["first_row"]
        position_of(context, 0)["decided_ns"] = view_int64(context["open_ns"], row + 1)[row] + context["timeframe_ns"]


@rule
def _mark_end(context: Record, row: int) -> None:
    """The last close: what everything is worth, and when orders that still work end."""
    position_of(context, 0)["last_price"] = view_int64(context["close"], row + 1)[row]
    venue_of(context)["now_ns"] = view_int64(context["open_ns"], row + 1)[row] + context["timeframe_ns"]
    mark(context)


@rule
def _acts_again(context: Record) -> bool:
    """Whether the next decision matters though its target may not change: an exit lets the symbol act again."""
    position = position_of(context, 0)
    if position["blocked"] != 0:
        return position["standing"] * position["blocked"] <= 0
    return not math.isnan(position["standing"]) and position["standing"] != position["acted"]


@rule
def _fetch_rows(context: Record, row: int) -> None:
    """Have what acting at a row's close reads brought near: memory answers while the trade before is worked out."""
    fetch(context["close"] + 8 * row)
    fetch(context["open_ns"] + 8 * row)
    fetch(context["open"] + 8 * (row + 1))
    fetch(context["presence"] + row + 1)


@rule
def next_change(context: Record, decision: int, acted: float) -> int:
    """The first decision from this one on whose target differs from one acted on; past the last if none."""
    decisions = context["decisions"]
    if context["signal"] != 0:
        signal = view_uint8(context["signal"], decisions)
        same = 1 if acted == 1.0 else 0
        eight = _EIGHT_TRUE if same == 1 else _EIGHT_FALSE
        while decision + 8 <= decisions and view_int64(context["signal"] + decision, 1)[0] == eight:
            decision += 8
        while decision < decisions and signal[decision] == same:
            decision += 1
        return decision
    wanted = view_float64(context["wanted"], decisions)
    while decision < decisions and (math.isnan(wanted[decision]) or wanted[decision] == acted):
        decision += 1
    return decision


@inlined
def _trade_plainly(context: Record, row: int) -> bool:
    """Act on the target of a row's close and fill at the next open; False, with nothing traded, where not plain."""
    venue, client, position = venue_of(context), client_of(context), position_of(context, 0)
    decision = row - context["first_row"]
    target = wanted_at(context, decision)
    position["last_price"] = view_int64(context["close"], row + 1)[row]
    mark(context)
    if context["exits"] == 1:
        return False
    planned = plan(context, 0, target)
    if not meets_open(context, 0, row + 1, planned):
        return False
    client["now_ns"], client["decision"] = (
        view_int64(context["open_ns"], row + 1)[row] + context["timeframe_ns"],
        decision,
    )
    venue["now_ns"], venue["step"] = view_int64(context["open_ns"], row + 2)[row + 1], 2 * (row + 1)
    if context["statistics"] == 1:
        forget_decayed(context)
    if not _fill(context, row + 1, planned):
        return False
    position["acted"], position["standing"] = target, target
    return True


@inlined
def _fill(context: Record, row: int, planned: int) -> bool:
    venue, client = venue_of(context), client_of(context)
    if planned == 0:
        return True
    free = venue["cash"]
    if planned < 0:
        done = sell_plainly(context, 0, row, -planned, client["order_count"])
    else:
        done = buy_plainly(context, 0, row, min(planned, free), client["order_count"])
    if done and planned > free:
        client["targets_shrunk"] += 1
    if done and context["logged"] == 1:
        client["order_count"] += 1
        venue["next_order"] = client["order_count"]
    return done
