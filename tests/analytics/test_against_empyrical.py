"""Side by side with empyrical: where it agrees, and every place where it does not, with the reason."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analytics.runs import daily_instants, mixed_returns, series_a
from tickwright.analytics.cagr import cagr
from tickwright.analytics.calmar import calmar
from tickwright.analytics.drawdown import max_drawdown
from tickwright.analytics.monthly_returns import monthly_returns
from tickwright.analytics.omega import omega
from tickwright.analytics.sharpe import sharpe
from tickwright.analytics.sortino import sortino
from tickwright.analytics.stability import stability
from tickwright.analytics.tail_ratio import tail_ratio
from tickwright.analytics.total_return import total_return
from tickwright.analytics.value_at_risk import expected_shortfall, value_at_risk
from tickwright.analytics.volatility import volatility

empyrical = pytest.importorskip("empyrical")

SERIES = {"eight mixed returns": mixed_returns(), "series A": series_a(), "losing": -series_a()}


@pytest.fixture(params=SERIES, ids=lambda name: name.replace(" ", "-"))
def r(request: pytest.FixtureRequest) -> np.ndarray:
    return SERIES[request.param]


def close(ours: float, theirs: float) -> bool:
    return ours == pytest.approx(float(theirs), rel=1e-9)


def test_agrees_once_it_is_told_the_year_has_365_days(r: np.ndarray) -> None:
    year = {"annualization": 365}
    assert close(sharpe(r, 365), empyrical.sharpe_ratio(r, **year))
    assert close(sortino(r, 365), empyrical.sortino_ratio(r, **year))
    assert close(volatility(r, 365), empyrical.annual_volatility(r, **year))
    assert close(cagr(total_return(r), len(r) / 365), empyrical.cagr(r, **year))
    assert close(
        calmar(cagr(total_return(r), len(r) / 365), max_drawdown(np.cumprod(1 + r), 1.0)),
        empyrical.calmar_ratio(r, **year),
    )


def test_agrees_on_what_needs_no_year(r: np.ndarray) -> None:
    assert close(total_return(r), empyrical.cum_returns_final(r))
    assert close(max_drawdown(np.cumprod(1 + r), 1.0), empyrical.max_drawdown(r))
    assert close(omega(r), empyrical.omega_ratio(r))
    assert close(tail_ratio(r), empyrical.tail_ratio(r))
    assert close(value_at_risk(r), empyrical.value_at_risk(r))
    assert close(expected_shortfall(r), empyrical.conditional_value_at_risk(r))
    assert close(stability(r), empyrical.stability_of_timeseries(r))


def test_differs_it_annualises_with_252_days_unless_told(r: np.ndarray) -> None:
    assert not close(sharpe(r, 365), empyrical.sharpe_ratio(r))
    assert close(sharpe(r, 252), empyrical.sharpe_ratio(r))


def test_differs_it_counts_a_missing_first_return_as_a_period() -> None:
    hole = np.insert(mixed_returns(), 0, np.nan)
    assert close(cagr(total_return(hole), 9 / 365), empyrical.cagr(hole, annualization=365))
    assert not close(cagr(total_return(hole), 8 / 365), empyrical.cagr(hole, annualization=365))


def test_differs_it_de_annualises_the_level_of_omega() -> None:
    r = series_a()
    daily_level = (1 + 0.10) ** (1 / 252) - 1
    assert close(omega(r, level=daily_level), empyrical.omega_ratio(r, required_return=0.10))


def test_differs_constant_returns_are_infinite_or_huge_there_and_undefined_here() -> None:
    constant = np.full(10, 0.01)
    assert np.isnan(sharpe(constant, 365))
    assert abs(empyrical.sharpe_ratio(constant)) > 1e15


def test_months_agree_with_its_aggregation() -> None:
    pandas = pytest.importorskip("pandas")
    r = series_a()
    days = pandas.Series(r, pandas.date_range("2023-01-01", periods=500))
    theirs = empyrical.aggregate_returns(days, "monthly")
    table = monthly_returns(daily_instants(500), np.cumprod(1 + r), 1.0)
    ours = [table.months[year - 2023, month - 1] for year, month in theirs.index]
    assert ours == pytest.approx(theirs.tolist(), rel=1e-9)
