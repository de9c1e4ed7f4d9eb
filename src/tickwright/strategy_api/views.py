"""What a strategy sees of the market: float64 columns of closed bars, of one symbol or of all.

Invariants: the columns cannot be written to and keep their identity, so indicators of them are computed once per run;
prices are the exact decimals of the store, rounded once to float64; the integers stand beside them as `exact`. In a
panel an absent bar is NaN in every column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Bars, Float64Array, Int64Array, union_of_times
from tickwright.domain.errors import UsageError
from tickwright.domain.market import Funding, Market
from tickwright.domain.panel import Panel, stacked
from tickwright.domain.timeframe import Timeframe
from tickwright.indicators.decimal_units import tell_units, tell_units_of_columns

COLUMNS = ("open", "high", "low", "close", "volume")


class StrategyBars:
    """The bars of one symbol, oldest first; one value per bar in each column, volume in base units.

    Made of arrays, or with `of` from a stored series: its columns become floats when they are first read. `exact` is
    that series, None for bars made of arrays.
    """

    symbol: str
    timeframe: Timeframe
    open_time_ns: Int64Array
    exact: Bars | None
    funding_rates: Float64Array | None
    _put: Callable[[Float64Array], Float64Array] | None

    def __init__(
        self,
        symbol: str,
        timeframe: Timeframe,
        open_time_ns: Int64Array,
        open: Float64Array,
        high: Float64Array,
        low: Float64Array,
        close: Float64Array,
        volume: Float64Array,
        exact: Bars | None = None,
        funding_rates: Float64Array | None = None,
    ) -> None:
        self._keep(symbol, timeframe, open_time_ns, exact, funding_rates)
        for name, column in zip(COLUMNS, (open, high, low, close, volume), strict=True):
            self.__dict__[name] = _sealed(column, name, len(self))

    @classmethod
    def of(
        cls,
        bars: Bars,
        funding: Funding | None = None,
        *,
        keep: Callable[[Float64Array], Float64Array] | None = None,
    ) -> StrategyBars:
        """The float64 view of a stored series; with `funding`, the last published rate at each close.

        A column is handed through `keep`, which says where it lies.
        """
        made = cls.__new__(cls)
        made.__dict__["_put"] = keep
        rates = None if funding is None else _last_rates(funding, bars.open_time_ns + bars.timeframe.length_ns)
        made._keep(bars.key.instrument.symbol, bars.timeframe, bars.open_time_ns, bars, rates)
        return made

    def _keep(
        self, symbol: str, timeframe: Timeframe, times: Int64Array, exact: Bars | None, rates: Float64Array | None
    ) -> None:
        self.__dict__.update(
            symbol=symbol,
            timeframe=timeframe,
            exact=exact,
            open_time_ns=_sealed(times, "open_time_ns", len(times)),
            funding_rates=None if rates is None else _sealed(rates, "funding_rates", len(times)),
        )

    def __setattr__(self, name: str, value: Any) -> None:
        raise UsageError(
            f"bars.{name} cannot be replaced", where="bars", expected="a new array under a name of your own"
        )

    @cached_property
    def open(self) -> Float64Array:
        """The first price of each bar."""
        return self._derived("open")

    @cached_property
    def high(self) -> Float64Array:
        """The highest price of each bar."""
        return self._derived("high")

    @cached_property
    def low(self) -> Float64Array:
        """The lowest price of each bar."""
        return self._derived("low")

    @cached_property
    def close(self) -> Float64Array:
        """The last price of each bar."""
        return self._derived("close")

    @cached_property
    def volume(self) -> Float64Array:
        """What was traded in each bar, in base units."""
        return self._derived("volume")

    def _derived(self, name: str) -> Float64Array:
        assert self.exact is not None
        if self._put is None:
            column, lowest, highest = self.exact.floats(name)
        else:
            column, lowest, highest = self.exact.new_floats(name)
            column = self._put(column)
        sealed = _sealed(column, name, len(self))
        if len(self):
            tell_units(sealed, _scale_of(self.exact, name), lowest, highest)
        return sealed

    def __len__(self) -> int:
        return len(self.open_time_ns)

    @cached_property
    def close_time_ns(self) -> Int64Array:
        """When each bar closed: its open time plus the timeframe."""
        times: Int64Array = self.open_time_ns + self.timeframe.length_ns
        times.flags.writeable = False
        return times

    @property
    def funding(self) -> Float64Array:
        """The last funding rate published at or before each close, as a fraction; NaN before the first."""
        if self.funding_rates is None:
            raise UsageError(
                f"{self.symbol} has no funding rates here",
                where="bars.funding",
                expected='a strategy with needs = ("funding",) on a perpetual whose funding is stored',
            )
        return self.funding_rates

    def bars_in(self, span: str) -> int:
        """How many bars a span of time holds, at least one.

        >>> from tickwright.strategy_api.views import bars_of_span
        >>> bars_of_span("90d", Timeframe.parse("1d"))
        90
        """
        return bars_of_span(span, self.timeframe)

    def head(self, bars: int) -> StrategyBars:
        """The first bars, as if nothing after them had happened yet."""
        columns = {name: getattr(self, name)[:bars] for name in ("open_time_ns", *COLUMNS)}
        funding = None if self.funding_rates is None else self.funding_rates[:bars]
        exact = None
        if self.exact is not None and 0 < bars <= len(self):
            exact = self.exact.between(int(self.open_time_ns[0]), int(self.open_time_ns[bars - 1]) + 1)
        return StrategyBars(self.symbol, self.timeframe, **columns, exact=exact, funding_rates=funding)

    def since(self, bar: int) -> StrategyBars:
        """The bars from one on, as if history began there."""
        columns = {name: getattr(self, name)[bar:] for name in ("open_time_ns", *COLUMNS)}
        funding = None if self.funding_rates is None else self.funding_rates[bar:]
        return StrategyBars(self.symbol, self.timeframe, **columns, funding_rates=funding)

    def resampled(self, timeframe: Timeframe) -> StrategyBars:
        """Bars of a higher timeframe made of these; the same object each time it is asked for.

        Only bars that have closed and whose beginning lies inside the data are made. A hole inside one leaves it
        standing, as an exchange's own candle would; a period without any bar has none.
        """
        known: dict[str, StrategyBars] = self.__dict__.setdefault("_resampled", {})
        if timeframe.name not in known:
            known[timeframe.name] = self if timeframe == self.timeframe else _resampled(self, timeframe)
        return known[timeframe.name]


Lay = Callable[[str, Sequence[Int64Array], Float64Array], Panel]
"""From a column's name, the series' columns of one length and what each is divided by to their panel."""


class StrategyMarket:
    """A panel of all symbols: time × instrument, NaN where a symbol has no bar.

    Made of arrays, or with `of` from stored series: its columns become floats when they are first read.
    """

    symbols: tuple[str, ...]
    timeframe: Timeframe
    open_time_ns: Int64Array

    def __init__(
        self,
        symbols: tuple[str, ...],
        timeframe: Timeframe,
        open_time_ns: Int64Array,
        open: Float64Array,
        high: Float64Array,
        low: Float64Array,
        close: Float64Array,
        volume: Float64Array,
    ) -> None:
        self._keep(symbols, timeframe, open_time_ns)
        for name, column in zip(COLUMNS, (open, high, low, close, volume), strict=True):
            self.__dict__[name] = self._checked(name, column)

    @classmethod
    def of(cls, series: Market | Sequence[Bars], *, lay: Lay | None = None) -> StrategyMarket:
        """The panel of several stored series on the union of their times.

        `lay` is another way to put columns side by side than NumPy's.
        """
        bars = series.bars if isinstance(series, Market) else tuple(series)
        made = cls.__new__(cls)
        symbols = tuple(part.key.instrument.symbol for part in bars)
        times = series.open_times_ns if isinstance(series, Market) else union_of_times(bars)
        made._keep(symbols, bars[0].timeframe, times)
        made.__dict__.update(_series=bars, _lay=lay or _stacked)
        return made

    def _keep(self, symbols: tuple[str, ...], timeframe: Timeframe, times: Int64Array) -> None:
        times = _sealed(times, "open_time_ns", len(times))
        self.__dict__.update(symbols=symbols, timeframe=timeframe, open_time_ns=times)

    def __setattr__(self, name: str, value: Any) -> None:
        raise UsageError(
            f"market.{name} cannot be replaced", where="market", expected="a new array under a name of your own"
        )

    @cached_property
    def open(self) -> Float64Array:
        """The first price of each bar."""
        return self._derived("open")

    @cached_property
    def high(self) -> Float64Array:
        """The highest price of each bar."""
        return self._derived("high")

    @cached_property
    def low(self) -> Float64Array:
        """The lowest price of each bar."""
        return self._derived("low")

    @cached_property
    def close(self) -> Float64Array:
        """The last price of each bar."""
        return self._derived("close")

    @cached_property
    def volume(self) -> Float64Array:
        """What was traded in each bar, in base units."""
        return self._derived("volume")

    def _derived(self, name: str) -> Float64Array:
        series: tuple[Bars, ...] = self.__dict__["_series"]
        scales = [_scale_of(part, name) for part in series]
        divisors = np.array([10.0**scale for scale in scales])
        columns: list[Int64Array] = [getattr(part, name) for part in series]
        if all(len(column) == len(self) for column in columns):
            made: Panel = self.__dict__["_lay"](name, columns, divisors)
            whole = self._checked(name, made.values)
            tell_units_of_columns(whole, scales, made.lowest.tolist(), made.highest.tolist())
            return whole
        panel = np.full((len(self), len(series)), np.nan)
        for place, part in enumerate(series):
            rows = np.searchsorted(self.open_time_ns, part.open_time_ns)
            panel[rows, place] = getattr(part, name) / divisors[place]
        return self._checked(name, panel)

    def _checked(self, name: str, values: Float64Array) -> Float64Array:
        shape, column = (len(self.open_time_ns), len(self.symbols)), np.ascontiguousarray(values, np.float64)
        if column.shape != shape:
            raise UsageError(f"{name} has shape {column.shape}", where="StrategyMarket", expected=f"{shape}")
        return _sealed(column, name, shape[0])

    def __len__(self) -> int:
        return len(self.open_time_ns)

    @cached_property
    def close_time_ns(self) -> Int64Array:
        """When each row of bars closed: its open time plus the timeframe."""
        times: Int64Array = self.open_time_ns + self.timeframe.length_ns
        times.flags.writeable = False
        return times

    def bars_in(self, span: str) -> int:
        """How many bars a span of time holds, at least one."""
        return bars_of_span(span, self.timeframe)

    def head(self, bars: int) -> StrategyMarket:
        """The first rows, as if nothing after them had happened yet."""
        columns = {name: getattr(self, name)[:bars] for name in ("open_time_ns", *COLUMNS)}
        return StrategyMarket(self.symbols, self.timeframe, **columns)

    def only(self, places: Int64Array) -> StrategyMarket:
        """The columns at some places, as if there were no other symbols."""
        columns = {name: getattr(self, name)[:, places] for name in COLUMNS}
        return StrategyMarket(
            tuple(self.symbols[place] for place in places), self.timeframe, self.open_time_ns, **columns
        )

    def since(self, row: int) -> StrategyMarket:
        """The rows from one on, as if history began there."""
        columns = {name: getattr(self, name)[row:] for name in ("open_time_ns", *COLUMNS)}
        return StrategyMarket(self.symbols, self.timeframe, **columns)


def bars_of_span(span: str, timeframe: Timeframe) -> int:
    """How many bars of a timeframe a span such as `90d` holds; raises `UsageError` where that is not a whole number."""
    length = Timeframe.parse(span, where="bars_in").length_ns
    if length % timeframe.length_ns:
        raise UsageError(
            f"{span} is not a whole number of {timeframe} bars", where="bars_in", expected=f"a multiple of {timeframe}"
        )
    return length // timeframe.length_ns


def _resampled(bars: StrategyBars, timeframe: Timeframe) -> StrategyBars:
    if timeframe.length_ns % bars.timeframe.length_ns:
        raise UsageError(
            f"{timeframe} is not a multiple of {bars.timeframe}", where="resample", expected="a whole multiple"
        )
    first = timeframe.ceil(int(bars.open_time_ns[0])) if len(bars) else 0
    closed_before = timeframe.floor(int(bars.close_time_ns[-1])) if len(bars) else 0
    start, end = (int(place) for place in np.searchsorted(bars.open_time_ns, (first, max(first, closed_before))))
    inside = slice(start, end)
    period = (bars.open_time_ns[inside] - first) // timeframe.length_ns
    edges = np.flatnonzero(np.concatenate((np.ones(min(1, len(period)), np.bool_), period[1:] != period[:-1])))
    if len(edges) == 0:
        empty = np.empty(0)
        return StrategyBars(bars.symbol, timeframe, np.empty(0, np.int64), empty, empty, empty, empty, empty)
    lasts = np.append(edges[1:], len(period)) - 1
    return StrategyBars(
        symbol=bars.symbol,
        timeframe=timeframe,
        open_time_ns=first + period[edges] * timeframe.length_ns,
        open=bars.open[inside][edges],
        high=np.maximum.reduceat(bars.high[inside], edges),
        low=np.minimum.reduceat(bars.low[inside], edges),
        close=bars.close[inside][lasts],
        volume=np.add.reduceat(bars.volume[inside], edges),
        funding_rates=None if bars.funding_rates is None else bars.funding_rates[inside][lasts],
    )


def _stacked(name: str, columns: Sequence[Int64Array], divisors: Float64Array) -> Panel:
    return stacked(columns, divisors)


def _scale_of(bars: Bars, name: str) -> int:
    return bars.volume_scale if name == "volume" else bars.price_scale


def _last_rates(funding: Funding, close_time_ns: Int64Array) -> Float64Array:
    places = np.searchsorted(funding.ts_ns, close_time_ns, side="right") - 1
    rates = np.full(len(close_time_ns), np.nan)
    rates[places >= 0] = funding.rate_ppb[places[places >= 0]] / 1e9
    return rates


def _sealed(column: npt.NDArray[Any], name: str, length: int) -> npt.NDArray[Any]:
    """A column that cannot be written to, through this view at least."""
    if len(column) != length:
        raise UsageError(f"{name} has {len(column)} values", where="bars", expected=f"one per bar ({length})")
    view = np.ascontiguousarray(column).view()
    view.flags.writeable = False
    return view
