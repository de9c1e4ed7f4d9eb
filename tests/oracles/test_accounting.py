"""Oracle R6.10: the accounting identities of any backtest, on random walks with all costs."""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracles.running import equity, run_targets
from tests.oracles.simulated import bars_of_closes, normals
from tickwright.domain.costs import CostModel
from tickwright.domain.run import RunResult

FEE = 0.001
FEE_ONLY = CostModel.of(fee=str(FEE), spread=0, impact="none", max_participation=None)
ALL_COSTS = CostModel.of(fee="0.001", spread="0.001", slippage="0.0002", impact="sqrt", max_participation="0.1")


def walk(bars: int, seed: int) -> np.ndarray:
    return 100 * np.exp(np.cumsum(0.01 * normals(bars, seed)))


def random_targets(bars: int, seed: int) -> np.ndarray:
    draw = np.random.Generator(np.random.PCG64(seed))
    return np.repeat(draw.choice([0.0, 0.3, 0.7, 1.0], bars // 7 + 1), 7)[:bars]


def positions_after_each_close(result: RunResult) -> np.ndarray:
    """Quantity held at each close, from the fills alone."""
    signed = result.fills["side"].astype(np.int64) * result.fills["quantity"]
    places = np.searchsorted(result.equity_ts_ns, result.fills["ts_ns"], side="left")
    # an OPEN fill carries the open time, which is the close time of the bar before it: it counts from the next close
    places = places + result.fills["at_open"]
    held = np.zeros(len(result.equity_ts_ns) + 1, np.int64)
    np.add.at(held, np.minimum(places, len(held) - 1), signed)
    return np.cumsum(held)[:-1]


@pytest.mark.parametrize("seed", range(3))
def test_equity_is_cash_plus_positions_at_every_close(seed: int) -> None:
    bars = bars_of_closes(walk(400, seed))
    result = run_targets(bars, random_targets(400, seed + 100), costs=ALL_COSTS)
    held = positions_after_each_close(result) / 10.0 ** result.quantity_scales[0]
    assert held[-1] * 10.0 ** result.quantity_scales[0] == pytest.approx(int(result.position[0]))
    np.testing.assert_allclose(
        equity(result), result.money(result.cash) + held * bars.prices("close"), atol=2e-8, rtol=0
    )


@pytest.mark.parametrize("seed", range(3))
def test_equity_changes_by_position_times_price_change_less_costs(seed: int) -> None:
    """Δequity = position before × Δprice + what was traded × (close - price paid) - fee, each bar."""
    bars = bars_of_closes(walk(400, seed))
    result = run_targets(bars, random_targets(400, seed + 100), costs=ALL_COSTS)
    held = positions_after_each_close(result) / 10.0 ** result.quantity_scales[0]
    close = bars.prices("close")
    expected = np.concatenate(([0.0], held[:-1] * np.diff(close)))
    for fill in result.fills:
        place = int(np.searchsorted(result.equity_ts_ns, fill["ts_ns"])) + int(fill["at_open"])
        traded = float(fill["side"]) * fill["quantity"] / 10.0 ** result.quantity_scales[0]
        price = fill["price"] / 10.0 ** result.price_scales[0]
        expected[place] += traded * (close[place] - price) - fill["fee"] / 1e8
    np.testing.assert_allclose(np.diff(equity(result)), expected[1:], atol=1e-6, rtol=0)


def test_buy_and_hold_pays_its_entry_fee_once() -> None:
    """R6.10: cash × S_T / S_0 / (1 + c): the fee is paid out of the cost."""
    closes = walk(100, 5)
    result = run_targets(bars_of_closes(closes), np.ones(100), costs=FEE_ONLY)
    assert equity(result)[-1] == pytest.approx(1e6 * closes[-1] / closes[0] / (1 + FEE), rel=1e-7)


def test_with_exit_it_pays_twice() -> None:
    closes = walk(100, 5)
    wanted = np.where(np.arange(100) < 50, 1.0, 0.0)
    result = run_targets(bars_of_closes(closes), wanted, costs=FEE_ONLY)
    assert equity(result)[-1] == pytest.approx(1e6 * closes[50] / closes[0] / (1 + FEE) * (1 - FEE), rel=1e-7)


def test_a_flat_strategy_keeps_its_cash() -> None:
    result = run_targets(bars_of_closes(walk(100, 6)), np.zeros(100), costs=ALL_COSTS)
    assert set(result.equity.tolist()) == {10**14}


def test_doubling_the_fee_costs_exactly_the_fees_of_the_same_trades() -> None:
    """R8.20, with orders of fixed size: the trades stay the same, so only the fees differ."""
    bars = bars_of_closes(walk(300, 8))
    wanted = random_targets(300, 9) / 1000  # small enough for equal sizes
    once = run_targets(bars, wanted, costs=CostModel.of(fee="0.001", spread=0, impact="none", max_participation=None))
    paid = int(once.fills["fee"].sum())
    bought = once.fills["side"] * once.fills["quantity"]
    price = once.fills["price"]
    gross = -int(sum(int(q) * int(p) for q, p in zip(bought, price, strict=True)))
    scale = 10.0 ** (once.price_scales[0] + once.quantity_scales[0])
    held = int(once.position[0]) * int(once.last_price[0])
    assert equity(once)[-1] == pytest.approx(1e6 + (gross + held) / scale - paid / 1e8, abs=1e-5)
