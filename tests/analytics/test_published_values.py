"""Every measure against published digits: empyrical's eight mixed returns and 500 deterministic daily returns."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tests.analytics.runs import daily_instants, mixed_returns, series_a
from tickwright.analytics.cagr import cagr
from tickwright.analytics.calmar import calmar
from tickwright.analytics.drawdown import drawdowns, max_drawdown, underwater
from tickwright.analytics.omega import omega
from tickwright.analytics.payoff_ratio import payoff_ratio
from tickwright.analytics.shape import kurtosis, skewness
from tickwright.analytics.sharpe import sharpe
from tickwright.analytics.sortino import downside_deviation, sortino
from tickwright.analytics.stability import stability
from tickwright.analytics.tail_ratio import tail_ratio
from tickwright.analytics.total_return import total_return
from tickwright.analytics.ulcer_index import ulcer_index
from tickwright.analytics.value_at_risk import expected_shortfall, value_at_risk
from tickwright.analytics.volatility import volatility
from tickwright.analytics.win_rate import win_rate
from tickwright.domain.timestamp import iso

approx = lambda value: pytest.approx(value, rel=1e-9)  # noqa: E731


def curve(returns: np.ndarray) -> np.ndarray:
    return np.cumprod(1.0 + returns)


def test_eight_mixed_returns() -> None:
    r = mixed_returns()
    total = total_return(r)
    assert total == approx(0.038931091700)
    assert max_drawdown(curve(r), 1.0) == approx(-0.10)
    assert (sharpe(r, 252), sharpe(r, 365)) == approx((1.723861396171, 2.074667511439))
    assert (sortino(r, 252), sortino(r, 365)) == approx((2.605531251674, 3.135757346787))
    assert volatility(r, 252) == approx(0.913646539970)
    assert downside_deviation(r) * np.sqrt(252) == approx(0.604483250388)
    assert cagr(total, 8 / 252) == approx(2.330292797300)
    assert calmar(cagr(total, 8 / 252), max_drawdown(curve(r), 1.0)) == approx(23.30292797300)
    assert omega(r) == approx(1.357142857143)
    assert tail_ratio(r) == approx(0.955696202532)
    assert tail_ratio(np.insert(r, 0, 0.0)) == approx(0.947368421053)
    assert value_at_risk(r) == approx(-0.079)
    assert expected_shortfall(r) == approx(-0.10)
    assert stability(r) == approx(0.152997366511)


def test_a_leading_nan_is_not_a_period() -> None:
    r = np.insert(mixed_returns(), 0, np.nan)
    assert sharpe(r, 252) == approx(1.723861396171)
    assert total_return(r) == approx(0.038931091700)
    nine_periods = cagr(total_return(r), 9 / 252)
    assert nine_periods == approx(1.913592537319), "empyrical's published value counts the NaN as a ninth period"


def test_series_a_on_the_365_day_basis() -> None:
    r = series_a()
    assert r[:5].tolist() == [0.006688, -0.034719, 0.04074, -0.010287, 0.009539]
    total, worst = total_return(r), max_drawdown(curve(r), 1.0)
    assert total == approx(1.743689089701)
    assert cagr(total, 500 / 365) == approx(1.089221441397)
    assert volatility(r, 365) == approx(0.384015053841)
    assert sharpe(r, 365) == approx(2.111778696923)
    assert sortino(r, 365) == approx(3.301912194511)
    assert worst == approx(-0.152761094948)
    assert calmar(cagr(total, 500 / 365), worst) == approx(7.130228031992)


def test_series_a_on_the_252_day_basis() -> None:
    r = series_a()
    assert sharpe(r, 252) == approx(1.754697440823)
    assert sortino(r, 252) == approx(2.743590929284)
    assert cagr(total_return(r), 500 / 252) == approx(0.663109283231)


def test_series_a_tails_and_shape() -> None:
    r = series_a()
    assert omega(r) == approx(1.322873133970)
    assert tail_ratio(r) == approx(1.237820377645)
    assert value_at_risk(r) == approx(-0.03058695)
    assert expected_shortfall(r) == approx(-0.03970672)
    assert ulcer_index(curve(r), 1.0) == approx(0.052227482862)
    assert -np.mean(underwater(curve(r), 1.0)) == approx(0.038966650647), "pain index"
    assert win_rate(r) == approx(0.546)
    assert payoff_ratio(r) == approx(1.099971433741)
    assert stability(r) == approx(0.953492130952)


def test_series_a_unbiased_moments_follow_from_the_biased_ones() -> None:
    r, n = series_a(), 500
    unbiased_skew = skewness(r) * np.sqrt(n * (n - 1)) / (n - 2)
    unbiased_excess = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (kurtosis(r) - 3) + 6)
    assert unbiased_skew == approx(0.044903941990)
    assert unbiased_excess == pytest.approx(0.217629845914, rel=1e-8)


def test_series_a_three_worst_drawdowns() -> None:
    r = series_a()
    worst = drawdowns(daily_instants(500), curve(r), 1.0, largest=3)
    assert [round(drawdown.depth, 6) for drawdown in worst] == [-0.152761, -0.145596, -0.132713]
    first = worst[0]
    assert iso(first.start_ns)[:10] == str(date(2023, 6, 1)), "the peak is the close that opens the first losing day"
    assert iso(first.end_ns)[:10] == "2023-08-30", "2023-08-28 is the last day under water, the 29th recovers"
    assert first.recovered
