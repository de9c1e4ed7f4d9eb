"""Series of any kind through one call, for work that does not care what their rows are: copying, archiving, listing."""

from __future__ import annotations

from tickwright.domain.bars import SeriesKey
from tickwright.domain.events import Series
from tickwright.ports import MarketStore


def read_series(store: MarketStore, key: SeriesKey, start_ns: int | None = None, end_ns: int | None = None) -> Series:
    """The candles or events of [start, end); raises as the store does."""
    return (store.read if key.timeframe is not None else store.read_events)(key, start_ns, end_ns)
