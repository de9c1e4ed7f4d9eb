"""Perpetuals drawn at random: margin, funding, liquidation, insurance alike in every mode and the naive market."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.parity import test_exits, test_orders, test_targets
from tests.parity.commands import random_commands
from tests.parity.perpetual_terms import signed, turned
from tests.parity.scenarios import Scenario, scenarios
from tests.parity.test_orders import Situation, situations
from tests.parity.test_targets import MODES, assert_agrees
from tests.parity.twin import fits

QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@st.composite
def perpetual_scenarios(draw: st.DrawFn) -> Scenario:
    """Targets of either sign over perpetuals."""
    spot = draw(scenarios())
    instruments, bars, detail, terms = draw(turned(spot.instruments, spot.bars, spot.detail))
    table = signed(spot.table, draw(st.integers(0, 2**16)))
    return replace(spot, instruments=instruments, bars=bars, detail=detail, table=table, perpetual=terms)


@st.composite
def perpetual_situations(draw: st.DrawFn) -> Situation:
    """Orders of every kind over perpetuals, bought and sold alike."""
    spot = draw(situations())
    instruments, bars, detail, terms = draw(turned(spot.instruments, spot.bars, spot.detail))
    commands = random_commands(draw(st.integers(0, 2**16)), bars, often=0.5, both_ways=True)
    return replace(spot, instruments=instruments, bars=bars, detail=detail, commands=commands, perpetual=terms)


@pytest.mark.parametrize("verb", ["run", "replay"])
@settings(QUICK, max_examples=120)
@given(situation=perpetual_situations())
def test_random_orders_fill_and_end_alike(verb: str, situation: Situation) -> None:
    naive, trader = test_orders.naive_run(situation)
    result, ends = test_orders.mode_run(situation, verb)
    assert_agrees(result, situation.market(), naive)
    assert ends == {label: order.state for label, order in trader.orders.items()}


@pytest.mark.parametrize("mode", MODES)
@QUICK
@given(scenario=perpetual_scenarios())
def test_targets_of_either_sign_trade_alike(mode: str, scenario: Scenario) -> None:
    market, naive = test_targets.naive_run(scenario, form="targets")
    assume(fits(naive))
    assert_agrees(test_targets.mode_run(scenario, mode, form="targets"), market, naive)


@pytest.mark.parametrize("mode", MODES)
@QUICK
@given(scenario=perpetual_scenarios())
def test_weights_of_either_sign_trade_alike(mode: str, scenario: Scenario) -> None:
    market, naive = test_targets.naive_run(scenario, form="weights")
    assume(fits(naive))
    assert_agrees(test_targets.mode_run(scenario, mode, form="weights"), market, naive)


@pytest.mark.parametrize("mode", MODES)
@QUICK
@given(
    scenario=perpetual_scenarios(),
    seed=st.integers(0, 2**16),
    max_bars=st.sampled_from([None, 1, 3]),
    by_mark=st.booleans(),
)
def test_exits_protect_longs_and_shorts_alike(
    mode: str, scenario: Scenario, seed: int, max_bars: int | None, by_mark: bool
) -> None:
    trigger_by = "mark" if by_mark and None not in scenario.market().marks else "last"
    naive = test_exits.naive_run(scenario, seed, max_bars, "flat", trigger_by)
    assert_agrees(test_exits.mode_run(scenario, mode, seed, max_bars, "flat", trigger_by), scenario.market(), naive)


@QUICK
@given(scenario=perpetual_scenarios())
def test_naming_the_symbols_in_another_order_changes_nothing(scenario: Scenario) -> None:
    forwards = test_targets.mode_run(scenario, "vector", form="targets")
    backwards = test_targets.mode_run(scenario, "vector", form="targets", backwards=True)
    assert (forwards.digest, forwards.account_digest) == (backwards.digest, backwards.account_digest)
    assert forwards.equity.tolist() == backwards.equity.tolist()
