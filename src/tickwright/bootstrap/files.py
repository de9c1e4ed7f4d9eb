"""Candles between files and a project's store.

Invariants: an import stores all of a file or nothing, unless bad rows are skipped by name; an export appears whole or
not at all, and imported again it changes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tickwright.adapters.storage.files.candle_file import candles_of_table
from tickwright.adapters.storage.files.export import export_bars
from tickwright.adapters.storage.files.identification import Wish, identified
from tickwright.adapters.storage.files.naming import MarketKind
from tickwright.adapters.storage.files.text_table import read_text_table
from tickwright.adapters.storage.files.tree import speaking_path
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import DataMissing, FileInDoubt, UsageError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import iso


def import_wish(
    exchange: str | None, symbol: str | None, timeframe: str | None, market: str | None, default_exchange: str
) -> Wish:
    """What the flags of an import say; a symbol that names no exchange is of the default one. Raises `UsageError`."""
    if market not in (None, "spot", "perpetual"):
        raise UsageError(f"{market!r} is not a market", where="--market", expected="spot or perpetual")
    identity = None
    if symbol is not None:
        identity = InstrumentId.parse(symbol, exchange=exchange or default_exchange, where="--symbol")
    frame = None if timeframe is None else Timeframe.parse(timeframe, where="--timeframe")
    named: MarketKind | None = None if market is None else "spot" if market == "spot" else "perpetual"
    return Wish(None if exchange is None else exchange.lower(), identity, frame, named)


def import_file(project: Project, file: Path, wish: Wish, *, skip_bad_rows: bool = False) -> dict[str, Any]:
    """Store the candles of a file; returns what became of every row, and the gaps of the series afterwards.

    Rows that are skipped go into the quarantine of the series. Raises `FileInDoubt` where the file holds several
    series, or nothing says which one it holds.
    """
    found = identified(read_text_table(file), speaking_path(file, None), wish)
    if len(found) > 1:
        hint = "Import its folder, or the file with --recursive, to take all of them."
        raise FileInDoubt(f"the rows are of {len(found)} series", where=str(file), expected="one series", hint=hint)
    key = found[0].key
    read = candles_of_table(found[0].table, key, file, skip_refused=skip_bad_rows)
    source = f"imported from {file.name}"
    written = project.store.write(read.bars, source=source)
    refused = (*read.refused, *written.refused)
    if refused:
        project.store.quarantine(key, refused, source)
    held = project.store.coverage(key)
    return {
        "file": str(file),
        "series": str(key),
        "reading": found[0].reading,
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
