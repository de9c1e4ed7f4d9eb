"""Candles made of an exchange's trades, where it does not serve candles that old or that short.

A candle's open is the first trade at or after its open time, its close the last before its end, in order of trade ids;
high and low are the extremes, volume the sum of quantities. A length without a trade has no candle.
Invariants: exact integers; only candles whose end the clock has passed before the trades were read; a candle is made of
all its trades or not at all, because windows are cut on the grid and pages are followed by id to their end.
Known limit: exchanges that publish candles without trades (open = close of the one before) differ in those.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import BadResponse
from tickwright.domain.instrument import Instrument, InstrumentId
from tickwright.domain.resample import summed
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import SECOND
from tickwright.domain.trades import Trades, joined_trades
from tickwright.ports import Clock, MarketData, TradeData

CLOSE_GRACE_NS = SECOND


def candles_from_trades(trades: Trades, timeframe: Timeframe) -> Bars:
    """The candles of these trades, oldest first; empty without trades."""
    key = SeriesKey(trades.instrument, timeframe)
    if not len(trades):
        empty = np.empty(0, np.int64)
        return Bars(key, empty, empty, empty, empty, empty, empty, 0, 0)
    origin = timeframe.floor(0)
    opens = (trades.ts_ns - origin) // timeframe.length_ns * timeframe.length_ns + origin
    if np.any(np.diff(opens) < 0):
        raise BadResponse("a trade with a later id has an earlier time", where=f"{trades.instrument} trades")
    starts = np.flatnonzero(np.diff(opens, prepend=opens[0] - 1))
    ends = np.append(starts[1:], len(trades)) - 1
    return Bars(
        key,
        opens[starts],
        trades.price[starts],
        np.maximum.reduceat(trades.price, starts),
        np.minimum.reduceat(trades.price, starts),
        trades.price[ends],
        summed(trades.quantity, starts, where=str(trades.instrument)),
        trades.price_scale,
        trades.quantity_scale,
    )


class CandlesFromTrades:
    """Fulfils `MarketData` with the candles of a source's trades; instruments are the source's own.

    `page_limit` is how many candles are built at once: it bounds the trades held in memory.
    """

    def __init__(self, listing: MarketData, source: TradeData, clock: Clock, *, page_limit: int = 60) -> None:
        self.exchange = source.exchange
        self._listing, self._source, self._clock, self._page_limit = listing, source, clock, page_limit

    @property
    def page_limit(self) -> int:
        """The most candles one call returns."""
        return self._page_limit

    async def instruments(self) -> Sequence[Instrument]:
        """What the exchange lists."""
        return await self._listing.instruments()

    async def candles(self, instrument: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
        """Closed candles with open times in [start, end), oldest first, at most `page_limit` lengths from the start."""
        start_ns = timeframe.ceil(start_ns)
        closed_ns = timeframe.floor(self._clock.now_ns() - CLOSE_GRACE_NS)
        end_ns = min(timeframe.ceil(end_ns), start_ns + self._page_limit * timeframe.length_ns, closed_ns)
        pages: list[Trades] = []
        reached_ns, last_id = start_ns, None
        while reached_ns < end_ns:
            page = await self._source.trades(instrument, reached_ns, end_ns, after_id=last_id)
            if not len(page):
                break
            pages.append(page)
            reached_ns, last_id = int(page.ts_ns[-1]), int(page.trade_id[-1])
        none = np.empty(0, np.int64)
        nothing = Trades(instrument, none, none, none, none, none.astype(np.bool_), 0, 0)
        return candles_from_trades(joined_trades(pages or [nothing]), timeframe)

    async def close(self) -> None:
        """Give back the source's connections."""
        await self._listing.close()
