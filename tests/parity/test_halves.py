"""The market in a memory of its own trades as both halves in one: every form of strategy, with limits and exits."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.parity.commands import sender
from tests.parity.halves import run_apart
from tests.parity.precomputed import targets_strategy, weights_strategy
from tests.parity.scenarios import Scenario, scenarios
from tests.parity.test_exits import protected_strategy
from tests.parity.test_orders import Situation, situations
from tests.parity.test_risk_limits import limits as drawn_limits
from tickwright.domain.limits import NO_LIMITS, RiskLimits
from tickwright.domain.market import Market
from tickwright.domain.run import RunResult
from tickwright.modes import event
from tickwright.strategy_api.strategy import Strategy

QUICK = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def assert_same(
    strategy: type[Strategy], market: Market, apart: RunResult, limits: RiskLimits, scenario: object
) -> None:
    """Everything a run leaves is what the run in one memory leaves."""
    cash, costs = scenario.cash, scenario.costs  # type: ignore[attr-defined]
    whole = event.run(strategy, {}, market, cash=cash, cash_asset=market.cash_asset, costs=costs, limits=limits)
    assert (apart.digest, apart.account_digest) == (whole.digest, whole.account_digest)
    for name in ("orders", "fills", "account_events", "equity", "exposure", "cash", "position", "last_price"):
        assert getattr(apart, name).tolist() == getattr(whole, name).tolist(), name
    assert (apart.warnings, apart.ambiguous_trades) == (whole.warnings, whole.ambiguous_trades)


@pytest.mark.parametrize("form", [targets_strategy, weights_strategy])
@QUICK
@given(scenario=scenarios())
def test_targets_and_weights(form, scenario: Scenario) -> None:  # type: ignore[no-untyped-def]
    strategy, market = form(scenario.table, scenario.acts), scenario.market()
    apart = run_apart(strategy, market, cash=scenario.cash, costs=scenario.costs)
    assert_same(strategy, market, apart, NO_LIMITS, scenario)


@QUICK
@given(scenario=scenarios(), seed=st.integers(0, 2**16), max_bars=st.sampled_from([None, 1, 3]))
def test_targets_with_exits(scenario: Scenario, seed: int, max_bars: int | None) -> None:
    strategy, market = protected_strategy(scenario, seed, max_bars, "flat"), scenario.market()
    apart = run_apart(strategy, market, cash=scenario.cash, costs=scenario.costs)
    assert_same(strategy, market, apart, NO_LIMITS, scenario)


@pytest.mark.parametrize("limited", [False, True])
@QUICK
@given(situation=situations(), limits=drawn_limits())
def test_orders_of_every_kind(limited: bool, situation: Situation, limits: RiskLimits) -> None:
    chosen, market = limits if limited else NO_LIMITS, situation.market()
    apart = run_apart(sender(situation.commands), market, cash=situation.cash, costs=situation.costs, limits=chosen)
    assert_same(sender(situation.commands), market, apart, chosen, situation)
