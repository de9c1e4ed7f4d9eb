"""What `verify` compares: the files against the manifest, and with `deep` the rows against the rules.

Invariants: nothing is changed; every finding names the file and the range of time it covers; one damaged file does
not hide another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np

from tickwright.adapters.storage.lake.layout import MANIFEST, period_span
from tickwright.adapters.storage.lake.manifest import Manifest, Part, StoredFile, read_manifest
from tickwright.adapters.storage.lake.part_file import decode, decode_superseded
from tickwright.adapters.storage.place import Place
from tickwright.adapters.storage.rows import Rows
from tickwright.adapters.storage.soundness import RowInspection, holes_in
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import StoreDamaged
from tickwright.domain.row_layout import layout_of
from tickwright.domain.timestamp import iso
from tickwright.ports import Finding


def inspect_series(directory: Place, key: SeriesKey, *, deep: bool) -> Iterator[Finding]:
    """Everything that is wrong with one series."""
    try:
        manifest = read_manifest(directory, key)
    except StoreDamaged as damage:
        yield Finding(key, damage.where, damage.message)
        return
    if manifest is None:
        if any(directory.glob("*.parquet")) and not (directory / MANIFEST).exists():
            yield Finding(key, str(directory), "there are rows without a manifest")
        return
    rows = RowInspection() if deep else None
    for part in manifest.parts:
        yield from _inspect_part(directory, manifest, part, rows)


def file_damage(content: bytes, file: StoredFile) -> str | None:
    """What is wrong with a file's bytes, or None."""
    if len(content) != file.size:
        return f"it has {len(content)} bytes where {file.size} were written"
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return "its bytes are not those that were written"
    return None


def _inspect_part(
    directory: Place, manifest: Manifest, part: Part, inspection: RowInspection | None
) -> Iterator[Finding]:
    place = f"{directory / part.file.name} ({iso(part.first_ns)} to {iso(part.last_ns)})"
    content = _content(directory / part.file.name)
    damage = "it is missing" if content is None else file_damage(content, part.file)
    if damage is not None:
        yield Finding(manifest.key, place, damage)
    elif inspection is not None and content is not None:
        wrong = _wrong_rows(manifest, part, content, inspection)
        yield from (Finding(manifest.key, place, reason) for reason in wrong)
    if part.history is not None:
        yield from _inspect_history(directory, manifest, part.history, deep=inspection is not None)


def _inspect_history(directory: Place, manifest: Manifest, file: StoredFile, *, deep: bool) -> Iterator[Finding]:
    place = f"{directory / file.name} (former versions of revised rows)"
    content = _content(directory / file.name)
    damage = "it is missing" if content is None else file_damage(content, file)
    if damage is not None:
        yield Finding(manifest.key, place, damage)
    elif deep and content is not None:
        try:
            history = decode_superseded(content, layout_of(manifest.key.kind), file.name)
        except StoreDamaged as unreadable:
            yield Finding(manifest.key, place, unreadable.message)
            return
        if np.any(history.superseded_ns <= history.rows.recorded_ns):
            yield Finding(manifest.key, place, "a version was replaced before it was recorded")


def _wrong_rows(manifest: Manifest, part: Part, content: bytes, inspection: RowInspection) -> Iterator[str]:
    try:
        rows = decode(content, layout_of(manifest.key.kind), part.file.name)
    except StoreDamaged as damage:
        yield damage.message
        return
    yield from _broken_promises(manifest, part, rows)
    yield from (f"{place}: {reason}" for place, reason in inspection.wrong(rows.series(manifest.key)))


def _broken_promises(manifest: Manifest, part: Part, rows: Rows) -> Iterator[str]:
    if len(rows) != part.file.rows or len(rows) == 0:
        yield f"it holds {len(rows)} rows where the manifest counts {part.file.rows}"
        return
    if (int(rows.times[0]), int(rows.times[-1])) != (part.first_ns, part.last_ns):
        yield "its rows do not cover the range that the manifest names"
    start, end = period_span(part.period)
    if rows.times[0] < start or rows.times[-1] >= end:
        yield f"it holds rows outside its span {part.period}"
    if holes_in(rows.times, manifest.key) != part.holes:
        yield "its holes are not those that the manifest names"


def _content(path: Place) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
