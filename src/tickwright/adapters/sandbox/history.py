"""The history that ships with the platform: Binance spot BTC/USDT and ETH/USDT, 1 h, 2018 to 2024, with real rules.

Invariants: values are the exchange's own, exactly; the exchange's outages are missing rows; sources and licences stand
in `candles/NOTICE.md` beside the files.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe

BUNDLED = ("BTC/USDT", "ETH/USDT")
_FOLDER = resources.files("tickwright.adapters.sandbox") / "candles"


@cache
def bundled_candles(symbol: str) -> Bars:
    """The bundled candles of one symbol of `BUNDLED`.

    >>> bars = bundled_candles("BTC/USDT")
    >>> len(bars), bars.timeframe.name
    (61246, '1h')
    """
    packed = (_FOLDER / f"{symbol.replace('/', '-')}_1h.parquet").read_bytes()
    # without Arrow's scanner: its threads can abort a process that ends right after
    table = pq.ParquetFile(pa.BufferReader(packed)).read(use_threads=False)
    facts = {name.decode(): value.decode() for name, value in table.schema.metadata.items()}
    columns = {name: table[name].to_numpy() for name in table.column_names}
    for column in columns.values():
        column.flags.writeable = False
    key = SeriesKey(InstrumentId.parse(facts["instrument"]), Timeframe.parse(facts["timeframe"]))
    return Bars(key, **columns, price_scale=int(facts["price_scale"]), volume_scale=int(facts["volume_scale"]))


def bundled_history() -> tuple[Bars, ...]:
    """All bundled series."""
    return tuple(bundled_candles(symbol) for symbol in BUNDLED)


def bundled_exchange_info() -> dict[str, Any]:
    """Binance's own words about the bundled symbols (`symbols`) and its request limits (`rateLimits`)."""
    info: dict[str, Any] = orjson.loads((_FOLDER / "exchange_info.json").read_bytes())
    return info
