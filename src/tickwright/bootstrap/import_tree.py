"""Every data file of a folder into a project's store: read side by side, stored one after the other.

Invariants: files are stored in the order of their paths, whatever order they were read in, so the outcome depends on
the files alone; each file is stored whole or not at all, and a failure of one touches no other; storing is idempotent,
so an import that was killed and typed again ends as one that was not. Of two files that contradict each other about a
row the later is in doubt: which of them is right is for a person to say. At most a few files are held in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from tickwright.adapters.compute.threads import ThreadExecutor
from tickwright.adapters.storage.files.candle_file import ImportedCandles, candles_of_table
from tickwright.adapters.storage.files.identification import Wish, identified
from tickwright.adapters.storage.files.text_table import read_text_table
from tickwright.adapters.storage.files.tree import data_files, speaking_path
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import PRICE_COLUMNS, Bars, SeriesKey
from tickwright.domain.errors import DataError, FileInDoubt, RowsRefused
from tickwright.domain.gaps import Span
from tickwright.domain.timestamp import iso
from tickwright.ports import MarketStore

_FILES_AHEAD = 4
"""Files per reading thread that may wait to be stored."""

IMPORTED, REFUSED, IN_DOUBT, READABLE = "imported", "refused", "in doubt", "readable"


@dataclass(frozen=True, slots=True)
class _Part:
    """One series of a file, read, or the reason why it was not."""

    file: str
    key: SeriesKey | None = None
    reading: str = ""
    candles: ImportedCandles | None = None
    failure: DataError | None = None


def import_tree(
    project: Project,
    root: Path,
    wish: Wish,
    *,
    skip_bad_rows: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Import a folder, or a file of several series; one row per series of a file, and how many ended how.

    With `dry_run` nothing is stored and the rows say how each file would be read. `progress` is told files done and
    files in all. Raises `DataError` where the folder holds no data file, and the store's errors.
    """
    folder = root if root.is_dir() else None
    found = data_files(root) if folder else None
    files = found.files if found else (root,)
    if not files:
        raise DataError(
            "the folder holds no data file", where=str(root), expected="files that end in .csv, .parquet, …"
        )
    rows: list[dict[str, Any]] = []
    shelf = _Shelf(project.store, dry_run)
    for done, parts in enumerate(_read_ahead(files, folder, wish, skip_bad_rows), start=1):
        rows += [shelf.row_of(part) for part in parts]
        if progress is not None:
            progress(done, len(files))
    statuses = (IMPORTED, READABLE, REFUSED, IN_DOUBT)
    counts = {status.replace(" ", "_"): sum(row["status"] == status for row in rows) for status in statuses}
    return {
        "folder": str(root),
        "dry_run": dry_run,
        "files": rows,
        "counts": counts,
        "passed_over": found.passed_over if found else 0,
    }


def _read_ahead(files: Sequence[Path], root: Path | None, wish: Wish, skip_bad_rows: bool) -> Iterator[list[_Part]]:
    """The parts of every file in order, a bounded number of files read ahead of their use."""

    def read(file: Path) -> list[_Part]:
        return _parts_of(file, root, wish, skip_bad_rows)

    with ThreadExecutor() as executor:
        waiting = iter(files)
        while batch := list(islice(waiting, _FILES_AHEAD * executor.workers)):
            yield from executor.map(read, batch)


def _parts_of(file: Path, root: Path | None, wish: Wish, skip_bad_rows: bool) -> list[_Part]:
    name = str(file.relative_to(root)) if root else str(file)
    try:
        found = identified(read_text_table(file), speaking_path(file, root), wish)
    except DataError as failure:
        return [_Part(name, failure=failure)]
    parts = []
    for one in found:
        try:
            candles = candles_of_table(one.table, one.key, file, skip_refused=skip_bad_rows)
            parts.append(_Part(name, one.key, one.reading, candles))
        except DataError as failure:
            parts.append(_Part(name, one.key, one.reading, failure=failure))
    return parts


@dataclass(slots=True)
class _Shelf:
    """The store, and what this import has brought into it so far."""

    store: MarketStore
    dry_run: bool
    _brought: dict[SeriesKey, list[tuple[Span, str]]] = field(default_factory=dict)

    def row_of(self, part: _Part) -> dict[str, Any]:
        """Store a part and say what became of it."""
        if part.candles is None or part.key is None:
            return _row(part, part.failure)
        bars = part.candles.bars
        if self.dry_run:
            return _row(part, None)
        contradiction = self._contradiction(part.key, bars)
        if contradiction is not None:
            return _row(part, FileInDoubt(contradiction, where=part.file, expected="files that agree"))
        source = f"imported from {Path(part.file).name}"
        written = self.store.write(bars, source=source)
        refused = (*part.candles.refused, *written.refused)
        if refused:
            self.store.quarantine(part.key, refused, source)
        span = int(bars.open_time_ns[0]), int(bars.open_time_ns[-1]) + 1
        self._brought.setdefault(part.key, []).append((span, part.file))
        counts = {"inserted": written.inserted, "revised": written.revised, "unchanged": written.unchanged}
        return _row(part, None) | {"status": IMPORTED, **counts, "refused_rows": len(refused)}

    def _contradiction(self, key: SeriesKey, bars: Bars) -> str | None:
        """What an earlier file of this import says otherwise about the same rows."""
        for (start, end), file in self._brought.get(key, ()):
            mine = bars.between(start, end)
            if not len(mine):
                continue
            theirs = self.store.read(key, int(mine.open_time_ns[0]), int(mine.open_time_ns[-1]) + 1)
            differing = _differing_times(mine, theirs)
            if len(differing):
                others = f" and {len(differing) - 1} more" if len(differing) > 1 else ""
                return f"it contradicts {file} about {iso(int(differing[0]))}{others}"
        return None


def _differing_times(mine: Bars, theirs: Bars) -> np.ndarray:
    """The open times that both have with other values."""
    _, here, there = np.intersect1d(mine.open_time_ns, theirs.open_time_ns, assume_unique=True, return_indices=True)
    scales = max(mine.price_scale, theirs.price_scale), max(mine.volume_scale, theirs.volume_scale)
    mine, theirs = mine.rescaled(*scales), theirs.rescaled(*scales)
    names = (*PRICE_COLUMNS, "volume")
    differs = np.any([getattr(mine, name)[here] != getattr(theirs, name)[there] for name in names], axis=0)
    times: np.ndarray = mine.open_time_ns[here][differs]
    return times


def _row(part: _Part, failure: DataError | None) -> dict[str, Any]:
    """A file's row before it is stored: how it was read, or why not."""
    bars = None if part.candles is None else part.candles.bars
    status = READABLE if failure is None else IN_DOUBT if isinstance(failure, FileInDoubt) else REFUSED
    refused = len(failure.refused) if isinstance(failure, RowsRefused) else 0
    return {
        "file": part.file,
        "status": status,
        "series": None if part.key is None else str(part.key),
        "reading": part.reading,
        "rows_read": None if part.candles is None else part.candles.rows_read,
        "inserted": 0,
        "revised": 0,
        "unchanged": 0,
        "refused_rows": refused if part.candles is None else len(part.candles.refused),
        "first": None if bars is None else iso(int(bars.open_time_ns[0])),
        "last": None if bars is None else iso(int(bars.open_time_ns[-1])),
        "reason": None if failure is None else failure.message,
        "hint": None if failure is None else failure.hint or None,
        "notes": [] if part.candles is None else list(part.candles.notes),
    }
