import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.indicators.reference_series import prices, ratios, same_bits, series_b
from tickwright.domain.errors import UsageError
from tickwright.indicators import RollingStd, rolling_std, sma


def test_published_bollinger_band_of_achelis():
    closes = [31.875, 32.125, 32.3125, 32.125, 31.875]
    upper = sma(closes, 5) + 2 * rolling_std(closes, 5)
    assert upper[-1] == pytest.approx(32.3979, abs=5e-5)


def test_published_bollinger_bands_of_series_b():
    close = series_b().close
    upper = sma(close, 20) + 2 * rolling_std(close, 20)
    assert upper[[19, 100, 251]] == pytest.approx([104.724723983603, 105.955931704435, 106.177849652046], rel=1e-10)


@given(values=st.lists(prices, min_size=2, max_size=40))
def test_deviation_of_prices_is_that_of_exact_arithmetic(values):
    expected = statistics.pstdev([round(value * 100) for value in values]) / 100
    assert rolling_std(values, len(values))[-1] == pytest.approx(expected, rel=1e-14)


@given(values=st.lists(ratios, min_size=2, max_size=40))
def test_the_sample_deviation_divides_by_one_less(values):
    expected = statistics.stdev(values)
    assert rolling_std(values, len(values), ddof=1)[-1] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("price", [0.1, 1 / 3, 61234.56, 1e14 / 3])
def test_equal_values_deviate_by_exactly_nothing(price):
    values = np.concatenate(([5.0, 7.0, 1 / 7], np.full(30, price)))
    assert (rolling_std(values, 5)[7:] == 0).all()


def test_many_decimals_over_a_wide_range_go_over_to_floats():
    values = np.array([60_000.12345678, 3_000.87654321, 61_000.11111111, 59_000.99999999, 60_500.5])
    assert rolling_std(values, 4)[-1] == pytest.approx(statistics.pstdev(values[1:]), rel=1e-9)


def test_a_jump_in_price_keeps_batch_and_online_equal():
    values = np.concatenate((np.arange(50) + 0.25, np.arange(50) * 1e6 + 0.01, np.arange(50) + 0.5))
    online = RollingStd(7)
    assert same_bits(rolling_std(values, 7), [online.update(value) for value in values])


def test_other_degrees_of_freedom_are_refused():
    with pytest.raises(UsageError, match="ddof"):
        rolling_std([1.0, 2.0], 2, ddof=2)
