"""What the exchange knows at its own time: closed candles, the one still forming, and nothing of the future.

Invariants: no candle opens after the clock; a candle whose end has not come is returned as far as it has formed;
coarser candles are made of the history's own and have the holes of the history.

Known limit: the history says nothing of the path inside a candle. A forming candle walks from its open to its worse
extreme first, then to the better one, then to its close, a third of its length each, and trades evenly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from tickwright.adapters.sandbox.clock import ExchangeClock
from tickwright.adapters.sandbox.tape import Tape
from tickwright.domain.bars import Bars, SeriesKind
from tickwright.domain.events import Events, Series
from tickwright.domain.resample import resampled
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.trades import Trades


class Candle(NamedTuple):
    """One candle in integers of its series' scales."""

    open_time_ns: int
    open: int
    high: int
    low: int
    close: int
    volume: int


class ReplayMarket:
    """Several series of one exchange, seen at the clock's time.

    `history` are candles of trades; `more` are candles of mark and index prices, funding rates, quotes and books.
    """

    def __init__(
        self,
        history: Iterable[Bars],
        clock: ExchangeClock,
        trades: Iterable[Trades] = (),
        more: Iterable[Series] = (),
    ) -> None:
        self._clock = clock
        more = tuple(more)
        self._events = {(one.key.kind, one.key.instrument.symbol): one for one in more if isinstance(one, Events)}
        bars = [one for one in more if not isinstance(one, Events)]
        self._prices: dict[SeriesKind, ReplayMarket] = {
            kind: ReplayMarket([one for one in bars if one.key.kind == kind], clock)
            for kind in dict.fromkeys(one.key.kind for one in bars)
        }
        self._tapes = {traded.instrument.symbol: Tape(traded) for traded in trades if len(traded)}
        self._history = {bars.key.instrument.symbol: bars for bars in history}
        self._series: dict[tuple[str, str], Bars] = {}

    @property
    def symbols(self) -> Sequence[str]:
        """What is listed, in ccxt's form."""
        return tuple(self._history)

    def now_ns(self) -> int:
        """The exchange's time."""
        return self._clock.now_ns()

    def tape(self, symbol: str) -> Tape | None:
        """The trades of a symbol, None where the history has none."""
        return self._tapes.get(symbol)

    def prices(self, kind: SeriesKind) -> ReplayMarket | None:
        """The candles of another kind of price, None where the history has none."""
        return self._prices.get(kind)

    def events(self, kind: SeriesKind, symbol: str) -> Events | None:
        """The events of a symbol until now, None where the history has none of the kind."""
        found = self._events.get((kind, symbol))
        return None if found is None else found.between(0, self._clock.now_ns() + 1)

    def offers(self, symbol: str, timeframe: Timeframe) -> bool:
        """Whether candles of a length can be made of a symbol's history."""
        return timeframe.length_ns % self._history[symbol].timeframe.length_ns == 0

    def series(self, symbol: str, timeframe: Timeframe) -> Bars:
        """The whole history in candles of a length, as if all of it were over."""
        place = (symbol, timeframe.name)
        if place not in self._series:
            self._series[place] = resampled(self._history[symbol], timeframe)[0]
        return self._series[place]

    def candles(
        self, symbol: str, timeframe: Timeframe, first_ns: int | None, last_ns: int | None, limit: int
    ) -> list[Candle]:
        """Candles with open times in [first, last], oldest first: the first `limit` after `first`, else the newest."""
        bars = self.series(symbol, timeframe)
        now_ns = self._clock.now_ns()
        newest = now_ns if last_ns is None else min(now_ns, last_ns)
        end = int(np.searchsorted(bars.open_time_ns, newest, side="right"))
        start = 0 if first_ns is None else int(np.searchsorted(bars.open_time_ns, first_ns))
        start, end = (max(start, end - limit), end) if first_ns is None else (start, min(end, start + limit))
        candles = _candles(bars, start, end)
        if candles and candles[-1].open_time_ns + timeframe.length_ns > now_ns:
            candles[-1:] = self._forming(symbol, timeframe, now_ns)
        return candles

    def _forming(self, symbol: str, timeframe: Timeframe, now_ns: int) -> list[Candle]:
        """The candle of this instant as far as it has formed; none where nothing has traded in it yet."""
        history = self._history[symbol]
        parts = _candles(
            history,
            int(np.searchsorted(history.open_time_ns, timeframe.floor(now_ns))),
            int(np.searchsorted(history.open_time_ns, now_ns, side="right")),
        )
        if not parts:
            return []
        parts[-1] = so_far(parts[-1], history.timeframe, now_ns)
        whole = Candle(
            timeframe.floor(now_ns),
            parts[0].open,
            max(part.high for part in parts),
            min(part.low for part in parts),
            parts[-1].close,
            sum(part.volume for part in parts),
        )
        return [whole]


def so_far(candle: Candle, timeframe: Timeframe, now_ns: int) -> Candle:
    """A candle as it stands at an instant: itself once its end has come.

    >>> hour = Timeframe.parse("1h")
    >>> so_far(Candle(0, 100, 160, 40, 130, 600), hour, hour.length_ns // 2)
    Candle(open_time_ns=0, open=100, high=100, low=40, close=100, volume=300)
    """
    elapsed, length = now_ns - candle.open_time_ns, timeframe.length_ns
    if elapsed >= length:
        return candle
    extremes = (candle.low, candle.high) if candle.close >= candle.open else (candle.high, candle.low)
    stations = (candle.open, *extremes, candle.close)
    leg, rest = divmod(3 * elapsed, length)
    price = stations[leg] + (stations[leg + 1] - stations[leg]) * rest // length
    seen = (*stations[: leg + 1], price)
    return Candle(candle.open_time_ns, candle.open, max(seen), min(seen), price, candle.volume * elapsed // length)


def _candles(bars: Bars, start: int, end: int) -> list[Candle]:
    columns = (bars.open_time_ns, bars.open, bars.high, bars.low, bars.close, bars.volume)
    return [Candle(*row) for row in zip(*(column[start:end].tolist() for column in columns), strict=True)]
