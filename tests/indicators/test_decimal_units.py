import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwright.indicators.decimal_units import (
    factors_of_columns,
    is_exact,
    tell_units,
    tell_units_of_columns,
    units_of,
)
from tickwright.indicators.memo import recording
from tickwright.indicators.sma import Sma, sma


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


@given(units=st.lists(st.integers(1, 2**50), min_size=1, max_size=30), scale=st.integers(0, 11))
def test_numbers_made_from_whole_numbers_are_exact_under_the_scale_they_were_made_with(units, scale):
    values = np.array(units, np.int64) / 10.0**scale
    assert all(is_exact(value, 10.0**scale, 2.0**50) for value in values)


def test_a_series_whose_units_were_told_is_not_searched_and_gives_the_same_averages():
    units = np.array([100_000, 100_250, 99_990, 100_010, 100_500])
    values = units / 1000.0
    values.flags.writeable = False
    online = Sma(3)
    with recording():
        tell_units(values, 3, int(units.min()), int(units.max()))
        assert units_of(values, 3) == (1000.0, 99_990.0, 100_500.0)
        np.testing.assert_array_equal(sma(values, 3), [online.update(value) for value in values])
    assert units_of(values, 3).factor == 100


@pytest.mark.parametrize(("scale", "highest"), [(12, 10), (2, 2**50 + 1)])
def test_units_too_fine_or_too_large_to_be_exact_are_searched_for(scale, highest):
    values = np.array([1 / 3, 0.5])
    values.flags.writeable = False
    with recording():
        tell_units(values, scale, 1, highest)
        tell_units_of_columns(values.reshape(1, 2), [scale, 1], [1, 1], [highest, 1])
        assert units_of(values, 2).factor == 0


def test_a_panel_whose_units_were_told_is_not_searched():
    panel = np.array([[1.5, 20.0], [2.5, 21.0]])
    panel.flags.writeable = False
    with recording():
        tell_units_of_columns(panel, [2, 1], [150, 200], [250, 210])
        assert factors_of_columns(panel, 2).tolist() == [100.0, 10.0]
    assert factors_of_columns(panel, 2).tolist() == [10.0, 1.0]
