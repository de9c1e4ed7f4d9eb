import numpy as np
import pytest

from tests.indicators.reference_series import crossing_series
from tickwright.indicators import wilder

ACHELIS = [62.125, 61.125, 62.3438, 65.3125, 63.9688, 63.4375, 63, 63.7812, 63.4062, 63.4062, 62.4375, 61.8438]


def test_published_values_of_achelis():
    expected = [62.975, 63.0675, 63.054, 63.1995, 63.2408, 63.2739, 63.1066, 62.8540]
    assert wilder(ACHELIS, 5)[4:] == pytest.approx(expected, abs=5e-5)


def test_a_series_that_crosses_zero():
    average = wilder(crossing_series(), 14)
    expected = [-5.6785714286, -6.0140306122, -1.0137235373, 1.3261191125, 0.0131464567, 0.5096058108]
    assert average[[13, 14, 50, 150, 175, 251]] == pytest.approx(expected, abs=6e-11)


def test_alpha_is_one_over_n_and_the_seed_a_mean():
    values = crossing_series()
    expected = np.mean(values[:14])
    for value in values[14:]:
        expected = (expected * 13 + value) / 14
    assert wilder(values, 14)[-1] == pytest.approx(expected, rel=1e-12, abs=1e-12)
