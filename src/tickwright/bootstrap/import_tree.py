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
from tickwright.adapters.storage.files.identification import Wish, identified
from tickwright.adapters.storage.files.series_file import ImportedSeries, series_of_table
from tickwright.adapters.storage.files.text_table import read_text_table
from tickwright.adapters.storage.files.tree import data_files, speaking_path
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import DataError, FileInDoubt, RowsRefused
from tickwright.domain.events import Series, held_span
from tickwright.domain.gaps import Span
from tickwright.domain.row_layout import layout_of
from tickwright.domain.timestamp import iso
from tickwright.ingest.any_series import read_series
from tickwright.ingest.build_candles import explain_trade_gaps

_FILES_AHEAD = 4
"""Files per reading thread that may wait to be stored."""

IMPORTED, REFUSED, IN_DOUBT, READABLE = "imported", "refused", "in doubt", "readable"


@dataclass(frozen=True, slots=True)
class _Part:
    """One series of a file, read, or the reason why it was not."""

    file: str
    key: SeriesKey | None = None
    reading: str = ""
    read: ImportedSeries | None = None
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
    shelf = _Shelf(project, dry_run)
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
            read = series_of_table(one.table, one.key, file, skip_refused=skip_bad_rows)
            parts.append(_Part(name, one.key, one.reading, read))
        except DataError as failure:
            parts.append(_Part(name, one.key, one.reading, failure=failure))
    return parts


@dataclass(slots=True)
class _Shelf:
    """The store, and what this import has brought into it so far."""

    project: Project
    dry_run: bool
    _brought: dict[SeriesKey, list[tuple[Span, str]]] = field(default_factory=dict)

    def row_of(self, part: _Part) -> dict[str, Any]:
        """Store a part and say what became of it."""
        if part.read is None or part.key is None:
            return _row(part, part.failure)
        series = part.read.series
        if self.dry_run:
            return _row(part, None)
        contradiction = self._contradiction(series)
        if contradiction is not None:
            return _row(part, FileInDoubt(contradiction, where=part.file, expected="files that agree"))
        source = f"imported from {Path(part.file).name}"
        written = self.project.store.write(series, source=source)
        refused = (*part.read.refused, *written.refused)
        if refused:
            self.project.store.quarantine(part.key, refused, source)
        if part.key.kind == "trades":
            explain_trade_gaps(self.project.history, part.key)
        self._brought.setdefault(part.key, []).append((held_span(series), part.file))
        counts = {"inserted": written.inserted, "revised": written.revised, "unchanged": written.unchanged}
        return _row(part, None) | {"status": IMPORTED, **counts, "refused_rows": len(refused)}

    def _contradiction(self, series: Series) -> str | None:
        """What an earlier file of this import says otherwise about the same rows."""
        for span, file in self._brought.get(series.key, ()):
            mine = series.between(*span)
            if not len(mine):
                continue
            theirs = read_series(self.project.store, series.key, *held_span(mine))
            differing = _differing_times(mine, theirs)
            if len(differing):
                others = f" and {len(differing) - 1} more" if len(differing) > 1 else ""
                return f"it contradicts {file} about {iso(int(differing[0]))}{others}"
        return None


def _differing_times(mine: Series, theirs: Series) -> np.ndarray:
    """The times of the rows that both have, by what makes a row itself, with other values."""
    if mine.content_hash() == theirs.content_hash():
        return np.empty(0, np.int64)
    layout = layout_of(mine.key.kind)
    scales = [max(getattr(one, name) for one in (mine, theirs)) for name in _scale_names(mine)]
    mine, theirs = mine.rescaled(*scales), theirs.rescaled(*scales)
    tables = [np.column_stack([_column(one, name) for name in layout.columns]) for one in (mine, theirs)]
    places = [layout.columns.index(name) for name in layout.identity]
    known = {tuple(row[places].tolist()): row for row in tables[1]}
    found = [known.get(tuple(row[places].tolist())) for row in tables[0]]
    differs = [other is not None and bool(np.any(row != other)) for row, other in zip(tables[0], found, strict=True)]
    times: np.ndarray = tables[0][np.array(differs, np.bool_), 0]
    return times


def _scale_names(series: Series) -> tuple[str, str]:
    return ("price_scale", "volume_scale" if isinstance(series, Bars) else "quantity_scale")


def _column(series: Series, name: str) -> np.ndarray:
    column: np.ndarray = getattr(series, name) if isinstance(series, Bars) else series[name]
    return column


def _row(part: _Part, failure: DataError | None) -> dict[str, Any]:
    """A file's row before it is stored: how it was read, or why not."""
    times = None if part.read is None else _column(part.read.series, layout_of(part.read.series.key.kind).time)
    status = READABLE if failure is None else IN_DOUBT if isinstance(failure, FileInDoubt) else REFUSED
    refused = len(failure.refused) if isinstance(failure, RowsRefused) else 0
    return {
        "file": part.file,
        "status": status,
        "series": None if part.key is None else str(part.key),
        "reading": part.reading,
        "rows_read": None if part.read is None else part.read.rows_read,
        "inserted": 0,
        "revised": 0,
        "unchanged": 0,
        "refused_rows": refused if part.read is None else len(part.read.refused),
        "first": None if times is None else iso(int(times[0])),
        "last": None if times is None else iso(int(times[-1])),
        "reason": None if failure is None else failure.message,
        "hint": None if failure is None else failure.hint or None,
        "notes": [] if part.read is None else list(part.read.notes),
    }
