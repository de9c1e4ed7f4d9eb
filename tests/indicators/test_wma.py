import numpy as np
import pytest

from tests.indicators.reference_series import same_bits, series_b
from tickwright.indicators import wma

ACHELIS = [25, 24.875, 24.7813, 24.5938, 24.5, 24.625, 25.2188, 27.25]


def test_published_values_of_achelis():
    assert wma(ACHELIS, 5)[4:] == pytest.approx([24.6646, 24.6229, 24.8042, 25.6396], abs=5e-5)


def test_published_values_of_series_b():
    average = wma(series_b().close, 20)
    assert average[[19, 100, 251]] == pytest.approx([99.842380952381, 99.723095238095, 100.241547619048], rel=1e-12)


def test_equal_values_give_the_value_itself():
    assert same_bits(wma(np.full(60, 0.1), 49)[48:], np.full(12, 0.1))
