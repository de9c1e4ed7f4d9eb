"""Oracle section 8: analytic solutions that a simulator must reproduce, end to end."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest

from tests.oracles.running import FREE, equity, run_perpetual, run_strategy, run_targets
from tests.oracles.simulated import bars_of_closes, normals
from tickwright.domain.costs import CostModel
from tickwright.domain.margin import Margin
from tickwright.strategies import SmaCross
from tickwright.strategy_api.acts import Acts, every, on_change
from tickwright.strategy_api.strategy import Strategy

FEE_ONLY = CostModel.of(fee="0.001", spread=0, impact="none", max_participation=None)


@pytest.mark.parametrize("mode", ["vector", "event"])
def test_rebalancing_earns_an_eighth_every_two_bars(mode: str) -> None:
    """R8.11, Shannon's demon: the asset alternates ×2 and ×½, half of the wealth is put back into it each bar."""
    closes = 100 * 2.0 ** (np.arange(22) % 2)
    result = run_targets(bars_of_closes(closes), np.full(22, 0.5), acts=every("1h"), mode=mode)
    # decided at the close of bar 0, held from the open of bar 1, which is that close: 20 bars from there
    assert equity(result)[20] / equity(result)[0] == pytest.approx(3.247321025, rel=1e-9)
    hold = run_targets(bars_of_closes(closes), np.full(22, 1.0), mode=mode)
    assert equity(hold)[20] / equity(hold)[0] == pytest.approx(1.0, rel=1e-12)


def test_unlevered_path_of_alternating_returns() -> None:
    """R8.12: +10 %, -10 % five times leaves 0.950990050 of it."""
    closes = 100 * np.cumprod(np.concatenate(([1.0], np.tile([1.1, 0.9], 5))))
    result = run_targets(bars_of_closes(closes, scale=8), np.ones(11), acts=every("1h"))
    assert equity(result)[-1] / equity(result)[0] == pytest.approx(0.950990050, rel=1e-8)


@pytest.mark.parametrize(("leverage", "left"), [(2, 0.815372698), (3, 0.624032145), (-1, 0.950990050)])
def test_path_of_a_constant_leverage(leverage: int, left: float) -> None:
    """R8.12 and R8.13: +10 %, -10 % five times, levered anew after each bar."""
    closes = 100 * np.cumprod(np.concatenate(([1.0], np.tile([1.1, 0.9], 5))))
    result = run_perpetual(
        wanting(np.full(11, float(leverage)), every("1h")), bars_of_closes(closes, scale=8), margin=Margin(Decimal(5))
    )
    assert equity(result)[-1] / equity(result)[0] == pytest.approx(left, rel=1e-8)


def wanting(targets: np.ndarray, acts: Acts = on_change) -> type[Strategy]:
    """A strategy of these targets."""

    class Wanting(Strategy):
        """Wants what it was told."""

        def targets(self, bars, ind):  # type: ignore[no-untyped-def]
            return targets

    Wanting.acts = acts
    return Wanting


def test_expected_drawdown_of_a_driftless_walk() -> None:
    """R8.8: daily volatility 4 % over 365 days: 0.9131 in logarithms at daily sampling (0.95778 continuously)."""
    depths = []
    for seed in range(300):
        closes = 100 * np.exp(np.concatenate(([0.0], np.cumsum(0.04 * normals(365, seed)))))
        wealth = equity(run_targets(bars_of_closes(closes, timeframe="1d", scale=8), np.ones(366)))
        depths.append(-math.log(float(np.min(wealth / np.maximum.accumulate(wealth)))))
    error = np.std(depths) / math.sqrt(len(depths))
    assert np.mean(depths) == pytest.approx(0.9131, abs=4 * error)


@pytest.mark.parametrize(("x", "q"), [(0.5, 0.463159), (1.5, 0.668992)])
def test_expected_drawdown_of_a_walk_that_rises(x: float, q: float) -> None:
    """R8.8: (2·sigma²/mu)·Q(x) with x = mu²T/(2·sigma²), less 2·0.5826·sigma for looking once a day."""
    sigma, days, depths = 0.02, 365, []
    mu = sigma * math.sqrt(2 * x / days)
    for seed in range(300):
        closes = 100 * np.exp(np.concatenate(([0.0], np.cumsum(mu + sigma * normals(days, 1_000 + seed)))))
        wealth = equity(run_targets(bars_of_closes(closes, timeframe="1d", scale=8), np.ones(days + 1)))
        depths.append(-math.log(float(np.min(wealth / np.maximum.accumulate(wealth)))))
    expected = 2 * sigma**2 / mu * q - 2 * 0.5826 * sigma
    error = np.std(depths) / math.sqrt(len(depths))
    assert np.mean(depths) == pytest.approx(expected, abs=4 * error + 0.005 * expected)


def autoregressive(bars: int, phi: float, sigma: float, seed: int) -> np.ndarray:
    """Gaussian AR(1) returns with standard deviation sigma."""
    noise = normals(bars, seed) * sigma * math.sqrt(1 - phi * phi)
    returns = np.empty(bars)
    last = noise[0] / math.sqrt(1 - phi * phi)
    for place in range(bars):
        last = returns[place] = phi * last + noise[place] if place else last
    return returns


@pytest.mark.parametrize("mode", ["vector", "event"])
def test_sign_rule_on_autocorrelated_returns_net_of_costs(mode: str) -> None:
    """R8.9, long or flat: half of |phi|·sigma·sqrt(2/pi) a bar, a flip with probability acos(phi)/pi, each costs c.

    phi = 0.1, sigma = 2 %, c = 10 bp: gross 0.00159577 / 2, flips 0.468116, hit rate 0.531884 while long.
    """
    phi, sigma, fee, walks, bars = 0.1, 0.02, 0.001, 20, 2_000  # short walks: a long one leaves all prices behind
    earned, flips, lost, paid = [], 0, 0.0, 0
    for seed in range(walks):
        returns = autoregressive(bars, phi, sigma, seed)
        series = bars_of_closes(1000 * np.exp(np.cumsum(returns)), scale=6)
        wanted = (returns > 0).astype(np.float64)
        gross = run_targets(series, wanted, mode=mode)
        net = run_targets(series, wanted, costs=FEE_ONLY, mode=mode)
        earned.append(np.diff(np.log(equity(gross))))
        flips += len(gross.fills)
        lost += math.log(equity(gross)[-1]) - math.log(equity(net)[-1])
        paid += len(net.fills)
    per_bar = np.concatenate(earned)
    error = np.std(per_bar) / math.sqrt(len(per_bar))
    assert per_bar.mean() == pytest.approx(phi * sigma / math.sqrt(2 * math.pi), abs=4 * error)
    assert flips / (walks * bars) == pytest.approx(math.acos(phi) / math.pi, abs=4 * math.sqrt(0.25 / (walks * bars)))
    held = per_bar[per_bar != 0]
    assert np.mean(held > 0) == pytest.approx(0.5 + math.asin(phi) / math.pi, abs=4 * math.sqrt(0.25 / len(held)))
    assert lost / paid == pytest.approx(fee, rel=1e-3)


@pytest.mark.parametrize("mode", ["vector", "event"])
def test_sign_rule_long_and_short_has_the_published_edge_sharpe_and_cost(mode: str) -> None:
    """R8.9: gross 0.00159577 a bar, hit rate 0.531884, Sharpe 0.080044 a bar; flips 0.468116, net 0.00065954.

    Simple returns are the AR(1) series, and the position is its sign times the equity at each bar's open.
    """
    phi, sigma, fee, walks, bars = 0.1, 0.02, 0.001, 40, 1_000
    gross, net, flips = [], [], 0
    for seed in range(walks):
        returns = autoregressive(bars, phi, sigma, 500 + seed)
        series = bars_of_closes(1000 * np.cumprod(1 + returns), scale=6)
        strategy = wanting(np.sign(returns), every("1h"))
        for costs, earned in ((FREE, gross), (FEE_ONLY, net)):
            result = run_perpetual(strategy, series, margin=Margin(Decimal(5)), costs=costs, mode=mode)
            wealth = equity(result)[1:]
            earned.append(wealth[1:] / wealth[:-1] - 1)
        flips += int(np.sum(np.sign(returns[1:]) != np.sign(returns[:-1])))
    before, after = np.concatenate(gross), np.concatenate(net)
    error = sigma / math.sqrt(len(before))
    assert before.mean() == pytest.approx(0.00159577, abs=4 * error)
    assert np.mean(before > 0) == pytest.approx(0.531884, abs=4 * 0.5 / math.sqrt(len(before)))
    assert before.mean() / before.std() == pytest.approx(0.080044, abs=4 / math.sqrt(len(before)))
    assert flips / (walks * bars) == pytest.approx(0.468116, abs=4 * 0.5 / math.sqrt(len(before)))
    assert after.mean() == pytest.approx(0.00065954, abs=4 * error)
    # a flip pays twice the fee; standing at its share a short pays for twice each move, half of the time
    standing = 2 * fee * sigma * math.sqrt(2 / math.pi) * (1 - 0.468116) / 2
    assert before.mean() - after.mean() == pytest.approx(2 * fee * 0.468116 + standing, rel=0.02)


@pytest.mark.parametrize(("fast", "slow", "frequency"), [(10, 20, 0.05506421), (20, 50, 0.02250322)])
def test_moving_averages_cross_as_often_as_theory_says(fast: int, slow: int, frequency: float) -> None:
    """R8.10: crossings a bar on a Gaussian walk are acos(rho) / pi, rho the lag-1 correlation of the difference."""
    bars = 120_000
    closes = 1000 + np.cumsum(normals(bars, 3)) * 0.5
    closes += max(0.0, 200 - closes.min())
    result = run_strategy(SmaCross, bars_of_closes(closes), fast=fast, slow=slow)
    crossings = bars * frequency
    # crossings come in clusters: their variance is measured, not assumed
    at = np.searchsorted(result.equity_ts_ns, result.fills["ts_ns"])
    blocks = np.histogram(at, bins=40, range=(0, bars))[0]
    assert len(result.fills) == pytest.approx(crossings, abs=4 * math.sqrt(40) * float(np.std(blocks)))


def test_a_driftless_price_earns_nothing_before_costs_and_loses_its_costs_after() -> None:
    """R8.20: 400 martingales, random decisions: the mean result is within 4 standard errors of zero, and of -costs."""
    gross, net = [], []
    for seed in range(400):
        steps = np.exp(0.02 * normals(60, seed) - 0.0002)
        series = bars_of_closes(1000 * np.cumprod(steps), scale=6)
        draw = np.random.Generator(np.random.PCG64(seed + 10_000))
        wanted = draw.choice([0.0, 0.5, 1.0], 60)
        gross.append(equity(run_targets(series, wanted))[-1] - 1e6)
        result = run_targets(series, wanted, costs=FEE_ONLY)
        net.append(equity(result)[-1] - 1e6 + result.fills["fee"].sum() / 1e8)
    for outcome in (gross, net):
        assert abs(np.mean(outcome)) < 4 * np.std(outcome) / math.sqrt(len(outcome))
