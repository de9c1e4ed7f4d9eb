import numpy as np
import pytest
import talib

from tests.indicators.reference_series import BarArrays, series_b
from tickwright.indicators import williams_r


def test_published_values_of_series_b():
    index = williams_r(series_b(), 14)
    assert np.isnan(index[:13]).all()
    assert index[[13, 100, 251]] == pytest.approx([-71.286141575274, -69.587628865979, -78.469387755102], rel=1e-12)


def test_agrees_with_talib():
    bars = series_b()
    np.testing.assert_allclose(williams_r(bars, 5), talib.WILLR(bars.high, bars.low, bars.close, 5), rtol=1e-10)


def test_bars_of_one_price_stand_nowhere():
    flat = np.full(5, 3.0)
    assert np.isnan(williams_r(BarArrays(flat, flat, flat, flat), 3)).all()
