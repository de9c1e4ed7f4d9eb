"""The typed holes of a series.

Invariant: a gap is a maximal run of missing bars inside [first, last] of what was asked for; it has exactly one type,
and nothing is ever filled in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tickwright.domain.bars import Int64Array
from tickwright.domain.timeframe import Timeframe

Span = tuple[int, int]
"""A half-open range of instants, [start, end) in UTC nanoseconds."""


class GapKind(StrEnum):
    """Why bars are missing."""

    NO_TRADES = "no_trades"
    """The exchange was open and nobody traded."""
    OUTAGE = "outage"
    """The exchange has no data: it was down or paused."""
    NOT_FETCHED = "not_fetched"
    """Nobody has asked the exchange for this range yet."""
    NOT_LISTED = "not_listed"
    """The instrument was not trading: before listing or after delisting."""
    UNKNOWN = "unknown"
    """The series was imported with this hole; its reason is not known."""


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Missing bars with open times in [start_ns, end_ns): `bars` of them."""

    start_ns: int
    end_ns: int
    bars: int
    kind: GapKind = GapKind.UNKNOWN
    note: str = ""


def holes(open_time_ns: Int64Array, timeframe: Timeframe) -> list[Span]:
    """The maximal runs of missing bars between the first and the last bar: [first missing, next present).

    `open_time_ns` is strictly increasing and on the grid.

    >>> hour = Timeframe.parse("1h")
    >>> holes(np.array([0, 1, 4]) * hour.length_ns, hour) == [(2 * hour.length_ns, 4 * hour.length_ns)]
    True
    """
    last_before = np.flatnonzero(np.diff(open_time_ns) > timeframe.length_ns)
    starts, ends = open_time_ns[last_before] + timeframe.length_ns, open_time_ns[last_before + 1]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same instants as few ranges: sorted, without overlap, touching ranges joined, empty ones dropped.

    >>> merged([(5, 9), (0, 3), (3, 4), (7, 7)])
    ((0, 4), (5, 9))
    """
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """What of `spans` lies outside `taken`, as few ranges.

    >>> without([(0, 10)], [(2, 4), (9, 20)])
    ((0, 2), (4, 9))
    """
    left: list[Span] = []
    blocks = merged(taken)
    for start, end in merged(spans):
        for block_start, block_end in blocks:
            if block_end <= start or block_start >= end:
                continue
            left.append((start, block_start))
            start = block_end
        left.append((start, end))
    return merged(left)


def common(spans: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """What lies in both, as few ranges.

    >>> common([(0, 10)], [(2, 4), (9, 20)])
    ((2, 4), (9, 10))
    """
    spans = merged(spans)
    return without(spans, without(spans, others))
