"""Event mode: the strategy wakes at every closed bar, through callbacks or its precomputed decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tickwright.domain.costs import CostModel
from tickwright.domain.errors import UsageError
from tickwright.domain.market import Market
from tickwright.domain.run import ParameterValue, RunResult

Progress = Callable[[int, int], None]
"""Called with (bars done, bars in all)."""


def run(
    strategy_class: type[Any],
    params: Mapping[str, ParameterValue],
    market: Market,
    *,
    cash: Decimal,
    cash_asset: str,
    costs: CostModel,
    start_ns: int | None = None,
    end_ns: int | None = None,
    seed: int = 0,
    per_symbol_params: Mapping[str, Mapping[str, ParameterValue]] | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Run a strategy, waking it after every closed bar.

    Indicators are computed from the market's first bar; decisions are taken at bars that open in [start_ns, end_ns).
    """
    raise UsageError("event mode cannot run yet", where="mode")


def replay(
    strategy_class: type[Any],
    params: Mapping[str, ParameterValue],
    market: Market,
    *,
    cash: Decimal,
    cash_asset: str,
    costs: CostModel,
    start_ns: int | None = None,
    end_ns: int | None = None,
    seed: int = 0,
    per_symbol_params: Mapping[str, Mapping[str, ParameterValue]] | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """The same run, one event at a time through `Engine.process`: its digest must equal `run`'s."""
    raise UsageError("event mode cannot replay yet", where="mode")
