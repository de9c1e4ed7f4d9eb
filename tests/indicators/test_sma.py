import numpy as np
import pytest

from tests.indicators.reference_series import crossing_series, same_bits, series_b
from tickwright.indicators import Sma, sma


def test_published_values_of_series_b():
    average = sma(series_b().close, 20)
    assert np.isnan(average[:19]).all()
    assert average[[19, 100, 251]] == pytest.approx([99.27625, 100.01625, 100.34375], rel=1e-12)


def test_equal_prices_give_the_price_itself_for_every_window():
    for price in (0.1, 19999.99, 0.00001234, 0.7):
        for n in (3, 7, 49, 60):
            assert same_bits(sma(np.full(120, price), n)[n - 1 :], np.full(121 - n, price))


def test_averages_of_decimals_are_the_decimals_people_expect():
    assert sma([0.1, 0.2, 0.3], 3)[-1] == 0.2  # (0.1 + 0.2 + 0.3) / 3 as floats is 0.20000000000000004


def test_a_million_bars_later_the_sum_has_not_drifted():
    rng = np.random.default_rng(7)
    prices = np.round(20_000 * np.exp(np.cumsum(rng.normal(0, 1e-3, 200_000))), 2)
    late = sma(prices, 50)[-1]
    assert late == sma(prices[-50:], 50)[-1] == round(sum(round(price * 100) for price in prices[-50:])) / 5000


def test_numbers_no_decimal_fits_are_averaged_as_floats():
    values = crossing_series() / 3
    assert sma(values, 7)[-1] == pytest.approx(values[-7:].mean(), rel=1e-14)


def test_prices_that_become_finer_on_the_way_stay_exact():
    prices = [100.0, 101.0, 100.5, 100.25, 100.125, 99.0]
    online = Sma(3)
    assert [online.update(price) for price in prices][2:] == [301.5 / 3, 301.75 / 3, 300.875 / 3, 299.375 / 3]


def test_numbers_too_large_for_exact_integers_are_averaged_as_floats():
    values = np.array([1e15 + 0.5, 1e15, 3e15, 2e15])
    assert sma(values, 2)[1:] == pytest.approx([1e15, 2e15, 2.5e15], rel=1e-14)
