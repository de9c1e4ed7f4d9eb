import numpy as np
import pytest

from tickwright.indicators.decimal_units import units_of


@pytest.mark.parametrize(
    ("values", "factor"),
    [([1.0, 2.0], 1), ([0.1, 5.0], 10), ([60_000.01, 3.5], 100), ([0.00001234], 1e8), ([-0.5, 0.25], 100)],
)
def test_the_factor_is_the_least_that_makes_every_value_whole(values, factor):
    assert units_of(np.array(values), 20).factor == factor


@pytest.mark.parametrize("values", [[1 / 3], [1.0, np.nan], [np.inf], [1e16], [], [2.0**0.5]])
def test_numbers_without_a_decimal_scale_have_none(values):
    assert units_of(np.array(values, np.float64), 20).factor == 0


def test_sums_that_would_exceed_exact_integers_have_none():
    values = np.array([4e13 + 0.5])
    assert units_of(values, 2).factor == 10
    assert units_of(values, 1000).factor == 0
