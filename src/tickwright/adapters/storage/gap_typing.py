"""The type of every missing bar of a series, from what a store remembers; all stores use these rules.

The rules, in this order, for every bar that is missing between the first and the last one held, and for every bar that
an exchange was asked for and that is not there:
1. inside an explanation: the kind that was found (`explain`);
2. inside a fetched range: UNKNOWN, the exchange was asked and has none, the reason is not yet found;
3. inside an imported file: UNKNOWN, the file came with this hole;
4. anywhere else: NOT_FETCHED.
Invariants: pure; a gap is a maximal run of missing bars of one kind and note; gaps are in order and do not overlap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tickwright.domain.bars import Int64Array, SeriesKey
from tickwright.domain.gaps import Gap, GapKind, Span, common, without
from tickwright.domain.row_layout import OBSERVED_KINDS

_AROUND = 5

ASKED = "the exchange was asked and has none"
IMPORTED = "imported with this hole"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a store remembers of a series: ranges it asked for, ranges that came from files, and sorted explanations."""

    fetched: Sequence[Span] = ()
    imported: Sequence[Span] = ()
    explained: Sequence[Gap] = ()


def typed_gaps(holes: Iterable[Span], held: Span | None, remembered: Remembered, length_ns: int) -> tuple[Gap, ...]:
    """The gaps of a series of candles.

    `holes` are the missing runs inside what is held, `held` is [first open time, last close), None where nothing is.
    """
    return tuple(gap for run in _missing(holes, held, remembered) for gap in _gaps_of(run, remembered, length_ns))


def event_gaps(key: SeriesKey, ends: tuple[int, int], holes: Iterable[Span], remembered: Remembered) -> tuple[Gap, ...]:
    """The gaps of a series of events between its first and its last row, whose times are the `ends`.

    Funding has a rhythm: its `holes` (`missing_rates`) are typed like those of candles. Trades come when they come: a
    range without any that was asked for or imported is no gap, a range that nobody asked for is one, of 0 bars. Of
    quotes and books nothing is missing between two observations.
    """
    if key.kind == "funding":
        return _runs(gap for run in holes for gap in _gaps_of(run, remembered, run[1] - run[0]))
    if key.kind in OBSERVED_KINDS:
        return ()
    runs = without([(ends[0], ends[1] + 1)], [*remembered.fetched, *remembered.imported])
    return tuple(gap for run in runs for gap in _gaps_of(run, remembered, 0))


def missing_rates(ts_ns: Int64Array) -> tuple[Span, ...]:
    """The spans of the rates that are missing, one each: a distance longer than is usual on both sides lacks some.

    Usual is the median of the five distances before, and of the five after, of two middle ones the larger; an exchange
    that changes its interval makes no hole.

    >>> missing_rates(np.array([0, 8, 16, 40, 48]))
    ((24, 32), (32, 40))
    >>> missing_rates(np.array([0, 8, 16, 24, 28, 32]))
    ()
    """
    steps = np.diff(ts_ns)
    found: list[Span] = []
    for place in np.flatnonzero(steps > steps.min(initial=2**62)).tolist():
        around = [steps[max(0, place - _AROUND) : place], steps[place + 1 : place + 1 + _AROUND]]
        usual = max(int(np.sort(side)[len(side) // 2]) for side in around if len(side))
        if steps[place] > usual:
            following = int(ts_ns[place + 1])
            starts = range(int(ts_ns[place]) + usual, following, usual)
            found += [(start, min(start + usual, following)) for start in starts]
    return tuple(found)


def _runs(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Gaps that touch and are of one kind and note as one."""
    joined: list[Gap] = []
    for gap in gaps:
        last = joined[-1] if joined else None
        if last is not None and (last.end_ns, last.kind, last.note) == (gap.start_ns, gap.kind, gap.note):
            joined[-1] = Gap(last.start_ns, gap.end_ns, last.bars + gap.bars, gap.kind, gap.note)
        else:
            joined.append(gap)
    return tuple(joined)


def explained_anew(old: Sequence[Gap], new: Sequence[Gap]) -> tuple[Gap, ...]:
    """Old explanations as far as new ones do not replace them, and the new ones, in order."""
    new = sorted(new)
    kept = [
        _piece(gap, start, end) for gap in old for start, end in _outside(gap, _touching(new, gap.start_ns, gap.end_ns))
    ]
    return tuple(sorted([*kept, *new]))


def clipped(explained: Sequence[Gap], from_ns: int) -> tuple[Gap, ...]:
    """Explanations as far as they concern bars from an instant on."""
    return tuple(_piece(gap, max(gap.start_ns, from_ns), gap.end_ns) for gap in explained if gap.end_ns > from_ns)


def _piece(gap: Gap, start: int, end: int) -> Gap:
    """A part of a gap, with its share of the missing bars."""
    bars = gap.bars * (end - start) // (gap.end_ns - gap.start_ns)
    return Gap(start, end, bars, gap.kind, gap.note)


def _missing(holes: Iterable[Span], held: Span | None, remembered: Remembered) -> Iterator[Span]:
    if held is None:
        yield from remembered.fetched
        return
    yield from common(remembered.fetched, [(-(2**62), held[0])])
    yield from holes
    yield from common(remembered.fetched, [(held[1], 2**62)])


def _gaps_of(run: Span, remembered: Remembered, length_ns: int) -> Iterator[Gap]:
    """A missing run as gaps of one kind and note each; without a length its bars are not counted."""
    gap: Gap | None = None
    for start, end, kind, note in _typed(run, remembered):
        if gap is not None and (gap.kind, gap.note) == (kind, note):
            start = gap.start_ns
        elif gap is not None:
            yield gap
        gap = Gap(start, end, -(-(end - start) // length_ns) if length_ns else 0, kind, note)
    if gap is not None:
        yield gap


def _typed(run: Span, remembered: Remembered) -> list[tuple[int, int, GapKind, str]]:
    """A missing run cut into pieces of one rule each, in order."""
    pieces: list[tuple[int, int, GapKind, str]] = []
    left: tuple[Span, ...] = (run,)
    for gap in _touching(remembered.explained, *run):
        pieces += [(a, b, gap.kind, gap.note) for a, b in common(left, [(gap.start_ns, gap.end_ns)])]
        left = without(left, [(gap.start_ns, gap.end_ns)])
    for ranges, note in ((remembered.fetched, ASKED), (remembered.imported, IMPORTED)):
        pieces += [(a, b, GapKind.UNKNOWN, note) for a, b in common(left, ranges)]
        left = without(left, ranges)
    return sorted(pieces + [(a, b, GapKind.NOT_FETCHED, "") for a, b in left])


def _outside(gap: Gap, others: Sequence[Gap]) -> tuple[Span, ...]:
    return without([(gap.start_ns, gap.end_ns)], [(other.start_ns, other.end_ns) for other in others])


def _touching(gaps: Sequence[Gap], start: int, end: int) -> list[Gap]:
    """Those of sorted, disjoint gaps that overlap [start, end)."""
    place = max(0, bisect_right(gaps, start, key=lambda gap: gap.start_ns) - 1)
    found = []
    while place < len(gaps) and gaps[place].start_ns < end:
        if gaps[place].end_ns > start:
            found.append(gaps[place])
        place += 1
    return found
