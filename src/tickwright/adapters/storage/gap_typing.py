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

from tickwright.domain.gaps import Gap, GapKind, Span, common, without

ASKED = "the exchange was asked and has none"
IMPORTED = "imported with this hole"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a store remembers of a series: ranges it asked for, ranges that came from files, and sorted explanations."""

    fetched: Sequence[Span] = ()
    imported: Sequence[Span] = ()
    explained: Sequence[Gap] = ()


def typed_gaps(holes: Iterable[Span], held: Span | None, remembered: Remembered, length_ns: int) -> tuple[Gap, ...]:
    """The gaps of a series.

    `holes` are the missing runs inside what is held, `held` is [first open time, last close), None where nothing is.
    """
    return tuple(gap for run in _missing(holes, held, remembered) for gap in _gaps_of(run, remembered, length_ns))


def explained_anew(old: Sequence[Gap], new: Sequence[Gap], length_ns: int) -> tuple[Gap, ...]:
    """Old explanations as far as new ones do not replace them, and the new ones, in order."""
    new = sorted(new)
    kept = [
        Gap(start, end, (end - start) // length_ns, gap.kind, gap.note)
        for gap in old
        for start, end in _outside(gap, _touching(new, gap.start_ns, gap.end_ns))
    ]
    return tuple(sorted([*kept, *new]))


def clipped(explained: Sequence[Gap], from_ns: int, length_ns: int) -> tuple[Gap, ...]:
    """Explanations as far as they concern bars from an instant on."""
    return tuple(
        Gap(
            max(gap.start_ns, from_ns),
            gap.end_ns,
            (gap.end_ns - max(gap.start_ns, from_ns)) // length_ns,
            gap.kind,
            gap.note,
        )
        for gap in explained
        if gap.end_ns > from_ns
    )


def _missing(holes: Iterable[Span], held: Span | None, remembered: Remembered) -> Iterator[Span]:
    if held is None:
        yield from remembered.fetched
        return
    yield from common(remembered.fetched, [(-(2**62), held[0])])
    yield from holes
    yield from common(remembered.fetched, [(held[1], 2**62)])


def _gaps_of(run: Span, remembered: Remembered, length_ns: int) -> Iterator[Gap]:
    """A missing run as gaps of one kind and note each."""
    gap: Gap | None = None
    for start, end, kind, note in _typed(run, remembered):
        if gap is not None and (gap.kind, gap.note) == (kind, note):
            start = gap.start_ns
        elif gap is not None:
            yield gap
        gap = Gap(start, end, (end - start) // length_ns, kind, note)
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
