"""However many rows a run holds at a time, it trades alike: every form and mode, from one row to all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.parity.commands import sender
from tests.parity.precomputed import targets_strategy, weights_strategy
from tests.parity.scenarios import Scenario, scenarios
from tests.parity.test_exits import protected_strategy
from tests.parity.test_orders import Situation, situations
from tests.parity.test_perpetuals import perpetual_scenarios, perpetual_situations
from tests.parity.test_targets import MODES
from tickwright.domain.costs import CostModel
from tickwright.domain.market import Market
from tickwright.domain.run import RunResult
from tickwright.domain.timestamp import DAY
from tickwright.engine.chunks import Streaming
from tickwright.modes import event
from tickwright.strategy_api.strategy import Strategy

ROWS = st.sampled_from([1, 2, 3, 7, 64])
WINDOWS = st.sampled_from([DAY // 24, DAY // 6, 30 * DAY])
QUICK = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


class Warehouse:
    """Keeps arrays apart from those it was given, as a disk does, and refuses to be written to."""

    def __init__(self) -> None:
        self.kept, self.releases = 0, 0

    def keep(self, array: np.ndarray) -> np.ndarray:
        copy = np.frombuffer(array.tobytes(), array.dtype)
        self.kept += 1
        return copy

    def release(self) -> None:
        self.releases += 1

    def streaming(self, rows: int) -> Streaming:
        """Chunks of so many rows with this place for further arrays."""
        return Streaming(rows, self.keep, self.release)


def run(
    mode: str, strategy: type[Strategy], market: Market, costs: CostModel, cash: Any, rows: int | None, skipped: int
) -> RunResult:
    """One run, in chunks of `rows`, that begins to trade after `skipped` bars of history."""
    where, verb = MODES[mode]
    times = market.open_times_ns
    streaming = None if rows is None else Warehouse().streaming(rows)
    start_ns = int(times[min(skipped, len(times) - 1)])
    options = {"cash_asset": market.cash_asset, "start_ns": start_ns, "streaming": streaming}
    answer: RunResult = getattr(where, verb)(strategy, {}, market, cash=cash, costs=costs, **options)
    return answer


def assert_equal(one: RunResult, other: RunResult) -> None:
    """The same in everything a run leaves."""
    assert one.digest == other.digest
    for name in (
        "orders",
        "fills",
        "account_events",
        "equity_ts_ns",
        "equity",
        "exposure",
        "cash",
        "last_price",
        "position",
    ):
        assert getattr(one, name).tolist() == getattr(other, name).tolist(), name
    assert (one.bars, one.warnings, one.ambiguous_trades) == (other.bars, other.warnings, other.ambiguous_trades)


@pytest.mark.parametrize("mode", MODES)
@QUICK
@given(
    scenario=st.one_of(scenarios(), perpetual_scenarios()),
    rows=ROWS,
    window=WINDOWS,
    skipped=st.sampled_from([0, 1, 5]),
)
def test_targets_in_chunks_trade_as_the_whole_run(
    mode: str, scenario: Scenario, rows: int, window: int, skipped: int
) -> None:
    costs = replace(scenario.costs, statistics_window_ns=window)
    given = (targets_strategy(scenario.table, scenario.acts), scenario.market(), costs, scenario.cash)
    assert_equal(run(mode, *given, rows, skipped), run("event", *given, None, skipped))


@pytest.mark.parametrize("mode", MODES)
@QUICK
@given(scenario=scenarios(), rows=ROWS, skipped=st.sampled_from([0, 4]))
def test_weights_in_chunks_trade_as_the_whole_run(mode: str, scenario: Scenario, rows: int, skipped: int) -> None:
    given = (weights_strategy(scenario.table, scenario.acts), scenario.market(), scenario.costs, scenario.cash)
    assert_equal(run(mode, *given, rows, skipped), run("event", *given, None, skipped))


@pytest.mark.parametrize("mode", MODES)
@QUICK
@given(scenario=scenarios(most=2), rows=ROWS, seed=st.integers(0, 2**16), max_bars=st.sampled_from([None, 3]))
def test_exits_in_chunks_trade_as_the_whole_run(
    mode: str, scenario: Scenario, rows: int, seed: int, max_bars: int | None
) -> None:
    strategy = protected_strategy(scenario, seed, max_bars, "flat")
    given = (strategy, scenario.market(), scenario.costs, scenario.cash)
    assert_equal(run(mode, *given, rows, 0), run("event", *given, None, 0))


@pytest.mark.parametrize("verb", ["run", "replay"])
@QUICK
@given(situation=st.one_of(situations(), perpetual_situations()), rows=ROWS)
def test_orders_in_chunks_trade_as_the_whole_run(verb: str, situation: Situation, rows: int) -> None:
    results = [
        getattr(event, verb)(
            sender(situation.commands), {}, situation.market(), cash=situation.cash, cash_asset="USDT",
            costs=situation.costs, streaming=streaming,
        )
        for streaming in (None, Warehouse().streaming(rows))
    ]  # fmt: skip
    assert_equal(*results)
