from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.indicators.reference_series import mixed_prices, ratios
from tickwright.indicators import rolling_sum
from tickwright.indicators.rolling_sum import RollingSum


@given(values=st.lists(mixed_prices, min_size=1, max_size=60), n=st.integers(1, 12))
def test_sums_of_prices_are_the_exact_decimal_sum_rounded_once(values, n):
    exact = [Fraction(repr(value)) for value in values]
    expected = [float(sum(exact[bar - n + 1 : bar + 1])) if bar >= n - 1 else np.nan for bar in range(len(values))]
    np.testing.assert_array_equal(rolling_sum(values, n), np.array(expected))


@given(values=st.lists(ratios, min_size=1, max_size=60), n=st.integers(1, 12))
def test_other_series_are_summed_as_floats(values, n):
    expected = [sum(values[bar - n + 1 : bar + 1]) if bar >= n - 1 else np.nan for bar in range(len(values))]
    np.testing.assert_allclose(rolling_sum(values, n), np.array(expected), atol=1e-8)


@pytest.mark.parametrize("bars", [19, 20, 531, 532, 533, 1600])
@pytest.mark.parametrize("n", [1, 20, 511, 513])
def test_a_long_series_summed_in_blocks_has_the_bits_of_the_sum_value_by_value(bars, n):
    values = np.round(np.random.default_rng(bars).normal(100, 30, bars), 2)
    online = RollingSum(n)
    np.testing.assert_array_equal(rolling_sum(values, n), [online.update(value) for value in values])


def test_a_spike_leaves_nothing_behind():
    values = np.array([1 / 3, 1e12 / 7, *[1 / 3] * 20])
    assert rolling_sum(values, 4)[-1] == pytest.approx(4 / 3, rel=1e-12)
