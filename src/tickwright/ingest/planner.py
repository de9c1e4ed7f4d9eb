"""Which pages to ask an exchange for: windows of time, never cursors, so that a fetch can resume anywhere.

Invariants: pages lie inside [start, end), are in order, do not overlap, hold at most `page_limit` bars each, and leave
out what was fetched before; nothing at or after the forming candle is planned. Planning is pure: the same store and the
same clock give the same pages.
"""

from __future__ import annotations

from collections.abc import Sequence

from tickwright.domain.gaps import Span, without
from tickwright.domain.timeframe import Timeframe


def plan_pages(
    timeframe: Timeframe, start_ns: int, end_ns: int, *, fetched: Sequence[Span], page_limit: int, now_ns: int
) -> list[Span]:
    """The windows to ask for, each [start, end) on the timeframe's grid.

    >>> hour = Timeframe.parse("1h")
    >>> h = hour.length_ns
    >>> plan_pages(hour, 0, 10 * h, fetched=[(2 * h, 4 * h)], page_limit=4, now_ns=9 * h + 1) == [
    ...     (0, 2 * h), (4 * h, 8 * h), (8 * h, 9 * h)]
    True
    """
    wanted = (timeframe.ceil(start_ns), min(timeframe.ceil(end_ns), closed_end(timeframe, now_ns)))
    step = page_limit * timeframe.length_ns
    return [
        (first, min(first + step, end))
        for start, end in without([wanted], fetched)
        for first in range(start, end, step)
    ]  # fmt: skip


def closed_end(timeframe: Timeframe, now_ns: int) -> int:
    """The open time of the forming candle: every candle before it is closed."""
    return timeframe.floor(now_ns)
