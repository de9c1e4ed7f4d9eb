"""What must hold for every series of returns, whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tickwright.analytics.calmar import calmar
from tickwright.analytics.drawdown import max_drawdown, underwater
from tickwright.analytics.information_ratio import information_ratio
from tickwright.analytics.omega import omega
from tickwright.analytics.returns import simple_returns
from tickwright.analytics.sharpe import sharpe, sharpe_from_sums
from tickwright.analytics.sortino import sortino, sortino_from_sums
from tickwright.analytics.total_return import total_return
from tickwright.analytics.ulcer_index import ulcer_index
from tickwright.analytics.value_at_risk import expected_shortfall, value_at_risk
from tickwright.analytics.volatility import volatility
from tickwright.analytics.win_rate import win_rate

grid = st.integers(-4000, 5000).map(lambda parts: parts / 10_000)
some_returns = arrays(np.float64, st.integers(3, 40), elements=grid)
quick = settings(max_examples=60)


def same(left: float, right: float, tolerance: float = 1e-9) -> bool:
    return left == pytest.approx(right, rel=tolerance, abs=1e-12, nan_ok=True)


@quick
@given(some_returns, st.randoms(use_true_random=False))
def test_order_of_returns_does_not_matter_to_ratios(r: np.ndarray, draw: object) -> None:
    shuffled = r.copy()
    draw.shuffle(shuffled)  # type: ignore[attr-defined]
    for measure in (omega, value_at_risk, expected_shortfall, win_rate, total_return):
        assert same(measure(r), measure(shuffled)), measure.__name__
    assert same(sharpe(r, 365), sharpe(shuffled, 365))
    assert same(sortino(r, 365), sortino(shuffled, 365))


def test_order_of_returns_matters_to_drawdowns() -> None:
    r = np.array([0.5, -0.2, 0.5, -0.2])
    apart, together = np.cumprod(1 + r), np.cumprod(1 + np.sort(r))
    assert max_drawdown(apart, 1.0) > max_drawdown(together, 1.0)
    assert ulcer_index(apart, 1.0) < ulcer_index(together, 1.0)


@quick
@given(some_returns, st.sampled_from([0.25, 0.5, 2.0, 7.0]))
def test_leverage_changes_neither_sharpe_nor_sortino(r: np.ndarray, leverage: float) -> None:
    assert same(sharpe(r, 365), sharpe(leverage * r, 365))
    assert same(sortino(r, 365), sortino(leverage * r, 365))
    assert same(leverage * volatility(r, 365), volatility(leverage * r, 365))


@quick
@given(some_returns)
def test_drawdown_of_an_unlevered_account_stays_between_none_and_all(r: np.ndarray) -> None:
    depths = underwater(np.cumprod(1 + r), 1.0)
    assert depths.min() >= -1.0
    assert depths.max() <= 0.0


@quick
@given(some_returns)
def test_expected_shortfall_is_at_most_value_at_risk_and_that_at_most_the_median(r: np.ndarray) -> None:
    assert expected_shortfall(r) <= value_at_risk(r) + 1e-15
    assert value_at_risk(r) <= np.median(r) + 1e-15


@quick
@given(some_returns)
def test_log_returns_add_up_to_total_wealth(r: np.ndarray) -> None:
    assert np.sum(np.log1p(r)) == pytest.approx(np.log1p(total_return(r)), abs=1e-12)


@quick
@given(some_returns, st.sampled_from([1e-3, 3.0, 1e6]))
def test_the_size_of_the_account_changes_no_ratio(r: np.ndarray, scale: float) -> None:
    equity = np.cumprod(1 + r)
    assert np.allclose(simple_returns(equity, 1.0), simple_returns(scale * equity, scale), rtol=0, atol=1e-12)
    assert same(max_drawdown(equity, 1.0), max_drawdown(scale * equity, scale))
    assert same(calmar(0.3, max_drawdown(equity, 1.0)), calmar(0.3, max_drawdown(scale * equity, scale)))


@quick
@given(some_returns)
def test_time_reversed_keeps_total_return(r: np.ndarray) -> None:
    assert same(total_return(r), total_return(r[::-1]))


@quick
@given(some_returns, some_returns)
def test_drawdown_of_a_whole_is_at_least_that_of_its_parts(first: np.ndarray, second: np.ndarray) -> None:
    whole = max_drawdown(np.cumprod(1 + np.concatenate((first, second))), 1.0)
    parts = min(max_drawdown(np.cumprod(1 + part), 1.0) for part in (first, second))
    assert whole <= parts + 1e-12


@quick
@given(some_returns)
def test_a_constant_gain_on_top_raises_sharpe(r: np.ndarray) -> None:
    assume(np.ptp(r) > 1e-3)
    assert sharpe(r + 0.001, 365) > sharpe(r, 365)


@quick
@given(some_returns)
def test_equity_and_its_returns_are_two_forms_of_one_record(r: np.ndarray) -> None:
    assert np.allclose(simple_returns(np.cumprod(1 + r), 1.0), r, atol=1e-12)


@quick
@given(some_returns)
def test_sums_of_a_sweep_give_the_ratios_of_the_series(r: np.ndarray) -> None:
    assume(np.ptp(r) > 1e-3)
    n, sums, squares = np.array([float(len(r))]), np.array([r.sum()]), np.array([(r**2).sum()])
    assert same(sharpe_from_sums(n, sums, squares, 8760)[0], sharpe(r, 8760))
    below = np.array([(np.minimum(r, 0) ** 2).sum()])
    assert same(sortino_from_sums(n, sums, below, 8760)[0], sortino(r, 8760))


def test_information_ratio_is_sharpe_of_the_difference_not_annualised() -> None:
    r, b = np.array([0.02, 0.01, -0.01]), np.array([0.01, 0.00, 0.01])
    assert information_ratio(r, b) == pytest.approx(np.mean(r - b) / np.std(r - b, ddof=1))
    assert np.isnan(information_ratio(r, r))


def test_daily_closes_of_an_hourly_curve_give_the_same_total_and_no_deeper_drawdown() -> None:
    hourly = np.cumprod(1 + 0.004 * np.sin(np.arange(24 * 30) * 1.7) + 0.0001)
    daily = hourly[23::24]
    assert same(total_return(simple_returns(hourly, 1.0)), total_return(simple_returns(daily, 1.0)))
    assert max_drawdown(hourly, 1.0) <= max_drawdown(daily, 1.0)
