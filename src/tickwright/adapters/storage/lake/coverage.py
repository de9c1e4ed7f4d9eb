"""The typed holes of a series, from its manifest alone.

The rules, in this order, for every bar that is missing between the first and the last one held, and for every bar that
an exchange was asked for and that is not there:
1. inside an explanation: the kind that was found (`explain`);
2. inside a fetched range: UNKNOWN, the exchange was asked and has none, the reason is not yet found;
3. inside an imported file: UNKNOWN, the file came with this hole;
4. anywhere else: NOT_FETCHED.
Invariant: a gap is a maximal run of missing bars of one kind and note; gaps are in order and do not overlap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from tickwright.adapters.storage.lake.manifest import Manifest
from tickwright.domain.gaps import Gap, GapKind, Span, common, without
from tickwright.ports import Coverage

ASKED = "the exchange was asked and has none"
IMPORTED = "imported with this hole"


def coverage_of(manifest: Manifest) -> Coverage:
    """What a manifest's series holds and what it lacks."""
    first = manifest.parts[0].first_ns if manifest.parts else None
    last = manifest.parts[-1].last_ns if manifest.parts else None
    return Coverage(manifest.rows, first, last, tuple(_gaps(manifest)))


def explained_anew(old: Sequence[Gap], new: Sequence[Gap], length_ns: int) -> tuple[Gap, ...]:
    """Old explanations as far as new ones do not replace them, and the new ones, in order."""
    new = sorted(new)
    kept = [
        Gap(start, end, (end - start) // length_ns, gap.kind, gap.note)
        for gap in old
        for start, end in _outside(gap, _touching(new, gap.start_ns, gap.end_ns))
    ]
    return tuple(sorted([*kept, *new]))


def _gaps(manifest: Manifest) -> Iterator[Gap]:
    assert manifest.key.timeframe is not None
    length = manifest.key.timeframe.length_ns
    for start, end in _missing(manifest, length):
        run: Gap | None = None
        for first, last, kind, note in _typed(manifest, start, end):
            if run is not None and (run.kind, run.note) == (kind, note):
                first = run.start_ns
            elif run is not None:
                yield run
            run = Gap(first, last, (last - first) // length, kind, note)
        if run is not None:
            yield run


def _missing(manifest: Manifest, length: int) -> Iterator[Span]:
    if not manifest.parts:
        yield from manifest.fetched
        return
    first, last = manifest.parts[0].first_ns, manifest.parts[-1].last_ns + length
    yield from common(manifest.fetched, [(-(2**62), first)])
    for part, following in zip(manifest.parts, (*manifest.parts[1:], None), strict=True):
        yield from part.holes
        if following is not None and part.last_ns + length < following.first_ns:
            yield part.last_ns + length, following.first_ns
    yield from common(manifest.fetched, [(last, 2**62)])


def _typed(manifest: Manifest, start: int, end: int) -> Iterator[tuple[int, int, GapKind, str]]:
    """A missing run cut into pieces of one kind, in order."""
    pieces: list[tuple[int, int, GapKind, str]] = []
    left: tuple[Span, ...] = ((start, end),)
    for gap in _touching(manifest.explained, start, end):
        pieces += [(a, b, gap.kind, gap.note) for a, b in common(left, [(gap.start_ns, gap.end_ns)])]
        left = without(left, [(gap.start_ns, gap.end_ns)])
    for ranges, note in ((manifest.fetched, ASKED), (manifest.imported, IMPORTED)):
        pieces += [(a, b, GapKind.UNKNOWN, note) for a, b in common(left, ranges)]
        left = without(left, ranges)
    pieces += [(a, b, GapKind.NOT_FETCHED, "") for a, b in left]
    return iter(sorted(pieces))


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
