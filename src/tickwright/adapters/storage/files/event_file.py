"""A file as trades, quotes, funding rates or books, or the sentence why it is none.

Invariants: every row of the file is either in the result or refused with its place and reason; values are exact; rows
may stand in any order, and an equal row that comes again is refused as a repetition. A funding rate keeps its nominal
time (`domain.events.nominal_times`). Known limit: ids that are no whole numbers are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tickwright.adapters.storage.files.decimal_text import scaled
from tickwright.adapters.storage.files.event_readings import EventReading, understood_events
from tickwright.adapters.storage.files.text_table import TextTable, read_text_table
from tickwright.adapters.storage.files.time_text import instants
from tickwright.domain.bars import Int64Array, SeriesKey
from tickwright.domain.errors import DataError, RowsRefused
from tickwright.domain.event_rules import broken_event_rules
from tickwright.domain.events import Events, nominal_times
from tickwright.domain.money import INT64_MAX
from tickwright.ports import RefusedRow

_SURE_DIGITS = 15
_DECIMAL = re.compile(r"[+-]?([0-9]*)\.?([0-9]*)(?:[eE][+-]?[0-9]{1,3})?")
_WORDS = {"true": 1, "1": 1, "false": 0, "0": 0, "buy": 1, "sell": 0, "ask": 1, "bid": 0}


@dataclass(frozen=True, slots=True)
class ImportedEvents:
    """What a file held: its events in order, how many rows were read, the refused ones, and how it was understood."""

    events: Events
    rows_read: int
    refused: tuple[RefusedRow, ...] = ()
    notes: tuple[str, ...] = ()


def read_event_file(path: Path, key: SeriesKey, *, skip_refused: bool = False) -> ImportedEvents:
    """The events of a CSV, CSV.gz, zip, Feather or Parquet file as the series `key`.

    Raises `DataError` where the file as a whole cannot be understood, and `RowsRefused` where single rows break a rule;
    with `skip_refused` those are left out and listed instead.
    """
    return events_of_table(read_text_table(path), key, path, skip_refused=skip_refused)


def events_of_table(table: TextTable, key: SeriesKey, path: Path, *, skip_refused: bool = False) -> ImportedEvents:
    """The events of a table that was read from a file; see `read_event_file`."""
    if len(table.places) == 0:
        raise DataError("the file has a header and no rows", where=str(path), expected="at least one row")
    reading = understood_events(table, key.kind, path)
    reading, noise = _without_noise(reading)
    events, problems, form = _events(key, reading, path)
    usable = np.setdiff1d(np.arange(len(table.places)), list(problems))
    events = events.take(usable)
    order = np.lexsort([events[name] for name in reversed(events.layout.order)])
    events = events.take(order)
    broken = broken_event_rules(events)
    problems |= {int(usable[order[rule.row]]): rule.reason for rule in broken}
    keep = np.ones(len(events), np.bool_)
    keep[[rule.row for rule in broken]] = False
    refused = (*table.refused, *(RefusedRow(table.place(row), problems[row]) for row in sorted(problems)))
    _demand_rows(int(keep.sum()), refused, table, path, key, skip=skip_refused)
    notes = (f"{reading.form} columns, times in {form}", *noise, *table.notes)
    return ImportedEvents(events.where(keep).coarsened(), len(table.places) + len(table.refused), refused, notes)


def _without_noise(reading: EventReading) -> tuple[EventReading, tuple[str, ...]]:
    """Rates as they were before somebody printed floats: of more than 15 digits, those a float64 can promise."""
    if "rate" not in reading.columns:
        return reading, ()
    texts = reading.columns["rate"].cast(pa.string()).to_pylist()
    noisy = [row for row, text in enumerate(texts) if _digits(text or "") > _SURE_DIGITS]
    for row in noisy:
        texts[row] = f"{Decimal(texts[row]):.{_SURE_DIGITS - 1}e}"
    columns = {**reading.columns, "rate": pa.array(texts, pa.string())}
    note = f"{len(noisy)} rates carry binary noise beyond {_SURE_DIGITS} digits and were read at {_SURE_DIGITS} digits"
    return EventReading(columns, reading.form, reading.maker_flags), (note,) if noisy else ()


def _digits(text: str) -> int:
    """How many significant digits a number is written with; 0 where the text is none."""
    found = _DECIMAL.fullmatch(text.strip())
    return len((found[1] + found[2]).lstrip("0").rstrip("0")) if found else 0


def _events(key: SeriesKey, reading: EventReading, path: Path) -> tuple[Events, dict[int, str], str]:
    """The rows in the order of the file, those that have no values with their reasons, and the form of the times."""
    times = instants(reading.columns["ts_ns"])
    nothing = Events.none(key)
    layout, rows = nothing.layout, len(times.ns)
    columns: dict[str, Int64Array] = {"ts_ns": nominal_times(times.ns) if key.kind == "funding" else times.ns}
    problems, scales = dict(times.problems), dict.fromkeys(layout.columns, 0)
    for name in layout.columns[1:]:
        if name not in reading.columns:
            columns[name] = np.zeros(rows, np.int64)
            continue
        units, scales[name], wrong = _column(reading.columns[name], name)
        columns[name] = 1 - units if name == "taker_buys" and reading.maker_flags else units
        problems = wrong | problems
    price, quantity = (max((scales[name] for name in names), default=0) for names in (layout.prices, layout.quantities))
    for name in (*layout.prices, *layout.quantities):
        finer = (price if name in layout.prices else quantity) - scales[name]
        if rows and int(np.abs(columns[name]).max()) * 10**finer > INT64_MAX:
            raise DataError(
                f"the {name} does not fit 64 bits with {finer} more decimals",
                where=str(path),
                expected="values of at most 18 digits",
                hint="Nothing was stored.",
            )
        columns[name] = columns[name] * 10**finer
    return Events(key, columns, price, quantity), problems, times.form


def _column(column: pa.Array, name: str) -> tuple[Int64Array, int, dict[int, str]]:
    """A column as scaled integers: decimals, whole numbers, or one of the words for yes and no."""
    if name in ("taker_buys", "side", "snapshot"):
        return _flags(column, name)
    values = scaled(column, name.replace("_", " "))
    if not name.endswith("_id") or values.scale == 0:
        return values.units, values.scale, values.problems
    whole = values.units % 10**values.scale == 0
    wrong = {int(row): f"the {name.replace('_', ' ')} is no whole number" for row in np.flatnonzero(~whole)}
    return values.units // 10**values.scale, 0, wrong | values.problems


def _flags(column: pa.Array, name: str) -> tuple[Int64Array, int, dict[int, str]]:
    words = pc.utf8_lower(pc.utf8_trim_whitespace(column.cast(pa.string())))
    known = pc.index_in(words, pa.array(list(_WORDS)))
    place = pc.fill_null(known, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    flags = np.array([*_WORDS.values(), 0], np.int64)[place]
    told = name.replace("_", " ")
    return flags, 0, {int(row): f"the {told} is {column[int(row)].as_py()!r:.40}" for row in np.flatnonzero(place < 0)}


def _demand_rows(
    kept: int, refused: tuple[RefusedRow, ...], table: TextTable, path: Path, key: SeriesKey, *, skip: bool
) -> None:
    if not refused or (skip and kept):
        return
    first, rows = refused[0], len(table.places) + len(table.refused)
    count = f"{len(refused)} of {rows} rows cannot be kept; the first" if len(refused) > 1 else "one row cannot be kept"
    failure = RowsRefused(
        f"{count}: {first.place}: {first.reason}",
        where=str(path),
        expected=f"{key.kind} in every row",
        hint="Nothing was stored; correct the file, or add --skip-bad-rows to store the other rows.",
    )
    failure.refused = refused
    raise failure
