import numpy as np
import pytest
import talib

from tests.indicators.reference_series import BarArrays, series_b
from tickwright.indicators import atr


def test_published_values_of_achelis():
    high = np.array([12.3125, 12.25, 12.3125, 12.2812, 12.375, 12.375])
    low = np.array([12.1875, 12.1562, 12.1875, 12.125, 12.125, 12.2812])
    close = np.array([12.25, 12.1875, 12.25, 12.1875, 12.375, 12.3125])
    average = atr(BarArrays(high, low, close, close), 4)
    # Achelis counts the first bar's own range and begins one bar earlier (0.1250); later values agree.
    assert average[4:] == pytest.approx([0.1563, 0.1406], abs=1e-4)


def test_published_values_of_series_b():
    average = atr(series_b(), 14)
    assert np.isnan(average[:14]).all()
    assert average[[14, 100, 251]] == pytest.approx([3.480357142857, 3.739931434411, 3.787496578705], rel=1e-10)


@pytest.mark.parametrize("n", [1, 2, 14, 60])
def test_agrees_with_talib(n):
    bars = series_b()
    expected = talib.ATR(bars.high, bars.low, bars.close, n)
    np.testing.assert_allclose(atr(bars, n), expected, rtol=1e-10)


def test_a_missing_bar_begins_the_average_anew():
    bars = series_b()
    close = bars.close.copy()
    close[100] = np.nan
    holed = atr(BarArrays(bars.high, bars.low, close, bars.volume), 14)
    after = BarArrays(bars.high[101:], bars.low[101:], bars.close[101:], bars.volume[101:])
    assert np.isnan(holed[100:115]).all()
    assert holed[115:] == pytest.approx(atr(after, 14)[14:], rel=1e-12)
