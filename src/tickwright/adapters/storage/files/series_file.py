"""The rows of a table as a series of whatever kind its key says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tickwright.adapters.storage.files.candle_file import candles_of_table
from tickwright.adapters.storage.files.event_file import events_of_table
from tickwright.adapters.storage.files.text_table import TextTable
from tickwright.domain.bars import SeriesKey
from tickwright.domain.events import Series
from tickwright.ports import RefusedRow


@dataclass(frozen=True, slots=True)
class ImportedSeries:
    """What a table held: its candles or events, how many rows were read, the refused ones, how it was understood."""

    series: Series
    rows_read: int
    refused: tuple[RefusedRow, ...] = ()
    notes: tuple[str, ...] = ()


def series_of_table(table: TextTable, key: SeriesKey, path: Path, *, skip_refused: bool = False) -> ImportedSeries:
    """The candles or events of a file's table; raises `DataError`, and `RowsRefused` where single rows are none."""
    if key.timeframe is None:
        events = events_of_table(table, key, path, skip_refused=skip_refused)
        return ImportedSeries(events.events, events.rows_read, events.refused, events.notes)
    candles = candles_of_table(table, key, path, skip_refused=skip_refused)
    return ImportedSeries(candles.bars, candles.rows_read, candles.refused, candles.notes)
