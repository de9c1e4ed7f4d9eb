"""Which symbols of a panel a strategy trades: the top of a ranking, chosen anew each period.

Invariants: membership in a period is decided at its first instant from closed bars up to it and holds to its end; a
symbol that leaves gets weight 0, so the next decision sells it; a symbol without the full span of history is no member.
The strategy sees the members of each period as if there were no other symbols.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from tickwright.domain.errors import UsageError
from tickwright.domain.timeframe import Timeframe
from tickwright.indicators.rolling_sum import rolling_sum
from tickwright.strategy_api.acts import every
from tickwright.strategy_api.indicator_arrays import Condition
from tickwright.strategy_api.signals import rank
from tickwright.strategy_api.views import StrategyMarket, bars_of_span

_MEASURE = re.compile(r"quote_volume_(\d+[smhdw])")


@dataclass(frozen=True, slots=True)
class Universe:
    """The `n` symbols with the highest quote volume over `span`, quoted in one asset, chosen anew each `refresh`."""

    n: int
    span: Timeframe
    quote: str
    refresh: Timeframe

    def members(self, market: StrategyMarket) -> Condition:
        """Time × instrument: whether a symbol is a member; never more than `n` at once."""
        bars = bars_of_span(self.span.name, market.timeframe)
        known = ~np.isnan(market.close)
        traded = rolling_sum(np.where(known, market.close * market.volume, 0.0), bars)
        listed = np.cumsum(np.logical_or.accumulate(known, axis=0), axis=0) >= bars
        quoted = np.array([symbol.partition(":")[0].endswith(f"/{self.quote}") for symbol in market.symbols])
        best = rank(np.where(listed & quoted & (traded > 0), traded, np.nan)) <= self.n
        return _held_to_the_end(best, every(self.refresh.name).first_instants(market.close_time_ns))


@dataclass(frozen=True, slots=True)
class UniverseChange:
    """Who became a member, who is none any more, and who is one now; symbols in the market's order."""

    entered: tuple[str, ...]
    left: tuple[str, ...]
    members: tuple[str, ...]


def top(n: int, *, by: str = "quote_volume_30d", quote: str = "USDT", refresh: str = "1w") -> Universe:
    """The `n` highest symbols by `by`: `quote_volume_` and the span it is summed over.

    >>> top(20, quote="USDT").span.name
    '30d'
    """
    if n < 1:
        raise UsageError(f"a universe of {n} symbols", where="universe", expected="1 or more")
    measure = _MEASURE.fullmatch(by)
    if measure is None:
        raise UsageError(
            f"{by!r} is no measure", where="universe", expected="quote_volume_SPAN such as quote_volume_30d"
        )
    return Universe(n, Timeframe.parse(measure[1]), quote, Timeframe.parse(refresh, where="universe"))


def _held_to_the_end(chosen: Condition, first: Condition) -> Condition:
    """What was chosen at the first instant of each period, at every instant of it."""
    if len(chosen) == 0:
        return chosen
    starts = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    held: Condition = chosen[starts]
    return held
