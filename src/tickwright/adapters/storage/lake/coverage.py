"""What a series holds and lacks, from its manifest alone."""

from __future__ import annotations

from collections.abc import Iterator

from tickwright.adapters.storage.gap_typing import Remembered, event_gaps, typed_gaps
from tickwright.adapters.storage.lake.manifest import Manifest
from tickwright.domain.gaps import Span
from tickwright.ports import Coverage


def coverage_of(manifest: Manifest) -> Coverage:
    """Rows, the time of the first and of the last, and the typed holes."""
    remembered = Remembered(manifest.fetched, manifest.imported, manifest.explained)
    if manifest.key.timeframe is None:
        if not manifest.parts:
            return Coverage(0, None, None, ())
        ends = manifest.parts[0].first_ns, manifest.parts[-1].last_ns
        inside = [hole for part in manifest.parts for hole in part.holes]
        return Coverage(manifest.rows, *ends, event_gaps(manifest.key, ends, inside, remembered))
    length = manifest.key.timeframe.length_ns
    if not manifest.parts:
        return Coverage(0, None, None, typed_gaps((), None, remembered, length))
    first, last = manifest.parts[0].first_ns, manifest.parts[-1].last_ns
    gaps = typed_gaps(_holes(manifest, length), (first, last + length), remembered, length)
    return Coverage(manifest.rows, first, last, gaps)


def _holes(manifest: Manifest, length: int) -> Iterator[Span]:
    """The missing runs inside the parts and between them, in order."""
    for part, following in zip(manifest.parts, (*manifest.parts[1:], None), strict=True):
        yield from part.holes
        if following is not None and part.last_ns + length < following.first_ns:
            yield part.last_ns + length, following.first_ns
