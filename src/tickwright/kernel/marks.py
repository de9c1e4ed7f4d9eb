"""The price that liquidates a position or triggers an order: the mark where it is asked for and known, else trades.

Invariants (rule book §4.4, §6.1): a mark of 0 is none, and then the trade counts; what a mark triggers takes from its
level or from the nearest price that traded in the bar, whichever is worse for us.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.fills import index_of
from tickwright.kernel.layout import Record, code
from tickwright.kernel.reach import view_int64
from tickwright.machine_code.compilation import rule

_BY_MARK = code(records.OrderFlag.TRIGGER_BY_MARK)
_MARKET = code(records.OrderType.MARKET)
_LIMIT = code(records.OrderType.LIMIT)


@rule
def mark_at(context: Record, marks: int, trades: int, index: int) -> int:
    """A number of the mark series where it has one here, else of trades; both given by address."""
    if context["mark_close"] != 0:
        mark = view_int64(marks, index + 1)[index]
        if mark != 0:
            return mark
    return view_int64(trades, index + 1)[index]


@rule
def watches_mark(slot: Record) -> bool:
    """Whether an order waits for the mark to reach its level; once triggered it trades as any other."""
    waits = slot["triggered"] == 0 and slot["type"] != _MARKET and slot["type"] != _LIMIT
    return waits and (slot["flags"] & _BY_MARK) != 0


@rule
def seen(context: Record, slot: Record, marks: int, trades: int) -> int:
    """A number of this row as an order sees it: of the mark series where that triggers it, else of trades."""
    index = index_of(context, slot["instrument"])
    if watches_mark(slot):
        return mark_at(context, marks, trades, index)
    return view_int64(trades, index + 1)[index]


@rule
def seen_open(context: Record, slot: Record) -> int:
    """Where this row opens for an order."""
    return seen(context, slot, context["mark_open"], context["open"])


@rule
def traded_level(context: Record, slot: Record, level: int) -> int:
    """What an order that triggers at a level takes from: by mark no better a price than any that traded here."""
    if not watches_mark(slot):
        return level
    index = index_of(context, slot["instrument"])
    if slot["side"] > 0:
        return max(level, view_int64(context["low"], index + 1)[index])
    return min(level, view_int64(context["high"], index + 1)[index])
