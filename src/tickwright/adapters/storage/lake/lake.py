"""The Parquet lake: market data as immutable files under one manifest per series, in a directory or in a bucket.

Invariants: a write commits by replacing the manifest, all or nothing, and is durable before it is acknowledged; a
reader sees the state of one manifest, never half a file or a mix; what a revision replaces is kept, so a read as of
an earlier instant gives what was known then, bit for bit; damaged bytes are never served. After a flush that failed
this object writes nothing more (fail-stop): the disk can no longer be trusted by a process that was lied to.
Known limits: one writer per series at a time (others are refused, not queued); a trade that comes again with another
day's time is a second row, which `verify` finds with `deep`; engine-ready arrays are kept of candles alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import orjson

from tickwright.adapters.storage.acceptance import (
    accepted,
    demand_candle_series,
    demand_event_series,
    demand_series,
    missing_series,
)
from tickwright.adapters.storage.durable_file import (
    discard,
    flush_directory,
    make_directory,
    remove_temporaries,
    remove_unnamed,
    write_file,
)
from tickwright.adapters.storage.gap_typing import clipped, explained_anew
from tickwright.adapters.storage.lake.cache import DEFAULT_LIMIT_BYTES, BarsCache, user_cache_directory
from tickwright.adapters.storage.lake.coverage import coverage_of
from tickwright.adapters.storage.lake.inspection import inspect_series
from tickwright.adapters.storage.lake.layout import (
    CACHE,
    FORMAT_VERSION,
    MANIFEST,
    MARKER,
    period_span,
    periods_of,
    series_directory,
    series_key,
)
from tickwright.adapters.storage.lake.manifest import Manifest, Part, StoredFile, manifest_bytes, read_manifest
from tickwright.adapters.storage.lake.part_file import Superseded, encode, encode_superseded
from tickwright.adapters.storage.lake.part_reader import PartReader
from tickwright.adapters.storage.lake.quarantine import add_to_quarantine, read_quarantine
from tickwright.adapters.storage.lake.series_lock import series_lock
from tickwright.adapters.storage.place import Place
from tickwright.adapters.storage.rows import Rows, joined, on_grid
from tickwright.adapters.storage.soundness import holes_in
from tickwright.adapters.storage.upsert import upsert
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import DataError, FlushFailed, StoreDamaged, StoreWriteFailed
from tickwright.domain.events import Events, Series, held_span
from tickwright.domain.gaps import Gap, Span, common, merged
from tickwright.domain.row_layout import OBSERVED_KINDS, layout_of
from tickwright.ports import Coverage, Finding, QuarantinedRow, RefusedRow, WriteReport

_READ_ATTEMPTS = 20
_EVER = (-(2**62), 2**62)

Outcome = TypeVar("Outcome")


class ParquetLake:
    """A market store in a directory or in a bucket; one that does not exist may be opened: the first write makes it."""

    def __init__(
        self,
        root: Place,
        *,
        now_ns: Callable[[], int] = time.time_ns,
        cache_limit_bytes: int = DEFAULT_LIMIT_BYTES,
        cache_directory: Path | None = None,
    ) -> None:
        """A lake in a bucket keeps its engine-ready arrays in `cache_directory`, the user's own where none is given."""
        self._root, self._now_ns = root, now_ns
        beside = root / CACHE
        self._cache = BarsCache(
            cache_directory or (beside if isinstance(beside, Path) else user_cache_directory()), cache_limit_bytes
        )
        self._stopped: StoreWriteFailed | None = None
        _refuse_newer(root)

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, series: Series, *, fetched: tuple[int, int] | None = None, source: str = "") -> WriteReport:
        """Upsert candles or events, all or nothing; rows that break a rule are refused, each with its reason.

        Revised rows keep their former version with `source` as the reason. Raises `StoreBusy`, `StoreWriteFailed` or
        `StoreDamaged`; the store is then as it was.
        """
        taken, refused = accepted(series)
        with self._writing(series.key) as directory:
            before = read_manifest(directory, series.key) or self._begun(directory, series.key)
            self._sweep(directory, before)
            recorded_ns = max(self._now_ns(), before.recorded_ns + 1)
            report, parts = self._merged_parts(directory, before, taken, recorded_ns, source)
            after = _with_ranges(before.with_parts(parts), taken, fetched)
            if after == before and before.generation:
                flush_directory(directory)
            else:
                self._commit(directory, before, replace(after, recorded_ns=recorded_ns))
        return replace(report, refused=tuple(refused))

    def explain(self, key: SeriesKey, gaps: Sequence[Gap]) -> None:
        """Keep why bars are missing; replaces earlier explanations of the same bars."""
        with self._writing(key) as directory:
            before = self._existing(directory, key)
            after = replace(before, explained=explained_anew(before.explained, gaps))
            if after != before:
                self._commit(directory, before, after)

    def drop(self, key: SeriesKey, before_ns: int) -> int:
        """Remove the rows before an instant, and all that is remembered of that time; returns how many."""
        with self._writing(key) as directory:
            before = self._existing(directory, key)
            self._sweep(directory, before)
            kept = [part for part in before.parts if part.first_ns >= before_ns]
            cut = [part for part in before.parts if part.first_ns < before_ns <= part.last_ns]
            parts = (*(self._cut_part(directory, key, part, before_ns) for part in cut), *kept)
            later = [(before_ns, _EVER[1])]
            after = replace(
                before,
                parts=parts,
                fetched=common(before.fetched, later),
                imported=common(before.imported, later),
                explained=clipped(before.explained, before_ns),
            )
            if after != before:
                self._commit(directory, before, after)
            return before.rows - after.rows

    def _cut_part(self, directory: Place, key: SeriesKey, part: Part, before_ns: int) -> Part:
        reader = PartReader(directory, layout_of(key.kind))
        rows = reader.rows(part.file)
        rows = rows.take(rows.times >= before_ns)
        history = None
        if part.history is not None:
            kept = reader.history(part.history).since(before_ns)
            if len(kept.rows):
                history = _write_part(directory, f"{part.period}.history", encode_superseded(kept), len(kept.rows))
        return self._new_part(directory, key, part.period, rows, history)

    def quarantine(self, key: SeriesKey, rows: Sequence[RefusedRow], source: str) -> None:
        """Keep word of rows that were not believed."""
        if rows:
            with self._writing(key) as directory:
                add_to_quarantine(directory, rows, source, self._now_ns())

    def _merged_parts(
        self, directory: Place, before: Manifest, series: Series, recorded_ns: int, source: str
    ) -> tuple[WriteReport, list[Part]]:
        """Merge rows span by span and write the files of the spans that change; nothing refers to them yet."""
        incoming, key = Rows.of(series, recorded_ns), series.key
        reader = PartReader(directory, incoming.layout)
        inserted = revised = unchanged = 0
        parts = []
        for period, span in periods_of(incoming.times, key):
            old = before.part(period)
            stored = reader.rows(old.file) if old else Rows.none(incoming.layout)
            merge = upsert(stored, incoming.take(span))
            inserted, revised, unchanged = (
                inserted + merge.inserted,
                revised + merge.revised,
                unchanged + merge.unchanged,
            )
            if merge.inserted or merge.revised:
                history = self._history(directory, reader, old, Superseded.of(merge.replaced, recorded_ns, source))
                parts.append(self._new_part(directory, key, period, merge.rows(), history))
        return WriteReport(inserted, revised, unchanged), parts

    def _new_part(self, directory: Place, key: SeriesKey, period: str, rows: Rows, history: StoredFile | None) -> Part:
        file = _write_part(directory, period, encode(rows), len(rows))
        first, last = int(rows.times[0]), int(rows.times[-1])
        return Part(
            period, file, first, last, rows.price_scale, rows.quantity_scale, holes_in(rows.times, key), history
        )

    def _history(
        self, directory: Place, reader: PartReader, old: Part | None, replaced: Superseded
    ) -> StoredFile | None:
        if old is None or len(replaced.rows) == 0:
            return old.history if old else None
        earlier = old.history
        if earlier is not None:
            replaced = reader.history(earlier).and_then(replaced)
        return _write_part(directory, f"{old.period}.history", encode_superseded(replaced), len(replaced.rows))

    def _commit(self, directory: Place, before: Manifest, after: Manifest) -> None:
        """Flush the names of the new files, replace the manifest (now they count), drop what it no longer names."""
        flush_directory(directory)
        write_file(directory / MANIFEST, manifest_bytes(replace(after, generation=before.generation + 1)))
        for file in set(before.files) - set(after.files):
            discard(directory / file.name)

    def _begun(self, directory: Place, key: SeriesKey) -> Manifest:
        """A manifest of no rows before the first row: from then on, rows without a manifest mean damage."""
        manifest = Manifest(key)
        if not (directory / MANIFEST).exists():
            write_file(directory / MANIFEST, manifest_bytes(manifest))
        return manifest

    def _sweep(self, directory: Place, manifest: Manifest) -> None:
        """Remove files that a killed writer left without committing them."""
        remove_temporaries(directory)
        remove_unnamed(directory, ".parquet", {file.name for file in manifest.files})

    @contextlib.contextmanager
    def _writing(self, key: SeriesKey) -> Iterator[Place]:
        """Hold a series for writing; a failed flush inside stops this object for good."""
        demand_series(key)
        if self._stopped is not None:
            raise self._stopped
        directory = series_directory(self._root, key)
        try:
            self._mark()
            make_directory(directory)
            with series_lock(directory, key, self._now_ns()) as held:
                yield held
        except FlushFailed as failure:
            self._stopped = failure
            raise

    def _mark(self) -> None:
        if not (self._root / MARKER).exists():
            make_directory(self._root)
            write_file(self._root / MARKER, orjson.dumps({"store": "tickwright-lake", "format": FORMAT_VERSION}))

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

    def read(
        self, key: SeriesKey, start_ns: int | None = None, end_ns: int | None = None, *, as_of_ns: int | None = None
    ) -> Bars:
        """The candles with open times in [start, end), as known now or at `as_of_ns`.

        Raises `DataError` when the series does not exist and `StoreDamaged` when its files are not what was written.
        """
        demand_candle_series(key)
        span = _span(start_ns, end_ns)

        def rows(directory: Place, manifest: Manifest) -> Bars:
            if as_of_ns is not None:
                return self._rows(directory, manifest, span, as_of_ns).bars(key).coarsened().between(*span)
            return self._engine_ready(directory, manifest, span).between(*span)

        return self._of_one_state(key, rows)

    def read_events(
        self, key: SeriesKey, start_ns: int | None = None, end_ns: int | None = None, *, as_of_ns: int | None = None
    ) -> Events:
        """The events of [start, end) in order, as known now or at `as_of_ns`; raises as `read` does."""
        demand_event_series(key)
        span = _span(start_ns, end_ns)
        return self._of_one_state(
            key, lambda place, manifest: self._rows(place, manifest, span, as_of_ns).events(key).between(*span)
        )

    def keys(self) -> Sequence[SeriesKey]:
        """Every series of the lake, sorted."""
        found = (series_key(self._root, path.parent) for path in self._root.glob(f"*/*/*/{MANIFEST}"))
        return sorted(key for key in found if key is not None and self._begins(key))

    def coverage(self, key: SeriesKey) -> Coverage:
        """What is held of a series and what is missing in it; zero rows when it does not exist."""
        return coverage_of(self._manifest(key) or Manifest(key))

    def fetched(self, key: SeriesKey) -> Sequence[Span]:
        """The merged [start, end) ranges an exchange has been asked for."""
        manifest = self._manifest(key)
        return manifest.fetched if manifest else ()

    def quarantined(self, key: SeriesKey) -> Sequence[QuarantinedRow]:
        """The rows of a series that were not believed, oldest first."""
        return read_quarantine(series_directory(self._root, key))

    def verify(self, key: SeriesKey | None = None, *, deep: bool = False) -> Iterable[Finding]:
        """Everything on disk that is not as it was written; `deep` also reads every row."""
        for known in self._places() if key is None else [key]:
            if known is not None:
                yield from inspect_series(series_directory(self._root, known), known, deep=deep)

    def _begins(self, key: SeriesKey) -> bool:
        """Whether a write of a series was ever committed; a damaged series is still one."""
        try:
            return self._manifest(key) is not None
        except StoreDamaged:
            return True

    def _places(self) -> list[SeriesKey | None]:
        """Every directory that holds, or held, a series."""
        files: list[Place] = sorted([*self._root.glob("*/*/*/*")], key=str)
        directories = (path.parent for path in files if path.name == MANIFEST or path.suffix == ".parquet")
        return list(dict.fromkeys(series_key(self._root, directory) for directory in directories))

    def _of_one_state(self, key: SeriesKey, read: Callable[[Place, Manifest], Outcome]) -> Outcome:
        """What is read of a series through one manifest; raises `DataError` where there is no series."""
        directory = series_directory(self._root, key)
        for _ in range(_READ_ATTEMPTS):
            manifest = self._existing(directory, key)
            try:
                return read(directory, manifest)
            except FileNotFoundError:
                continue  # a writer committed and removed a file between our two looks: take the new state
        raise StoreDamaged(
            "a file that the manifest names is missing",
            where=str(directory),
            expected="every file of the manifest",
            hint="Run `tickwright data verify`.",
        )

    def _engine_ready(self, directory: Place, manifest: Manifest, span: Span) -> Bars:
        """Candles of at least a span: the arrays kept of the whole series, made where all of it is read."""
        cached = self._cache.get(manifest.content(), manifest.key) if manifest.parts else None
        if cached is not None:
            return cached
        layout, parts = layout_of(manifest.key.kind), _overlapping(manifest, *span)
        pieces = [rows.on_scales(*manifest.scales) for rows in PartReader(directory, layout).all_rows(parts)]
        if len(parts) == len(manifest.parts):
            self._cache.put(manifest.content(), [piece.bars(manifest.key) for piece in pieces])
            cached = self._cache.get(manifest.content(), manifest.key)
        return joined(layout, pieces).bars(manifest.key) if cached is None else cached

    def _rows(self, directory: Place, manifest: Manifest, span: Span, as_of_ns: int | None) -> Rows:
        layout, parts = layout_of(manifest.key.kind), _overlapping(manifest, *span)
        reader = PartReader(directory, layout)
        return joined(layout, reader.all_rows(parts)) if as_of_ns is None else reader.rows_as_of(parts, as_of_ns)

    def _manifest(self, key: SeriesKey) -> Manifest | None:
        return read_manifest(series_directory(self._root, key), key)

    def _existing(self, directory: Place, key: SeriesKey) -> Manifest:
        manifest = read_manifest(directory, key)
        if manifest is None:
            raise missing_series(key, str(self._root))
        return manifest


def _refuse_newer(root: Place) -> None:
    try:
        marker = orjson.loads((root / MARKER).read_bytes())
        version = int(marker["format"])
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise StoreDamaged(
            "the lake's marker is not readable", where=str(root / MARKER), expected="a lake"
        ) from failure
    if version > FORMAT_VERSION:
        raise DataError(
            f"the lake has format {version}",
            where=str(root),
            expected=f"at most format {FORMAT_VERSION}, the newest this program knows",
            hint="Use the program version that wrote it, or a newer one.",
        )


def _with_ranges(manifest: Manifest, series: Series, fetched: Span | None) -> Manifest:
    """The manifest with what was asked for, or what came from a file."""
    if fetched is not None:
        return replace(manifest, fetched=merged([*manifest.fetched, on_grid(series.key, fetched)]))
    if len(series) == 0 or series.key.kind in OBSERVED_KINDS:
        return manifest
    return replace(manifest, imported=merged([*manifest.imported, held_span(series)]))


def _span(start_ns: int | None, end_ns: int | None) -> Span:
    return _EVER[0] if start_ns is None else start_ns, _EVER[1] if end_ns is None else end_ns


def _write_part(directory: Place, period: str, content: bytes, rows: int) -> StoredFile:
    digest = hashlib.sha256(content).hexdigest()
    file = StoredFile(f"{period}.{digest[:16]}.parquet", rows, len(content), digest)
    write_file(directory / file.name, content, flush_name=False)  # `_commit` flushes all names at once
    return file


def _overlapping(manifest: Manifest, start: int, end: int) -> list[Part]:
    def touches(part: Part) -> bool:
        first, last = period_span(part.period)
        return first < end and start < last

    return [part for part in manifest.parts if touches(part)]
