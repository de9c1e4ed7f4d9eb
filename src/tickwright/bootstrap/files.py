"""Market data between files and a project's store.

Invariants: an import stores all of a file or nothing, unless bad rows are skipped by name; an export appears whole or
not at all, and imported again it changes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tickwright.adapters.storage.files.export import export_series
from tickwright.adapters.storage.files.identification import Wish, identified
from tickwright.adapters.storage.files.naming import MarketKind
from tickwright.adapters.storage.files.series_file import ImportedSeries, series_of_table
from tickwright.adapters.storage.files.text_table import read_text_table
from tickwright.adapters.storage.files.tree import speaking_path
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import DataMissing, FileInDoubt, UsageError
from tickwright.domain.events import exact_text
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.row_layout import layout_of
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import iso
from tickwright.ingest.any_series import read_series
from tickwright.ingest.build_candles import explain_trade_gaps


def import_wish(
    exchange: str | None, symbol: str | None, timeframe: str | None, market: str | None, default_exchange: str
) -> Wish:
    """What the flags of an import say; raises `UsageError`.

    A symbol that names no exchange is of the default one where the file says nothing else.
    """
    if market not in (None, "spot", "perpetual"):
        raise UsageError(f"{market!r} is not a market", where="--market", expected="spot or perpetual")
    identity = None
    if symbol is not None:
        identity = InstrumentId.parse(symbol, exchange=exchange or default_exchange, where="--symbol")
        exchange = identity.exchange if ":" in symbol.partition("/")[0] else exchange
    frame = None if timeframe is None else Timeframe.parse(timeframe, where="--timeframe")
    named: MarketKind | None = None if market is None else "spot" if market == "spot" else "perpetual"
    return Wish(None if exchange is None else exchange.lower(), identity, frame, named)


def import_file(project: Project, file: Path, wish: Wish, *, skip_bad_rows: bool = False) -> dict[str, Any]:
    """Store the rows of a file; returns what became of every row, and the gaps of the series afterwards.

    Rows that are skipped go into the quarantine of the series. Raises `FileInDoubt` where the file holds several
    series, or nothing says which one it holds.
    """
    found = identified(read_text_table(file), speaking_path(file, None), wish)
    if len(found) > 1:
        hint = "Import its folder, or the file with --recursive, to take all of them."
        raise FileInDoubt(f"the rows are of {len(found)} series", where=str(file), expected="one series", hint=hint)
    read = series_of_table(found[0].table, found[0].key, file, skip_refused=skip_bad_rows)
    return _stored(project, file, read, found[0].reading)


def import_named_file(project: Project, file: Path, key: SeriesKey, *, skip_bad_rows: bool = False) -> dict[str, Any]:
    """Store the rows of a file as the series it is said to be, of any kind; as `import_file` otherwise."""
    return _stored(project, file, series_of_table(read_text_table(file), key, file, skip_refused=skip_bad_rows), "")


def _stored(project: Project, file: Path, read: ImportedSeries, reading: str) -> dict[str, Any]:
    """Store what was read of a file, and say what became of it."""
    series = read.series
    key, source = series.key, f"imported from {file.name}"
    written = project.store.write(series, source=source)
    refused = (*read.refused, *written.refused)
    if refused:
        project.store.quarantine(key, refused, source)
    if key.kind == "trades":
        explain_trade_gaps(project.history, key)
    held = project.history.coverage(key)
    time = layout_of(key.kind).time
    return {
        "file": str(file),
        "series": str(key),
        "reading": reading,
        "rows_read": read.rows_read,
        "inserted": written.inserted,
        "revised": written.revised,
        "unchanged": written.unchanged,
        "refused": [{"place": row.place, "reason": row.reason} for row in refused],
        "first": exact_text(series, time, 0),
        "last": exact_text(series, time, -1),
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
    """Write the stored rows of a range to a file; raises `DataMissing` where there are none."""
    if project.history.coverage(key).rows == 0:
        raise DataMissing(
            f"no {key} are stored",
            where=str(project.home),
            hint="`tickwright data ls` lists what is stored.",
        )
    series = read_series(project.history, key, start_ns, end_ns)
    if len(series) == 0:
        raise DataMissing(f"{key} has no rows in the range asked for", where=str(project.home))
    export_series(series, out)
    return {"series": str(key), "rows": len(series), "file": str(out)}
