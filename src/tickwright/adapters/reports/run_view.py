"""What the sections of a run's page look at: the run in floats, with its trades, bars and manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tickwright.analytics.drawdown import Drawdown, drawdowns
from tickwright.analytics.fill_values import FillValues, fill_values
from tickwright.analytics.periods import spacing_ns, start_ns
from tickwright.analytics.returns import simple_returns
from tickwright.analytics.summary import Statistics
from tickwright.analytics.trades import Trades, closed, trades
from tickwright.domain.bars import Bars, Float64Array
from tickwright.domain.gaps import Gap
from tickwright.domain.run import RunResult


@dataclass(frozen=True)
class RunView:
    """One run as its page shows it; `bars` and `gaps` stand beside `result.instruments` or are empty."""

    result: RunResult
    statistics: Statistics
    bars: tuple[Bars, ...]
    gaps: Sequence[Sequence[Gap]]
    manifest: Mapping[str, Any]
    benchmark: Float64Array | None

    @cached_property
    def equity(self) -> Float64Array:
        """Equity at bar closes, in money."""
        return self.result.money(self.result.equity)

    @cached_property
    def initial(self) -> float:
        """The initial capital, in money."""
        return float(self.result.initial_cash / 10.0 ** self.result.asset_scales[self.result.cash_asset])

    @cached_property
    def values(self) -> FillValues:
        """The fills in money."""
        return fill_values(self.result)

    @cached_property
    def trades(self) -> Trades:
        """All trades in order of entry."""
        return trades(self.result, values=self.values)

    @cached_property
    def closed_trades(self) -> Trades:
        """The trades that ended."""
        return closed(self.trades)

    @cached_property
    def returns(self) -> Float64Array:
        """Returns from bar close to bar close."""
        return simple_returns(self.equity, self.initial)

    @cached_property
    def drawdowns(self) -> list[Drawdown]:
        """The ten deepest drawdowns."""
        return drawdowns(self.result.equity_ts_ns, self.equity, self.initial, largest=10)

    @property
    def cash_name(self) -> str:
        """The asset money is counted in."""
        return self.result.assets[self.result.cash_asset]

    @property
    def step_ns(self) -> int:
        """The usual distance of two observations."""
        return spacing_ns(self.result.equity_ts_ns)

    @property
    def first_ns(self) -> int:
        """The instant the record begins."""
        return start_ns(self.result.equity_ts_ns)

    @property
    def last_ns(self) -> int:
        """The last observation."""
        return int(self.result.equity_ts_ns[-1])

    @property
    def empty(self) -> bool:
        """Whether the run saw no bar at all."""
        return not len(self.result.equity_ts_ns)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader should know, each once."""
        return tuple(dict.fromkeys((*map(str, self.manifest.get("warnings") or ()), *self.result.warnings)))

    @property
    def symbols(self) -> tuple[str, ...]:
        """Short names where they are unique, full ones otherwise."""
        short = [identity.symbol for identity in self.result.instruments]
        full = [str(identity) for identity in self.result.instruments]
        return tuple(short if len(set(short)) == len(short) else full)
