"""Targets with protective exits through every mode and the naive market, re-entry rule and time exits among them."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.parity.precomputed import targets_strategy
from tests.parity.scenarios import Scenario, scenarios
from tests.parity.test_targets import MODES, assert_agrees, trader_of
from tests.parity.twin import fits, naive_market
from tests.reference.exits import ExitTerms
from tests.reference.market import Market as NaiveMarket
from tickwright.domain.run import RunResult
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Strategy

FRACTIONS = (0.004, 0.02, 0.05, 0.2)


def protected_strategy(
    scenario: Scenario, seed: int, max_bars: int | None, reenter: str, trigger_by: str = "last"
) -> type[Strategy]:
    """The scenario's targets with exits that differ from bar to bar."""

    class Protected(targets_strategy(scenario.table, scenario.acts)):  # type: ignore[misc]
        """Wants what the table says, with exits."""

        def exits(self, bars, ind):  # type: ignore[no-untyped-def]
            columns = exit_columns(seed, bars.close_time_ns.tolist())
            return Exits(**columns, max_bars=max_bars, reenter=reenter, trigger_by=trigger_by)  # type: ignore[arg-type]

    return Protected


def exit_columns(seed: int, times: list[int]) -> dict[str, np.ndarray]:
    """Stops, targets and trails by close; NaN for none."""
    columns = {}
    for number, name in enumerate(("stop", "target", "trail")):
        values = []
        for ts_ns in times:
            draw = random.Random(f"{seed} {number} {ts_ns}")
            values.append(draw.choice(FRACTIONS) if draw.random() < 0.6 else float("nan"))
        columns[name] = np.array(values)
    return columns


def naive_run(
    scenario: Scenario, seed: int, max_bars: int | None, reenter: str, trigger_by: str = "last"
) -> NaiveMarket:
    """The scenario with its exits in the naive market."""
    market = scenario.market()
    naive = naive_market(market, scenario.costs, scenario.cash)
    trader = trader_of(market, scenario.table, scenario.acts, "targets")
    terms = {}
    for name, wanted in trader.targets.items():
        times = sorted(wanted)
        columns = exit_columns(seed, times)
        rows = zip(columns["stop"].tolist(), columns["target"].tolist(), columns["trail"].tolist(), strict=True)
        terms[name] = {
            ts_ns: ExitTerms(*row, max_bars or 0, trigger_by) for ts_ns, row in zip(times, rows, strict=True)
        }
    trader = replace(trader, exits=terms, reenter=reenter)
    naive.run(trader)
    assume(fits(naive))
    return naive


def mode_run(
    scenario: Scenario, mode: str, seed: int, max_bars: int | None, reenter: str, trigger_by: str = "last"
) -> RunResult:
    """The scenario with its exits in one mode of the product."""
    where, verb = MODES[mode]
    strategy = protected_strategy(scenario, seed, max_bars, reenter, trigger_by)
    market = scenario.market()
    return getattr(where, verb)(
        strategy, {}, market, cash=scenario.cash, cash_asset=market.cash_asset, costs=scenario.costs
    )


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    scenario=scenarios(),
    seed=st.integers(0, 2**16),
    max_bars=st.sampled_from([None, None, 1, 3]),
    reenter=st.sampled_from(["flat", "flat", "next_bar"]),
)
def test_exits_protect_alike(mode: str, scenario: Scenario, seed: int, max_bars: int | None, reenter: str) -> None:
    naive = naive_run(scenario, seed, max_bars, reenter)
    assert_agrees(mode_run(scenario, mode, seed, max_bars, reenter), scenario.market(), naive)
