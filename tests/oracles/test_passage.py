"""Oracles of first passages and of fair games: ruin, reversion, time above water, loss in the long run."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.oracles.running import equity, run_strategy, run_targets
from tests.oracles.simulated import bars_of_closes, normals
from tests.oracles.test_simulator import wanting
from tickwright.adapters.sandbox.history import bundled_history
from tickwright.analytics.arcsine_law import arcsine_law, time_above_start
from tickwright.analytics.summary import summarise
from tickwright.domain.costs import CostModel
from tickwright.domain.records import Reason
from tickwright.strategies import SmaCross
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Strategy


def gambler(start: int, goal: int) -> type[Strategy]:
    """Stakes one unit a bar: long until the price has gained goal - start or lost start, and then again."""

    class Gambler(Strategy):
        """Between two barriers half a step inside, so that a step reaches them surely."""

        def targets(self, bars, ind):  # type: ignore[no-untyped-def]
            return np.full(len(bars), 0.5)

        def exits(self, bars, ind):  # type: ignore[no-untyped-def]
            stop, target = (start - 0.5) / bars.close, (goal - start - 0.5) / bars.close
            return Exits(stop=stop, target=target, reenter="next_bar")

    return Gambler


@pytest.mark.parametrize(
    ("chance", "start", "goal", "expected"),
    [
        (0.5, 30, 100, 0.30),
        (0.49, 50, 100, 0.119175),
        (18 / 38, 50, 100, 0.005127),
        (0.51, 50, 100, 0.880825),
        (0.55, 5, 20, 0.645009),
        (0.6, 1, 1_000, 1 / 3),
    ],
)
def test_a_gambler_is_ruined_as_often_as_theory_says(chance: float, start: int, goal: int, expected: float) -> None:
    """R8.6, R8.7: P(goal before 0) = (1 - r^i) / (1 - r^N), r = q/p, as targets and stops of a walk of unit steps."""
    ratio = (1 - chance) / chance
    formula = start / goal if chance == 0.5 else (1 - ratio**start) / (1 - ratio**goal)
    assert formula == pytest.approx(expected, abs=1e-6)
    won: list[bool] = []
    for seed in range(4):
        draw = np.random.Generator(np.random.PCG64(seed))
        walk = 1_000_000 + np.cumsum(np.where(draw.random(400_000) < chance, 1, -1))
        fills = run_strategy(gambler(start, goal), bars_of_closes(walk, timeframe="1m", scale=4)).fills
        won += (fills["reason"][fills["side"] < 0] == Reason.TAKE_PROFIT).tolist()
    assert len(won) > 300
    assert np.mean(won) == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / len(won)) + 0.002)


@pytest.mark.parametrize(("enter", "leave", "expected"), [(-2.0, 0.0, 1.425205), (-1.0, 1.0, 2.995315)])
def test_a_spread_that_reverts_is_held_as_long_as_theory_says(enter: float, leave: float, expected: float) -> None:
    """R8.14: mean first passage of an Ornstein-Uhlenbeck process, in 1/theta; stationary deviation 1.

    It is √(2π)·∫ Φ(z)·e^(z²/2) dz from enter to leave. Levels stand nearer by 0.5826 of a step, as barriers do (R8.3).
    """
    grid = np.linspace(enter, leave, 20_001)
    inside = np.array([0.5 * math.erfc(-z / math.sqrt(2)) for z in grid]) * np.exp(grid**2 / 2)
    formula = math.sqrt(2 * math.pi) * float(np.trapezoid(inside, grid))
    assert formula == pytest.approx(expected, abs=1e-5)
    step, steps, lanes = 1e-3, 40_000, 60
    kept, noise = math.exp(-step), math.sqrt(1 - math.exp(-2 * step))
    shocks = normals(steps * lanes, 11).reshape(steps, lanes)
    paths = np.empty((steps, lanes))
    now = shocks[0]
    for place in range(steps):
        paths[place] = now = kept * now + noise * shocks[place]
    shift, held = 0.5826 * noise, []
    for lane in range(lanes):
        spread = paths[:, lane]
        wanted = np.where(spread <= enter + shift, 1.0, np.where(spread >= leave - shift, 0.0, np.nan))
        fills = run_strategy(wanting(wanted), bars_of_closes(1000 + spread, timeframe="1m", scale=6)).fills
        times = fills["ts_ns"][: len(fills) // 2 * 2].reshape(-1, 2)
        held += ((times[:, 1] - times[:, 0]) / 60e9 * step).tolist()
    assert len(held) > 100
    assert np.mean(held) == pytest.approx(expected, abs=4 * float(np.std(held)) / math.sqrt(len(held)))


def test_a_fair_game_spends_its_time_above_water_as_levy_says() -> None:
    """R8.16, R8.17: P(share of time above the start ≤ x) = 2/π·asin √x: 0.204833 at 0.1, 1/3 at 0.25, a half at 0.5."""
    shares = []
    for seed in range(600):
        closes = 10_000 + np.cumsum(normals(300, 2_000 + seed))
        wealth = equity(run_targets(bars_of_closes(np.concatenate(([10_000.0], closes))), np.ones(301)))
        shares.append(time_above_start(wealth, 1e6))
    for share, expected in ((0.1, 0.204833), (0.25, 1 / 3), (0.5, 0.5)):
        assert arcsine_law(share) == pytest.approx(expected, abs=1e-6)
        found = float(np.mean(np.array(shares) <= share))
        assert found == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / 600) + 0.01)


def test_a_market_that_rises_by_half_a_year_on_average_loses_in_four_of_ten() -> None:
    """R8.17: mu = 50 %, sigma = 80 % a year: the median factor is 1.197217 and a loss has probability 0.410990."""
    drift, factors = (0.5 - 0.8**2 / 2) / 365, []
    for seed in range(1_000):
        closes = 100 * np.exp(
            np.concatenate(([0.0], np.cumsum(drift + 0.8 / math.sqrt(365) * normals(365, 4_000 + seed))))
        )
        wealth = equity(run_targets(bars_of_closes(closes, timeframe="1d", scale=6), np.ones(366)))
        factors.append(wealth[-1] / wealth[0])
    lost = float(np.mean(np.array(factors) < 1))
    assert lost == pytest.approx(0.410990, abs=4 * math.sqrt(0.25 / 1_000))
    error = math.sqrt(math.pi / 2) * 0.8 / math.sqrt(1_000)  # of the median of a Gaussian logarithm
    assert math.log(float(np.median(factors))) == pytest.approx(math.log(1.197217), abs=4 * error)


def test_a_moving_average_on_real_candles_is_no_miracle() -> None:
    """R8.19: with default costs, a Sharpe ratio of 4 on bitcoin would be a bug."""
    bars = bundled_history()[0]
    result = run_strategy(SmaCross, bars, costs=CostModel())
    assert len(result.fills) > 100
    assert -4 < summarise(result).sharpe < 4
