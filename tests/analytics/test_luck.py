"""What chance alone would do: published values of the probabilistic and deflated Sharpe ratio and of drawdown laws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.analytics.runs import series_a
from tickwright.analytics.arcsine_law import arcsine_law, time_above_start
from tickwright.analytics.autocorrelation import annualisation, autocorrelation, sharpe_standard_error
from tickwright.analytics.deflated_sharpe import deflated_sharpe, expected_maximum_sharpe, minimum_backtest_years
from tickwright.analytics.distribution import distribution
from tickwright.analytics.drawdown_law import drawdown_probability, expected_max_drawdown
from tickwright.analytics.probabilistic_sharpe import minimum_track_record, probabilistic_sharpe
from tickwright.analytics.shape import kurtosis, skewness
from tickwright.analytics.sharpe import sharpe


def test_probabilistic_sharpe_of_the_paper() -> None:
    assert probabilistic_sharpe(0.458, 24) == pytest.approx(0.981675, abs=1e-6)
    assert probabilistic_sharpe(0.458, 24, skewness=-2.448, kurtosis=10.164) == pytest.approx(0.913361, abs=1e-6)


def test_probabilistic_sharpe_of_series_a() -> None:
    r = series_a()
    confidence = probabilistic_sharpe(sharpe(r, 1.0), len(r), skewness=skewness(r), kurtosis=kurtosis(r))
    assert confidence == pytest.approx(0.993187101596, rel=1e-8)


def test_minimum_track_record_length_in_years() -> None:
    for periods, years in ((252, 2.730984), (52, 2.828834)):
        needed = minimum_track_record(2 / math.sqrt(periods), benchmark=1 / math.sqrt(periods))
        assert needed / periods == pytest.approx(years, abs=1e-6)
    assert minimum_track_record(0.1, benchmark=0.2) == math.inf


def test_deflated_sharpe_of_the_paper() -> None:
    variance = 0.5 / 250
    assert expected_maximum_sharpe(100, variance) == pytest.approx(0.113172, abs=1e-6)
    confidence = deflated_sharpe(
        2.5 / math.sqrt(250), 1250, trials=100, variance=variance, skewness=-3.0, kurtosis=10.0
    )
    assert confidence == pytest.approx(0.900397, abs=1e-6)


def test_expected_maximum_of_many_trials() -> None:
    assert expected_maximum_sharpe(10) == pytest.approx(1.574598, abs=1e-6)
    assert expected_maximum_sharpe(100) == pytest.approx(2.530603, abs=1e-6)
    assert expected_maximum_sharpe(1) == 0.0, "one trial is no search"
    draws = np.random.default_rng(11).standard_normal((40_000, 10)).max(axis=1)
    four_errors = 4 * draws.std() / math.sqrt(len(draws))
    assert draws.mean() == pytest.approx(1.538753, abs=four_errors), "the approximation is 2.3 % above the exact mean"


def test_five_years_allow_45_trials() -> None:
    assert minimum_backtest_years(45) == pytest.approx(4.9981, abs=1e-4)
    assert minimum_backtest_years(45) < 2 * math.log(45)


def test_sharpe_of_one_trial_or_one_observation() -> None:
    assert deflated_sharpe(0.1, 500, trials=1, variance=1.0) == probabilistic_sharpe(0.1, 500)
    assert math.isnan(probabilistic_sharpe(0.1, 1))


@pytest.mark.parametrize(("rho", "factor"), [(0.0, 3.4641), (0.2, 2.8788), (-0.2, 4.1708)])
def test_annualisation_under_autocorrelation(rho: float, factor: float) -> None:
    assert annualisation(12, rho ** np.arange(1, 12)) == pytest.approx(factor, abs=1e-4)
    assert math.isnan(annualisation(12, np.full(11, -0.9)))


def test_standard_error_and_autocorrelation() -> None:
    assert sharpe_standard_error(0.5, 12) == pytest.approx(0.306186, abs=1e-6)
    assert autocorrelation(series_a(), 3) == pytest.approx(np.zeros(3), abs=4 / math.sqrt(500))
    assert np.isnan(autocorrelation(np.ones(5), 2)).all()


@pytest.mark.parametrize(
    ("x", "q"), [(0.1, 0.243050), (0.5, 0.463159), (1.5, 0.668992), (10.0, 1.088998)], ids=lambda value: f"{value}"
)
def test_expected_drawdown_of_a_rising_walk(x: float, q: float) -> None:
    assert expected_max_drawdown(1.0, 1.0, 2 * x) / 2 == pytest.approx(q, rel=0.005)


@pytest.mark.parametrize(("x", "q"), [(0.1, 0.325586), (0.5, 0.884593), (1.0, 1.445520)], ids=lambda value: f"{value}")
def test_expected_drawdown_of_a_falling_walk(x: float, q: float) -> None:
    assert expected_max_drawdown(-1.0, 1.0, 2 * x) / 2 == pytest.approx(q, rel=0.005)


def test_expected_drawdown_without_drift_and_its_limits() -> None:
    assert expected_max_drawdown(0.0, 0.04, 365.0) == pytest.approx(0.95778, rel=0.001)
    assert expected_max_drawdown(1.0, 1.0, 2000.0) / 2 == pytest.approx(math.log(1000) / 4 + 0.49088, rel=0.005)
    just_below, just_above = (expected_max_drawdown(-1.0, 1.0, 2 * x) for x in (4.999, 5.001))
    assert just_below == pytest.approx(just_above, rel=0.005), "where the limit takes over"
    assert math.isnan(drawdown_probability(1.0, -1.0, 1.0, 100.0))


def test_drawdown_probability_agrees_with_simulated_walks() -> None:
    draw, steps, drift, volatility = np.random.default_rng(5), 500, 0.3, 0.6
    moves = drift / steps + volatility / math.sqrt(steps) * draw.standard_normal((8000, steps))
    path = np.cumsum(moves, axis=1)
    deepest = np.max(np.maximum(np.maximum.accumulate(path, axis=1), 0.0) - path, axis=1)
    watched_once_a_step = 1.165 * volatility / math.sqrt(steps)
    for depth in (0.4, 0.7, 1.0):
        share = np.mean(deepest + watched_once_a_step >= depth)
        error = 4 * math.sqrt(share * (1 - share) / len(deepest))
        assert share == pytest.approx(drawdown_probability(depth, drift, volatility, 1.0), abs=error + 0.01)


def test_arcsine_law_and_a_fair_game() -> None:
    assert [arcsine_law(x) for x in (0.1, 0.5, 0.25)] == pytest.approx([0.204833, 0.5, 1 / 3], abs=1e-6)
    paths = np.cumsum(np.random.default_rng(2).choice([-1.0, 1.0], (4000, 400)), axis=1)
    above = np.array([time_above_start(path, 0.0) for path in paths])
    share = np.mean(above <= 0.1)
    assert share == pytest.approx(arcsine_law(0.1), abs=4 * math.sqrt(0.2 * 0.8 / 4000) + 0.02)


def test_distribution_of_a_run_says_how_lucky_its_drawdown_was() -> None:
    r = series_a()
    found = distribution(r, np.cumprod(1 + r), 1.0, np.array([2.0, -1.0]))
    assert found.sharpe_confidence == pytest.approx(0.993187101596, rel=1e-8)
    assert 0.5 < found.drawdown_luck < 1.0, "a walk this volatile falls 15 % more often than not"
    assert (found.payoff_ratio, found.kelly) == (2.0, pytest.approx(0.25))
    flat = distribution(np.zeros(5), np.ones(5), 1.0, np.empty(0))
    assert math.isnan(flat.drawdown_luck)
