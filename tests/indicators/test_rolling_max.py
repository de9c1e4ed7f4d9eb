import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.indicators.reference_series import ratios
from tickwright.indicators import rolling_max, rolling_min


@given(values=st.lists(ratios, max_size=60), n=st.integers(1, 12))
def test_equals_the_plain_maximum_of_every_window(values, n):
    expected = [max(values[bar - n + 1 : bar + 1]) if bar >= n - 1 else np.nan for bar in range(len(values))]
    np.testing.assert_array_equal(rolling_max(values, n), np.array(expected))


@given(values=st.lists(ratios, max_size=60), n=st.integers(1, 12))
def test_the_lowest_is_the_highest_of_the_negatives(values, n):
    np.testing.assert_array_equal(rolling_min(values, n), -rolling_max(-np.array(values, np.float64), n))
