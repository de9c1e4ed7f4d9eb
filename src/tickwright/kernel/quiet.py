"""Rows in which nothing can happen to the working orders of one spot instrument.

Invariants: only protective exits that have stood through a bar are judged; with any other order, or where a price
touches a level, a row is not quiet and the general matcher decides. What a quiet row leaves behind (closes counted,
trailing peaks) is written as if it had been run.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.layout import NONE, UNLIMITED, Record, code
from tickwright.kernel.levels import advance_peak, trailing_level
from tickwright.kernel.open_step import TRADES
from tickwright.kernel.reach import part_at, slot_at, venue_of, view_int64, view_uint8
from tickwright.machine_code.compilation import rule

_LIMIT = code(records.OrderType.LIMIT)
_STOP = code(records.OrderType.STOP)
_TRAILING_STOP = code(records.OrderType.TRAILING_STOP)
_GTC = code(records.TimeInForce.GTC)


@rule
def quiet_until(context: Record, row: int, end: int) -> int:
    """The first row from this one on, before `end`, that is not quiet; `end` if all are."""
    end = min(end, row + _closes_left(context))
    stop, limit, trailing = 0, UNLIMITED, NONE
    place = venue_of(context)["head"]
    while place != NONE:
        slot = slot_at(context, place)
        if slot["side"] >= 0 or slot["met"] == 0 or slot["triggered"] == 1 or slot["time_in_force"] != _GTC:
            return row
        if slot["type"] == _STOP:
            stop = max(stop, slot["stop_price"])
        elif slot["type"] == _LIMIT and slot["rested"] == 1:
            limit = min(limit, slot["limit_price"])
        elif slot["type"] == _TRAILING_STOP and trailing == NONE and slot["peak"] != 0:
            trailing = place
        else:
            return row
        place = slot["next"]
    if trailing == NONE:
        return _untouched_until(context, row, end, stop, limit)
    return _trailing_until(context, slot_at(context, trailing), row, end, stop, limit)


@rule
def _closes_left(context: Record) -> int:
    """How many closes may pass before the next one brings a time exit."""
    left = UNLIMITED
    for place in range(venue_of(context)["part_count"]):
        part = part_at(context, place)
        if part["max_bars"] > 0:
            left = min(left, max(0, part["max_bars"] - part["closes"] - 1))
    return left


@rule
def _untouched_until(context: Record, row: int, end: int, stop: int, limit: int) -> int:
    presence = view_uint8(context["presence"], end)
    high, low = view_int64(context["high"], end), view_int64(context["low"], end)
    while row < end and ((low[row] > stop and high[row] < limit) or presence[row] != TRADES):
        row += 1
    return row


@rule
def _trailing_until(context: Record, slot: Record, row: int, end: int, stop: int, limit: int) -> int:
    """The same with a trailing stop, whose peak follows each open and then each high (rule book §4.4)."""
    presence, opened = view_uint8(context["presence"], end), view_int64(context["open"], end)
    high, low = view_int64(context["high"], end), view_int64(context["low"], end)
    level = trailing_level(slot)
    while row < end:
        if presence[row] == TRADES:
            before = slot["peak"]
            if opened[row] > before:
                advance_peak(slot, opened[row])
                level = trailing_level(slot)
            if low[row] <= max(stop, level) or high[row] >= limit:
                slot["peak"] = before
                return row
            if high[row] > slot["peak"]:
                advance_peak(slot, high[row])
                level = trailing_level(slot)
        row += 1
    return row


@rule
def count_quiet_closes(context: Record, rows: int) -> None:
    """Count the closes of quiet rows for every part."""
    for place in range(venue_of(context)["part_count"]):
        part_at(context, place)["closes"] += rows
