"""Strategies made of strategies: blend, vote, regime filter, volatility target.

Each function returns a strategy class to extend or to use as it is; it can be a part of another one. Parts are named,
their standing targets arrive as `ind.NAME`, their parameters as `NAME_parameter`; the whole decides when it acts and
how it is protected. For anything these four do not say, write `parts = {"trend": SmaCross, …}` and your own `targets`.

    class HalfAndHalf(blend(trend=SmaCross, dips=RsiReversion)):
        \"\"\"Half of the money follows the trend, half buys dips.\"\"\"
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.domain.errors import UsageError
from tickwright.domain.timestamp import DAY
from tickwright.indicators.rolling_std import rolling_std
from tickwright.strategy_api.acts import Acts, every
from tickwright.strategy_api.indicator_arrays import Array, Indicators
from tickwright.strategy_api.parameters import integer, real
from tickwright.strategy_api.signals import where
from tickwright.strategy_api.strategy import Strategy
from tickwright.strategy_api.views import StrategyBars

_YEAR_DAYS = 365


class _Blend(Strategy):
    """Fixed shares of several strategies."""

    def valid(self) -> bool:
        return super().valid() and sum(self._shares().values()) <= 1 + 1e-9

    def targets(self, bars: StrategyBars, ind: Indicators) -> Array:
        wanted: Float64Array = np.sum([share * ind[name] for name, share in self._shares().items()], axis=0)
        return wanted

    def _shares(self) -> dict[str, float]:
        return {name: getattr(self, f"share_{name}") for name in self.parts}


def blend(**parts: type[Strategy]) -> type[Strategy]:
    """Each part trades its share of the allocation: the sum of share × target.

    Shares are the parameters `share_NAME`, equal by default; together they may not exceed 1.
    """
    equal = 1 / max(1, len(parts))
    shares = {
        f"share_{name}": real(equal, low=0, high=1, doc=f"share of the allocation given to {name}") for name in parts
    }
    return _made("Blend", _Blend, parts, **shares)


class _Vote(Strategy):
    """What enough of several strategies want."""

    need: int

    def targets(self, bars: StrategyBars, ind: Indicators) -> Array:
        wanted = np.array([ind[name] for name in self.parts])
        long = np.count_nonzero(wanted > 0, axis=0) >= self.need
        short = np.count_nonzero(wanted < 0, axis=0) >= self.need
        wanted_by_enough: Float64Array = long.astype(np.float64) - short.astype(np.float64)
        return wanted_by_enough


def vote(need: int | None = None, **parts: type[Strategy]) -> type[Strategy]:
    """Fully in the market while at least `need` parts are (default: more than half), short where as many are short."""
    majority = len(parts) // 2 + 1
    count = integer(need or majority, low=1, high=max(1, len(parts)), doc="parts that must agree")
    return _made("Vote", _Vote, parts, need=count)


class _RegimeFilter(Strategy):
    """A strategy that trades in one regime only."""

    def targets(self, bars: StrategyBars, ind: Indicators) -> Array:
        return where(ind.regime > 0, ind.strategy, 0.0)


def regime_filter(strategy: type[Strategy], regime: type[Strategy]) -> type[Strategy]:
    """The target of `strategy` while `regime` wants to be in the market, 0 otherwise."""
    return _made("RegimeFilter", _RegimeFilter, {"strategy": strategy, "regime": regime})


class _VolatilityTarget(Strategy):
    """A strategy whose positions shrink when prices swing more, and grow when they swing less."""

    acts: ClassVar[Acts] = every("1d", band=0.1)

    volatility = real(0.3, low=0.01, high=3, doc="wanted volatility of the position per year, a fraction")
    days = integer(30, low=2, high=365, doc="days over which volatility is measured")
    most = real(1.0, low=0.05, high=10, doc="largest multiple of the strategy's own target")

    def indicators(self, bars: StrategyBars) -> dict[str, Array]:
        return {"realised": realised_volatility(bars, bars.bars_in(f"{self.days}d"))}

    def targets(self, bars: StrategyBars, ind: Indicators) -> Array:
        with np.errstate(divide="ignore"):
            scale = np.minimum(self.volatility / ind.realised, self.most)
        return where(np.isnan(scale), 0.0, ind.strategy * scale)


def volatility_target(strategy: type[Strategy]) -> type[Strategy]:
    """The target of `strategy` times wanted over realised volatility, at most `most` times; it acts once a day.

    Volatility is the deviation of close-to-close log returns over `days`, times the root of the bars in 365 days. The
    position is a multiple of the target only at the moment it acts; a band of 0.1 keeps small changes from trading.
    """
    return _made("VolatilityTarget", _VolatilityTarget, {"strategy": strategy})


def realised_volatility(bars: StrategyBars, n: int) -> Float64Array:
    """The deviation of the last n log returns, per year of 365 days; NaN while history is short."""
    returns = np.diff(np.log(bars.close), prepend=np.nan)
    yearly: Float64Array = rolling_std(returns, n) * np.sqrt(_YEAR_DAYS * DAY / bars.timeframe.length_ns)
    return yearly


def _made(name: str, whole: type[Strategy], parts: dict[str, type[Strategy]], **attributes: Any) -> type[Strategy]:
    if not parts:
        raise UsageError("a composition without parts", where=name, expected="at least one NAME=Strategy")
    body = {"parts": parts, "__doc__": whole.__doc__, "__module__": __name__, **attributes}
    return cast(type[Strategy], type(name, (whole,), body))
