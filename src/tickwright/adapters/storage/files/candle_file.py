"""A file as a series of candles, or the sentence why it is none.

Which columns make candles is told by `readings`; the plain form is timestamp, open, high, low, close and volume, in
any order and case (others are ignored).
Invariants: nothing is guessed, sorted or repaired; every row is either a candle or refused with its place and reason;
by default one refused row refuses the file. The file's own step must be the timeframe it is read as.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tickwright.adapters.storage.files.decimal_text import ScaledColumn, scaled
from tickwright.adapters.storage.files.readings import COLUMNS, understood
from tickwright.adapters.storage.files.text_table import TextTable, read_text_table
from tickwright.adapters.storage.files.time_text import Instants, instants
from tickwright.domain.bars import PRICE_COLUMNS, Bars, Int64Array, SeriesKey
from tickwright.domain.candle_rules import broken_rules
from tickwright.domain.errors import DataError, RowsRefused
from tickwright.domain.money import INT64_MAX
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import iso
from tickwright.domain.volume import BASE_SCALE, base_of_quote
from tickwright.ports import RefusedRow


@dataclass(frozen=True, slots=True)
class ImportedCandles:
    """What a file held: its candles, how many rows were read, the refused ones, and how it was understood."""

    bars: Bars
    rows_read: int
    refused: tuple[RefusedRow, ...] = ()
    notes: tuple[str, ...] = ()


def read_candle_file(path: Path, key: SeriesKey, *, skip_refused: bool = False) -> ImportedCandles:
    """The candles of a CSV, CSV.gz or Parquet file as the series `key`.

    Raises `DataError` where the file as a whole cannot be understood, and `RowsRefused` where single rows are no
    candles; with `skip_refused` those are left out and listed instead.
    """
    return candles_of_table(read_text_table(path), key, path, skip_refused=skip_refused)


def candles_of_table(table: TextTable, key: SeriesKey, path: Path, *, skip_refused: bool = False) -> ImportedCandles:
    """The candles of a file's table as the series `key`; raises as `read_candle_file` does."""
    reading = understood(table, key, path)
    table, columns = reading.table, reading.columns
    times = instants(columns["timestamp"])
    _demand_times(times, len(table.places), path)
    values = {name: scaled(columns[name], name) for name in COLUMNS[1:]}
    problems = _problems(times, values)
    usable = np.setdiff1d(np.arange(len(table.places)), list(problems))
    bars = _bars(key, times, values, usable, path)
    rows = _Rows(_in_base(bars, path) if reading.in_quote else bars, usable, table)
    _demand_timeframe(rows.bars, path)
    refused = [(int(table.places[row]), reason) for row, reason in problems.items()]
    refused += _drop_rows(rows)
    listed = (*table.refused, *(RefusedRow(f"{table.place_word} {place}", why) for place, why in sorted(refused)))
    rows_read = len(table.places) + len(table.refused)
    _demand_candles(rows.bars, listed, rows_read, path, skip_refused)
    notes = [f"{reading.form} columns, times in {times.form}", *table.notes]
    if reading.in_quote:
        notes.append("volume counted in the quote asset, turned into base at (high + low + close) / 3")
    return ImportedCandles(rows.bars.coarsened(), rows_read, listed, tuple(notes))


@dataclass(slots=True)
class _Rows:
    """The rows that are still candles, and where each stands in the file."""

    bars: Bars
    index: Int64Array
    table: TextTable

    def drop(self, reasons: dict[int, str]) -> list[tuple[int, str]]:
        keep = np.ones(len(self.bars), np.bool_)
        keep[list(reasons)] = False
        dropped = [(int(self.table.places[self.index[row]]), reason) for row, reason in reasons.items()]
        self.bars, self.index = self.bars.where(keep), self.index[keep]
        return dropped

    def place(self, row: int) -> str:
        return self.table.place(int(self.index[row]))


def _demand_times(times: Instants, rows: int, path: Path) -> None:
    if rows == 0:
        raise _no_candles(path, "the file has a header and no rows", "at least one candle")
    if len(times.problems) == rows:
        first = next(iter(times.problems.values()))
        raise _no_candles(path, f"no row has a readable time; in the first, {first}", "one of those forms")


def _problems(times: Instants, values: dict[str, ScaledColumn]) -> dict[int, str]:
    """The first reason of each row that has no values."""
    problems: dict[int, str] = {}
    for source in (times.problems, *(column.problems for column in values.values())):
        problems = source | problems
    return problems


def _bars(key: SeriesKey, times: Instants, values: dict[str, ScaledColumn], usable: Int64Array, path: Path) -> Bars:
    scale = max(values[name].scale for name in PRICE_COLUMNS)
    prices = []
    for name in PRICE_COLUMNS:
        units, factor = values[name].units[usable], 10 ** (scale - values[name].scale)
        if len(units) and int(np.abs(units).max()) * factor > INT64_MAX:
            raise _no_candles(
                path, f"the {name} does not fit 64 bits at {scale} decimals", "prices of at most 18 digits"
            )
        prices.append(units * factor)
    first, high, low, last = prices
    volume = values["volume"]
    return Bars(key, times.ns[usable], first, high, low, last, volume.units[usable], scale, volume.scale)


def _in_base(bars: Bars, path: Path) -> Bars:
    """The same candles with the volume that was counted in the quote asset in base units."""
    volume = base_of_quote(bars.volume, bars.volume_scale, bars.high, bars.low, bars.close, bars.price_scale)
    if volume is None:
        raise _no_candles(path, "a volume does not fit 64 bits in base units", "smaller volumes or higher prices")
    return replace(bars, volume=volume, volume_scale=BASE_SCALE)


def _demand_timeframe(bars: Bars, path: Path) -> None:
    """Refuse a file whose own step is another timeframe, and one that runs backwards."""
    steps = np.diff(bars.open_time_ns)
    if len(steps) and np.all(steps < 0):
        raise _no_candles(path, "the rows run from the newest to the oldest", "the oldest row first")
    forward = np.abs(steps[steps != 0])
    if len(forward) == 0:
        return
    usual = Counter(forward.tolist()).most_common(1)[0][0]
    length = bars.timeframe.length_ns
    if usual != length and (forward.min() != length or usual < length):
        raise _no_candles(
            path, f"the rows are {_span_name(usual)} apart", f"{bars.timeframe} candles", "Name the right --timeframe."
        )


def _span_name(length_ns: int) -> str:
    whole_seconds, rest = divmod(length_ns, 1_000_000_000)
    return f"{length_ns} ns" if rest else Timeframe.parse(f"{min(whole_seconds, 999_999)}s").name


def _drop_rows(rows: _Rows) -> list[tuple[int, str]]:
    """Take out every row that is no candle; returns place and reason of each."""
    dropped = rows.drop(_repeated(rows))
    dropped += rows.drop(_out_of_order(rows))
    return dropped + rows.drop({rule.row: rule.reason for rule in broken_rules(rows.bars)})


def _repeated(rows: _Rows) -> dict[int, str]:
    """Rows whose time is there twice: the later of identical ones, and all of contradicting ones."""
    bars = rows.bars
    order = np.argsort(bars.open_time_ns, kind="stable")
    times = bars.open_time_ns[order]
    reasons: dict[int, str] = {}
    for place in np.flatnonzero(times[1:] == times[:-1]):
        first, second = int(order[place]), int(order[place + 1])
        when = iso(int(times[place]))
        if _same(bars, first, second):
            reasons[second] = f"it repeats {rows.place(first)} ({when})"
        else:
            reasons[first] = f"it contradicts {rows.place(second)} about {when}"
            reasons[second] = f"it contradicts {rows.place(first)} about {when}"
    return reasons


def _same(bars: Bars, first: int, second: int) -> bool:
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    return all(column[first] == column[second] for column in columns)


def _out_of_order(rows: _Rows) -> dict[int, str]:
    times = rows.bars.open_time_ns
    latest = np.maximum.accumulate(times) if len(times) else times
    return {
        int(row): f"its time {iso(int(times[row]))} is before that of a row above it, {iso(int(latest[row]))}"
        for row in np.flatnonzero(times < latest)
    }


def _demand_candles(bars: Bars, refused: tuple[RefusedRow, ...], rows: int, path: Path, skip: bool) -> None:
    if refused and (not skip or len(bars) == 0):
        first = refused[0]
        count = (
            f"{len(refused)} of {rows} rows are no candles; the first" if len(refused) > 1 else "one row is no candle"
        )
        failure = RowsRefused(
            f"{count}: {first.place}: {first.reason}",
            where=str(path),
            expected="candles in every row",
            hint="Nothing was stored; correct the file, or add --skip-bad-rows to store the other rows.",
        )
        failure.refused = refused
        raise failure


def _no_candles(path: Path, message: str, expected: str, hint: str = "") -> DataError:
    return DataError(message, where=str(path), expected=expected, hint=hint or "Nothing was stored.")
