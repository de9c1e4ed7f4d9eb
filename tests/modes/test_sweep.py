"""A sweep's rows are those of single runs: event-skipping and the general matcher give the same bits."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.parity.scenarios import Scenario, scenarios
from tickwright.adapters.compute.threads import ThreadExecutor
from tickwright.modes import vector
from tickwright.strategy_api.acts import Acts
from tickwright.strategy_api.parameters import integer
from tickwright.strategy_api.strategy import Strategy

QUICK = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def strategy_of(scenario: Scenario, acts: Acts, *, signal: bool) -> type[Strategy]:
    """Targets from a table, `shift` bars late; a signal where they are true or false."""

    class Shifted(Strategy):
        shift = integer(0, low=0, high=9)

        def valid(self) -> bool:
            return self.shift != 3

        def targets(self, bars, ind):  # type: ignore[no-untyped-def]
            table = scenario.table[bars.symbol]
            wanted = [table.get(ts, math.nan) for ts in bars.close_time_ns.tolist()]
            values = np.array([math.nan] * self.shift + wanted, np.float64)[: len(wanted)]
            return np.nan_to_num(values) > 0.3 if signal else values

    Shifted.acts = acts
    return Shifted


@QUICK
@given(scenario=scenarios(most=2), signal=st.booleans())
def test_a_sweeps_rows_are_those_of_single_runs(scenario: Scenario, signal: bool) -> None:
    strategy = strategy_of(scenario, scenario.acts, signal=signal)
    market = scenario.market()
    terms = {"cash": scenario.cash, "cash_asset": "USDT", "costs": scenario.costs}
    trials = [{"shift": shift} for shift in range(5)]
    with ThreadExecutor(2) as executor:
        result = vector.sweep(strategy, trials, market, executor=executor, **terms)  # type: ignore[arg-type]
    assert (len(result.trials), result.invalid) == (4, 1)
    for place, trial in enumerate(result.trials):
        alone = vector.run(strategy, trial, market, **terms)  # type: ignore[arg-type]
        equity = np.concatenate(([alone.initial_cash], alone.equity)).astype(np.float64)
        returns = equity[1:] / equity[:-1] - 1.0
        assert int(result.final_equity[place]) == int(alone.equity[-1])
        assert int(result.fills[place]) == len(alone.fills)
        assert int(result.orders[place]) == len(alone.orders)
        assert int(result.fee[place]) == fee_in_cash(alone)
        assert result.max_drawdown[place] == (equity / np.maximum.accumulate(equity) - 1.0).min()
        assert result.return_sum[place] == running_sum(returns)
        assert result.return_sum_squares[place] == running_sum(returns * returns)
        assert int(result.bars_held[place]) == int((alone.exposure != 0).sum())


def running_sum(values: np.ndarray) -> float:
    """A sum from left to right, as the kernel adds."""
    total = 0.0
    for value in values.tolist():
        total += value
    return total


def fee_in_cash(alone) -> int:  # type: ignore[no-untyped-def]
    """All fees in money units, those in base at the fill's price."""
    total = 0
    for fill in alone.fills:
        fee, place = int(fill["fee"]), int(fill["instrument"])
        if int(fill["fee_asset"]) != 0:
            fee = fee * int(fill["price"]) // 10 ** (alone.price_scales[place] + alone.quantity_scales[place] - 8)
        total += fee
    return total
