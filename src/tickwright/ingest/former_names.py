"""The candles of a renamed instrument as one history: before the renaming those of its former name.

Invariants: fulfils `MarketData`; every candle comes from the exchange, under the name that was in force when it opened,
or from the store where the exchange no longer lists that name; a page never holds candles of two names, and an empty
stretch of one name does not hide the next. Only renamings one for one are known here: prices and quantities are taken
as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import UnknownSymbol
from tickwright.domain.instrument import Instrument, InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.ports import MarketData, MarketStore


class WithFormerNames:
    """Market data of an exchange in which one instrument's history begins under its former names."""

    def __init__(self, data: MarketData, instrument: Instrument, kept: MarketStore) -> None:
        self.exchange = data.exchange
        self._data, self._instrument, self._kept = data, instrument, kept

    @property
    def page_limit(self) -> int:
        """The most candles one request may return."""
        return self._data.page_limit

    async def instruments(self) -> Sequence[Instrument]:
        """What the exchange lists."""
        return await self._data.instruments()

    async def candles(self, instrument: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
        """The first candles of [start, end), of one name, under the instrument's present one."""
        for name, until_ns in self._names(instrument, start_ns):
            stop_ns = min(end_ns, timeframe.ceil(until_ns))
            if start_ns >= stop_ns:
                continue
            page = await self._page(name, timeframe, start_ns, stop_ns)
            if len(page) or stop_ns == end_ns:
                break
            start_ns = stop_ns
        return replace(page, key=SeriesKey(instrument, timeframe))

    async def _page(self, name: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
        try:
            return await self._data.candles(name, timeframe, start_ns, end_ns)
        except UnknownSymbol:
            key = SeriesKey(name, timeframe)
            if name == self._instrument.id or self._kept.coverage(key).rows == 0:
                raise
            kept = self._kept.read(key, start_ns, end_ns)
            return kept.where(np.arange(len(kept)) < self.page_limit)

    async def close(self) -> None:
        """Give back connections."""
        await self._data.close()

    def _names(self, instrument: InstrumentId, start_ns: int) -> list[tuple[InstrumentId, int]]:
        """The names in force from an instant on, each with the instant it ended."""
        former = self._instrument.formerly if instrument == self._instrument.id else ()
        return [*((name.id, name.until_ns) for name in former if name.until_ns > start_ns), (instrument, 2**62)]
