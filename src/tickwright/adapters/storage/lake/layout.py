"""Where things stand in a lake, and into which spans of time a series is cut.

    ROOT/lake.json                                     what this directory is: format and version
    ROOT/EXCHANGE/BASE-QUOTE[-SETTLE]/KIND[-TIMEFRAME]/  one series
        manifest.json                                  what the series consists of; the commit point of every write
        PERIOD.HASH.parquet                            the rows of one span of time
        PERIOD.history.HASH.parquet                    the rows of that span that later revisions replaced
        quarantine.json                                word of rows that were not believed, if any
        .lock                                          held by the one process that writes
    ROOT/.cache/                                       engine-ready arrays; may be deleted at any time

A span is a month up to 15m, a year for longer bars below a day, everything from a day on; a day for trades, quotes and
books, everything for funding. HASH is the first 16 digits of the SHA-256 of the file's bytes: a file never changes
under its name, so whoever holds a manifest holds one state.
"""

from __future__ import annotations

import itertools
from typing import Literal

import numpy as np

from tickwright.adapters.storage.acceptance import demand_series
from tickwright.adapters.storage.place import Place, relative_name
from tickwright.domain.bars import Int64Array, SeriesKey
from tickwright.domain.errors import DataError, UsageError
from tickwright.domain.gaps import Span
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.row_layout import CANDLE_KINDS, EVENT_KINDS
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY, MINUTE, parse_instant

FORMAT_VERSION = 1
MARKER = "lake.json"
MANIFEST = "manifest.json"
LOCK = ".lock"
CACHE = ".cache"
WHOLE = "all"


def series_directory(root: Place, key: SeriesKey) -> Place:
    """The directory of a series."""
    name = key.kind if key.timeframe is None else f"{key.kind}-{key.timeframe}"
    parts = (key.instrument.base, key.instrument.quote, key.instrument.settle)
    return root / key.instrument.exchange / "-".join(part for part in parts if part) / name


def series_key(root: Place, directory: Place) -> SeriesKey | None:
    """The series a directory holds, or None where its path does not name one."""
    try:
        exchange, symbol, name = relative_name(directory, root).parts
        base, quote, *settle = symbol.split("-")
        kind, _, timeframe = name.partition("-")
        instrument = InstrumentId(exchange, base, quote, "-".join(settle))
        found = next(known for known in (*CANDLE_KINDS, *EVENT_KINDS) if known == kind)
        key = SeriesKey(instrument, Timeframe.parse(timeframe) if timeframe else None, found)
        demand_series(key)
        return key
    except (ValueError, StopIteration, UsageError, DataError):
        return None


def periods_of(times_ns: Int64Array, key: SeriesKey) -> list[tuple[str, slice]]:
    """The spans of time that the sorted times of a series' rows fall into: each span's name and its rows, in order.

    >>> from tickwright.domain.timestamp import parse_instant
    >>> times = np.array([parse_instant("2023-12-31T23:00"), parse_instant("2024-01-01")])
    >>> periods_of(times, SeriesKey(InstrumentId.parse("binance:BTC/USDT"), Timeframe.parse("1h")))
    [('2023', slice(0, 1, None)), ('2024', slice(1, 2, None))]
    >>> periods_of(times, SeriesKey(InstrumentId.parse("binance:BTC/USDT"), None, "trades"))
    [('2023-12-31', slice(0, 1, None)), ('2024-01-01', slice(1, 2, None))]
    """
    if len(times_ns) == 0:
        return []
    unit = _unit(key)
    if unit is None:
        return [(WHOLE, slice(0, len(times_ns)))]
    ends = (int(times_ns[0]) // DAY, int(times_ns[-1]) // DAY)
    first, last = (np.datetime64(day, "D").astype(f"datetime64[{unit}]") for day in ends)
    periods = np.arange(first, last + 2)
    starts = periods.astype("datetime64[D]").astype(np.int64) * DAY
    edges = np.searchsorted(times_ns, starts).tolist()
    spans = zip(np.datetime_as_string(periods[:-1]).tolist(), itertools.pairwise(edges), strict=True)
    return [(name, slice(start, end)) for name, (start, end) in spans if start < end]


def period_span(name: str) -> Span:
    """The instants that a span's name covers, [start, end).

    >>> period_span("2024-02")[1] - period_span("2024-02")[0] == 29 * DAY
    True
    """
    if name == WHOLE:
        return -(2**62), 2**62
    if name.count("-") == 2:
        return parse_instant(name), parse_instant(name) + DAY
    year, month = int(name[:4]), int(name[5:] or 1)
    following = f"{year + month // 12:04d}-{month % 12 + 1:02d}" if "-" in name else f"{year + 1:04d}-01"
    return parse_instant(f"{year:04d}-{month:02d}-01"), parse_instant(f"{following}-01")


def _unit(key: SeriesKey) -> Literal["D", "M", "Y"] | None:
    """How long a span of a series is, None where all of it is one."""
    if key.timeframe is None:
        return None if key.kind == "funding" else "D"
    if key.timeframe.length_ns >= DAY:
        return None
    return "M" if key.timeframe.length_ns <= 15 * MINUTE else "Y"
