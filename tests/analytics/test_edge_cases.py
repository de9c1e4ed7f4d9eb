"""Declared conventions where a measure is undefined or the data is odd."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tickwright.analytics.cagr import cagr
from tickwright.analytics.calmar import calmar
from tickwright.analytics.drawdown import drawdowns, max_drawdown
from tickwright.analytics.expectancy import expectancy
from tickwright.analytics.exposure import exposure
from tickwright.analytics.kelly import kelly_fraction
from tickwright.analytics.omega import omega
from tickwright.analytics.periods import calendar_years, periods_per_year, spacing_ns
from tickwright.analytics.profit_factor import profit_factor
from tickwright.analytics.returns import simple_returns
from tickwright.analytics.shape import kurtosis, skewness
from tickwright.analytics.sharpe import sharpe, sharpe_from_sums
from tickwright.analytics.sortino import sortino
from tickwright.analytics.stability import stability
from tickwright.analytics.tail_ratio import tail_ratio
from tickwright.analytics.total_return import total_return
from tickwright.analytics.turnover import turnover
from tickwright.analytics.value_at_risk import expected_shortfall, value_at_risk
from tickwright.analytics.volatility import volatility
from tickwright.analytics.win_rate import win_rate
from tickwright.domain.errors import DataError
from tickwright.domain.timestamp import DAY, HOUR, parse_instant

EMPTY = np.empty(0)


def test_constant_returns_have_no_sharpe_rather_than_a_huge_one() -> None:
    constant = np.full(10, 0.01)
    assert 0 < np.std(constant, ddof=1) < 1e-15, "floating point leaves noise here"
    assert math.isnan(sharpe(constant, 365))
    sums = (np.array([10.0]), np.array([np.sum(constant)]), np.array([np.sum(constant**2)]))
    assert np.isnan(sharpe_from_sums(*sums, 365))[0]
    assert math.isnan(sharpe(np.zeros(50), 365)), "a flat account has no ratio"


def test_all_positive_returns_leave_downside_measures_undefined() -> None:
    r = np.array([0.01, 0.02, 0.03])
    assert all(math.isnan(value) for value in (sortino(r, 365), omega(r), profit_factor(r), kelly_fraction(r)))


def test_wipe_out_ends_the_record() -> None:
    equity = np.array([120.0, 30.0, -10.0, 500.0])
    r = simple_returns(equity, 100.0)
    assert len(r) == 3, "what follows a wipe-out is not observed"
    assert total_return(r) == pytest.approx(-1.1)
    assert cagr(total_return(r), 2.0) == -1.0
    assert max_drawdown(equity, 100.0) == pytest.approx(-130 / 120)
    assert math.isnan(stability(r))


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_observations_are_undefined(n: int) -> None:
    r = np.full(n, 0.01)
    assert all(math.isnan(value) for value in (sharpe(r, 365), volatility(r, 365), stability(r)))


def test_empty_input_is_undefined_everywhere() -> None:
    measures = (total_return, omega, tail_ratio, value_at_risk, expected_shortfall, skewness, kurtosis, stability)
    assert all(math.isnan(measure(EMPTY)) for measure in measures)
    of_trades = (win_rate, profit_factor, expectancy, kelly_fraction, exposure)
    assert all(math.isnan(measure(EMPTY)) for measure in of_trades)
    assert math.isnan(max_drawdown(EMPTY, 1.0))
    assert drawdowns(np.empty(0, np.int64), EMPTY, 1.0) == []
    assert math.isnan(sortino(EMPTY, 365))


def test_a_missing_observation_is_not_a_zero_return() -> None:
    hole, zero = np.array([0.01, np.nan, 0.03]), np.array([0.01, 0.0, 0.03])
    assert sharpe(hole, 365) == sharpe(np.array([0.01, 0.03]), 365) != sharpe(zero, 365)
    equity = np.array([110.0, np.nan, 121.0])
    assert simple_returns(equity, 100.0)[[0, 2]] == pytest.approx([0.1, 0.1])
    assert max_drawdown(np.array([110.0, np.nan, 55.0]), 100.0) == -0.5


def test_a_loss_on_the_first_bar_is_a_drawdown() -> None:
    ts = parse_instant("2024-01-01") + HOUR * np.arange(1, 4)
    (only,) = drawdowns(ts, np.array([90.0, 90.0, 90.0]), 100.0)
    assert only.depth == pytest.approx(-0.10)
    assert only.start_ns == parse_instant("2024-01-01"), "the initial capital stands at the first bar's open"
    assert (only.end_ns, only.recovered) == (int(ts[-1]), False)


def test_repeated_and_backward_instants_are_refused() -> None:
    for ts in (np.array([DAY, DAY]), np.array([2 * DAY, DAY])):
        with pytest.raises(DataError, match="strictly increasing"):
            periods_per_year(ts)


def test_an_outage_does_not_change_annualisation_and_irregular_bars_use_calendar_time() -> None:
    hourly = np.arange(1000) * HOUR
    with_outage = np.concatenate((hourly[:500], hourly[500:] + 40 * HOUR))
    assert periods_per_year(with_outage) == 8760.0
    irregular = np.cumsum(np.tile([HOUR, 5 * HOUR], 200))
    assert periods_per_year(irregular) == pytest.approx(8760 / 3, rel=0.01)
    assert spacing_ns(np.array([5])) == DAY


def test_calendar_years_count_leap_days() -> None:
    years = calendar_years(parse_instant("2023-01-01"), parse_instant("2024-01-01"))
    assert years == pytest.approx(365 / 365.25)
    assert cagr(0.1, years) == pytest.approx(1.1 ** (365.25 / 365) - 1)


def test_ratios_of_nothing_are_undefined() -> None:
    assert math.isnan(calmar(0.2, 0.0))
    assert math.isnan(cagr(0.2, 0.0))
    assert math.isnan(turnover(10.0, 0.0, 1.0))
    assert math.isnan(turnover(10.0, 10.0, 0.0))
    assert cagr(1e300, 1e-3) == math.inf
    assert math.isnan(tail_ratio(np.zeros(5)))
    assert math.isnan(skewness(np.full(7, 0.01)))


def test_win_rate_counts_a_trade_of_exactly_zero_as_no_win() -> None:
    assert win_rate(np.array([0.0, 1.0])) == 0.5
