"""Which columns of a table make candles: every known form, and no guess beyond them.

The forms, in this order:
- jesse: its table of candles: id, timestamp, open, close, high, low, volume, exchange, symbol, and maybe timeframe;
- plain: timestamp, open, high, low, close, volume;
- Binance archive: open_time, open, high, low, close, volume, close_time, …;
- CryptoDataDownload: unix, symbol, open, high, low, close and one volume per asset, of which the base asset's is taken;
  newest row first, which is turned round;
- freqtrade: date, open, high, low, close, volume;
- vectorbt: Open time, Open, High, Low, Close, Volume, as its downloads from exchanges have them;
- plain and Binance archive with quote_volume in the place of volume, which is then turned into base units;
- yfinance and vectorbt: Date or Datetime (or the nameless index column), Open, High, Low, Close, Volume; where a column
  shows that it is Yahoo's, the volume counts the quote asset, as Yahoo does for coins, and is turned into base units.
Invariants: names are compared without case; a table that fits none is refused with what it has and what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from tickwright.adapters.storage.files.text_table import TextTable
from tickwright.domain.bars import PRICE_COLUMNS, SeriesKey
from tickwright.domain.errors import DataError

COLUMNS = ("timestamp", *PRICE_COLUMNS, "volume")
QUOTE_VOLUME = "quote_volume"
_YAHOO = frozenset({"adj close", "dividends", "stock splits", "ticker"})
"""Columns that only frames of Yahoo's have."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A table understood as candles: its columns by their plain names, the rows they come from, and the form's name.

    `in_quote` where its volume counts the quote asset.
    """

    columns: dict[str, pa.Array]
    table: TextTable
    form: str
    in_quote: bool = False


def understood(table: TextTable, key: SeriesKey, path: Path) -> Reading:
    """The columns of a table that make candles of a series; raises `DataError` where no form fits."""
    names = {name.lower(): name for name in table.columns}
    if len(names) < len(table.columns):
        raise _not_understood(path, "two columns differ only in case", "each column once")
    volume = f"volume {key.instrument.base.lower()}"
    for form, time, volume_name, marks in (
        ("jesse", "timestamp", "volume", ("id", "exchange", "symbol")),
        ("plain", "timestamp", "volume", ()),
        ("Binance archive", "open_time", "volume", ("close_time",)),
        ("CryptoDataDownload", "unix", volume, ("symbol",)),
        ("vectorbt", "open time", "volume", ()),
        ("freqtrade", "date", "volume", ()),
        ("yfinance", "datetime", "volume", ()),
        ("yfinance", "", "volume", ()),
        ("plain", "timestamp", QUOTE_VOLUME, ()),
        ("Binance archive", "open_time", QUOTE_VOLUME, ("close_time",)),
    ):
        wanted = dict(zip(COLUMNS, (time, *PRICE_COLUMNS, volume_name), strict=True))
        if all(name in names for name in (*wanted.values(), *marks)):
            turned = _cryptodatadownload(table, names, key, path) if form == "CryptoDataDownload" else table
            columns = {plain: turned.columns[names[name]] for plain, name in wanted.items()}
            of_yahoo = form in ("yfinance", "freqtrade") and not _YAHOO.isdisjoint(names)
            form = "yfinance" if of_yahoo else form
            return Reading(columns, turned, form, in_quote=volume_name == QUOTE_VOLUME or of_yahoo)
    raise _lacking([name for name in COLUMNS if name not in names], names, path)


def has_candle_columns(table: TextTable) -> bool:
    """Whether a table has open, high, low and close, whatever else it may have."""
    return {name.lower() for name in table.columns} >= set(PRICE_COLUMNS)


def demand_candle_columns(table: TextTable, path: Path) -> None:
    """Raise `DataError` for a table that has no open, high, low and close, whatever else it may be."""
    if not has_candle_columns(table):
        names = [name.lower() for name in table.columns]
        raise _lacking([name for name in COLUMNS if name not in names], names, path)


def _lacking(missing: Sequence[str], names: Iterable[str], path: Path) -> DataError:
    absent = f"the column{'s' if len(missing) > 1 else ''} {', '.join(missing)} missing among: {', '.join(names)[:200]}"
    return _not_understood(path, absent, "a header line with timestamp, open, high, low, close, volume")


def _cryptodatadownload(table: TextTable, names: dict[str, str], key: SeriesKey, path: Path) -> TextTable:
    """The table, oldest row first, if it is about the instrument it is read as."""
    said = table.columns[names["symbol"]].unique().to_pylist()
    asked = key.instrument.base + key.instrument.quote
    other = next((symbol for symbol in said if _compact(symbol) != asked), None)
    if other is not None:
        raise _not_understood(path, f"the file is about {other}", key.instrument.symbol)
    times = table.columns[names["unix"]]
    newest_first = len(times) > 1 and _size(times[0].as_py()) > _size(times[len(times) - 1].as_py())
    return table.backwards() if newest_first else table


def _compact(symbol: str) -> str:
    return symbol.upper().partition(":")[0].replace("/", "").replace("-", "")


def _size(written: str) -> tuple[int, str]:
    """Orders whole numbers in text by their size."""
    return len(written), written


def _not_understood(path: Path, message: str, expected: str) -> DataError:
    return DataError(message, where=str(path), expected=expected, hint="Nothing was stored.")
