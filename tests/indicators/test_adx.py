import numpy as np
import pytest
import talib

from tests.indicators.reference_series import BarArrays, series_b
from tickwright.indicators import Adx, adx


@pytest.mark.parametrize("n", [2, 5, 14, 40])
def test_agrees_with_talib(n):
    bars = series_b()
    expected = talib.ADX(bars.high, bars.low, bars.close, n)
    assert np.array_equal(np.isnan(adx(bars, n)), np.isnan(expected))
    np.testing.assert_allclose(adx(bars, n), expected, rtol=1e-10)


def test_a_straight_rise_trends_fully_and_no_movement_not_at_all():
    rise = np.arange(1.0, 41.0)
    assert adx(BarArrays(rise + 1, rise, rise + 0.5, rise), 5)[-1] == pytest.approx(100.0)
    flat = np.full(40, 3.0)
    assert adx(BarArrays(flat, flat, flat, flat), 5)[-1] == 0.0


def test_a_missing_bar_begins_anew():
    bars = series_b()
    close = bars.close.copy()
    close[100] = np.nan
    holed = adx(BarArrays(bars.high, bars.low, close, bars.volume), 5)
    after = BarArrays(bars.high[101:], bars.low[101:], bars.close[101:], bars.volume[101:])
    assert np.array_equal(holed[101:], adx(after, 5), equal_nan=True)


def test_its_warmup_counts_both_seeds():
    assert Adx(14).warmup > 2 * 14 - 1
