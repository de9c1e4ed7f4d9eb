import numpy as np
import talib

from tests.indicators.reference_series import BarArrays, series_b
from tickwright.indicators import obv


def test_agrees_with_talib():
    bars = series_b()
    assert np.array_equal(obv(bars), talib.OBV(bars.close, bars.volume))


def test_a_missing_bar_is_skipped_and_the_total_goes_on():
    close, volume = np.array([1.0, np.nan, 2.0, 1.0]), np.array([5.0, 7.0, 3.0, np.inf])
    total = obv(BarArrays(close, close, close, volume))
    assert np.array_equal(total, [5.0, np.nan, 8.0, np.nan], equal_nan=True)
