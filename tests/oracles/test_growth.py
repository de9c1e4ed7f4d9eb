"""Oracles of growth: Kelly, optimal f, constant leverage and volatility scaling, earned in the simulated market."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest

from tests.oracles.running import equity, run_perpetual, run_targets
from tests.oracles.simulated import bars_of_closes, normals
from tests.oracles.test_simulator import wanting
from tickwright.analytics.kelly import kelly_fraction
from tickwright.domain.margin import Margin
from tickwright.indicators import ema
from tickwright.strategy_api.acts import every

REBALANCED = every("1h")


def bet(returns: np.ndarray, fraction: float) -> float:
    """What is left of 1 after so many bets of a fraction: put back to it at each close."""
    closes = 1000 * np.cumprod(np.concatenate(([1.0], 1 + returns)))
    result = run_targets(bars_of_closes(closes, scale=8), np.full(len(closes), fraction), acts=REBALANCED)
    return float(equity(result)[-1] / equity(result)[0])


@pytest.mark.parametrize(
    ("chance", "odds", "fraction", "growth"), [(0.6, 1.0, 0.2, 0.0201355136), (0.5, 2.0, 0.25, 0.0588915178)]
)
def test_nothing_grows_faster_than_kelly(chance: float, odds: float, fraction: float, growth: float) -> None:
    """R6.1: f = p - q/b grows by p·ln(1 + bf) + q·ln(1 - f) a bet: exactly where the counts are what they should be.

    A bet of f that pays b or takes 1 is a share of 2f in a price that gains b/2 or loses a half.
    """
    wins = round(40 * chance)
    order = np.random.Generator(np.random.PCG64(1)).permutation(40)
    returns = np.where(order < wins, odds / 2, -0.5)
    grown = {share: math.log(bet(returns, 2 * share)) / 40 for share in (0.5 * fraction, fraction, 1.5 * fraction)}
    assert grown[fraction] == pytest.approx(growth, abs=1e-8)
    assert max(grown, key=grown.__getitem__) == fraction
    pnl = np.where(order < wins, odds, -1.0)
    assert kelly_fraction(pnl) == pytest.approx(fraction, rel=1e-12)


def test_kelly_on_thorps_index_needs_leverage_and_half_of_it_keeps_three_quarters() -> None:
    """R6.1: m - r = 0.05 and s = 0.15 a year: f = 2.2222, excess growth S²/2 = 0.055556; c of it keeps 2c - c².

    An alternating price has that mean and variance exactly: what is left is the third order of the step.
    """
    years, steps = 4, 2_000
    mean, deviation = 0.05 / steps, 0.15 / math.sqrt(steps)
    returns = mean + deviation * np.where(np.arange(years * steps) % 2, 1.0, -1.0)
    closes = 1000 * np.cumprod(np.concatenate(([1.0], 1 + returns)))
    growth = {}
    for share in (0.5, 1.0):
        leverage = np.full(len(closes), share * 0.05 / 0.15**2)
        result = run_perpetual(
            wanting(leverage, REBALANCED), bars_of_closes(closes, scale=8), margin=Margin(Decimal(5))
        )
        growth[share] = math.log(equity(result)[-1] / equity(result)[0]) / years
    assert growth[1.0] == pytest.approx(0.115556 - 0.06, abs=1e-4)
    assert growth[0.5] / growth[1.0] == pytest.approx(2 * 0.5 - 0.5**2, abs=2e-3)


def test_optimal_f_of_the_nine_trades() -> None:
    """R6.2: on a grid of 0.01 the best f is 0.24 with a terminal wealth of 1.095698, one unit per 70.83 of capital."""
    trades = np.array([9, 18, 7, 1, 10, -5, -3, -17, -7]) / 17.0
    wealth = {f: bet(0.5 * trades, 2 * f) for f in (place / 100 for place in range(1, 50))}
    best = max(wealth, key=wealth.__getitem__)
    assert best == 0.24
    assert wealth[best] == pytest.approx(1.095698, abs=1e-6)
    assert 17 / best == pytest.approx(70.83, abs=0.005)


def test_a_flat_price_that_swings_costs_leverage_its_variance() -> None:
    """R8.13: b = 2 and a variance of 0.64 in a year at whose end the price is where it began: 0.527292."""
    steps = 10_000
    logs = 0.8 / math.sqrt(steps) * (np.arange(steps + 1) % 2)
    result = run_perpetual(
        wanting(np.full(steps + 1, 2.0), REBALANCED),
        bars_of_closes(1000 * np.exp(logs), scale=8),
        margin=Margin(Decimal(5)),
    )
    assert equity(result)[-1] / equity(result)[0] == pytest.approx(0.527292, abs=5e-5)


def test_weights_of_the_exponential_variance() -> None:
    """R6.9: centre of mass 60 is d = 60/61: weights 0.016393443, 0.016124698, 60 of them 0.629076, half-life 41.93."""
    impulse = np.zeros(2_000)
    impulse[1_000] = 1.0
    weights = ema(impulse, 121)[1_000:]
    assert weights[:2].tolist() == pytest.approx([0.016393443, 0.016124698], abs=1e-9)
    assert weights[:60].sum() == pytest.approx(0.629076, abs=1e-6)
    assert math.log(0.5) / math.log(weights[1] / weights[0]) == pytest.approx(41.93, abs=0.005)


def test_positions_scaled_by_yesterdays_volatility_swing_as_wanted() -> None:
    """R6.9: 40 % / sigma_{t-1} of a price whose volatility changes; knowing sigma_t as well would change the result."""
    days = 4_000
    volatility = 0.02 * np.exp(0.8 * np.sin(np.arange(days) / 200))
    returns = volatility * normals(days, 9)
    closes = 1000 * np.cumprod(1 + returns)
    bars = bars_of_closes(closes, timeframe="1d", scale=6)
    sigma = np.sqrt(365 * ema(np.concatenate(([0.0], np.diff(closes) / closes[:-1])) ** 2, 121))
    ends = []
    for known in (sigma, np.concatenate(([np.nan], sigma[:-1]))):
        wanted = np.where(np.isnan(known) | (np.arange(days) < 200), 0.0, 0.4 / known)
        result = run_perpetual(wanting(wanted, every("1d")), bars, margin=Margin(Decimal(20)))
        earned = np.diff(equity(result)[200:]) / equity(result)[200:-1]
        assert np.std(earned) * math.sqrt(365) == pytest.approx(0.4, rel=0.06)
        ends.append(float(equity(result)[-1]))
    assert ends[0] != ends[1]
