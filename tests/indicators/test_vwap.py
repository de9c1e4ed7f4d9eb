import numpy as np
import pytest

from tests.indicators.reference_series import BarArrays, series_b
from tickwright.indicators import vwap


def test_is_money_over_volume_of_the_window():
    bars = series_b()
    typical = (bars.high + bars.low + bars.close) / 3
    average = vwap(bars, 20)
    assert np.isnan(average[:19]).all()
    for bar in (19, 100, 251):
        window = slice(bar - 19, bar + 1)
        expected = np.average(typical[window], weights=bars.volume[window])
        assert average[bar] == pytest.approx(expected, rel=1e-12)


def test_a_window_without_trades_has_no_price():
    prices = np.full(4, 10.0)
    assert np.isnan(vwap(BarArrays(prices, prices, prices, np.zeros(4)), 2)).all()


def test_a_missing_bar_is_missing_in_price_and_volume():
    close = np.array([10.0, np.nan, 10.0, 10.0, 10.0])
    average = vwap(BarArrays(close, close, close, np.ones(5)), 2)
    assert np.array_equal(np.isnan(average), [True, True, True, False, False])
