"""Candles between files and a project's store.

Invariants: an import stores all of a file or nothing, unless bad rows are skipped by name; an export appears whole or
not at all, and imported again it changes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tickwright.adapters.storage.files.candle_file import read_candle_file
from tickwright.adapters.storage.files.export import export_bars
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import DataMissing
from tickwright.domain.timestamp import iso


def import_file(project: Project, file: Path, key: SeriesKey, *, skip_bad_rows: bool = False) -> dict[str, Any]:
    """Store the candles of a file; returns what became of every row, and the gaps of the series afterwards.

    Rows that are skipped go into the quarantine of the series.
    """
    read = read_candle_file(file, key, skip_refused=skip_bad_rows)
    source = f"imported from {file.name}"
    written = project.store.write(read.bars, source=source)
    refused = (*read.refused, *written.refused)
    if refused:
        project.store.quarantine(key, refused, source)
    held = project.store.coverage(key)
    return {
        "file": str(file),
        "series": str(key),
        "rows_read": read.rows_read,
        "inserted": written.inserted,
        "revised": written.revised,
        "unchanged": written.unchanged,
        "refused": [{"place": row.place, "reason": row.reason} for row in refused],
        "first": iso(int(read.bars.open_time_ns[0])),
        "last": iso(int(read.bars.open_time_ns[-1])),
        "rows": held.rows,
        "gaps": [
            {"start": iso(gap.start_ns), "end": iso(gap.end_ns), "bars": gap.bars, "kind": gap.kind.value}
            for gap in held.gaps
        ],
        "notes": list(read.notes),
    }


def export_file(
    project: Project, key: SeriesKey, start_ns: int | None, end_ns: int | None, out: Path
) -> dict[str, Any]:
    """Write the stored candles of a range to a file; raises `DataMissing` where there are none."""
    if project.store.coverage(key).rows == 0:
        raise DataMissing(
            f"no candles of {key} are stored",
            where=str(project.home),
            hint="`tickwright data ls` lists what is stored.",
        )
    bars = project.store.read(key, start_ns, end_ns)
    if len(bars) == 0:
        raise DataMissing(f"{key} has no candles in the range asked for", where=str(project.home))
    export_bars(bars, out)
    return {"series": str(key), "rows": len(bars), "file": str(out)}
