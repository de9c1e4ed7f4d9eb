"""Real candles for comparisons with other engines: Binance spot BTC/USDT, 1 h and 15 m."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyarrow.parquet as pq

from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe

FOLDER = Path(__file__).parent.parent / "data"


@cache
def bitcoin(timeframe: str) -> Bars:
    """The candles of BTC/USDT at `1h` (2018 to 2024) or `15m` (2023 to 2024)."""
    if timeframe == "1h":
        return bundled_candles("BTC/USDT")
    table = pq.read_table(FOLDER / f"BTC-USDT_{timeframe}.parquet")
    columns = {name: table[name].to_numpy() for name in table.column_names}
    key = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), Timeframe.parse(timeframe))
    return Bars(key, **columns, price_scale=2, volume_scale=6)
