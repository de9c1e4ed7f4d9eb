import numpy as np
import talib

from tests.indicators.reference_series import BarArrays, series_b
from tickwright.indicators import true_range


def test_a_gap_widens_the_range_to_the_previous_close():
    bars = BarArrays(np.array([10.0, 15.0, 9.0]), np.array([9.0, 14.0, 8.0]), np.array([9.5, 14.5, 8.5]), np.ones(3))
    assert true_range(bars).tolist()[1:] == [15.0 - 9.5, 14.5 - 8.0]


def test_agrees_with_talib():
    bars = series_b()
    np.testing.assert_allclose(true_range(bars), talib.TRANGE(bars.high, bars.low, bars.close), rtol=1e-12)
