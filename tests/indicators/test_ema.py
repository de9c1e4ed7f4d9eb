import numpy as np
import pytest

from tests.indicators.reference_series import series_b
from tickwright.indicators import Ema, ema
from tickwright.indicators.ema import ema_warmup

PRICES = [25, 24.875, 24.781, 24.594, 24.5, 24.625, 25.219, 27.25]


def test_published_values_of_series_b():
    average = ema(series_b().close, 20)
    assert np.isnan(average[:19]).all()
    assert average[[19, 100, 251]] == pytest.approx([99.27625, 99.654848602254, 100.113223019998], rel=1e-10)


def test_seeded_with_the_mean_of_the_first_values_as_talib_does():
    # Seeding with the first value would give 25.654, pandas with adjust=True 25.680268.
    assert ema(PRICES, 5)[-1] == pytest.approx(25.669037, abs=5e-7)


def test_equal_prices_give_the_price_itself():
    assert (ema(np.full(300, 0.1), 49)[48:] == 0.1).all()


def test_warmup_is_the_window_and_the_time_the_seed_takes_to_fade_below_one_per_cent():
    n, alpha = 20, 2 / 21
    after = ema_warmup(n) - (n - 1)
    assert (1 - alpha) ** after < 0.01 <= (1 - alpha) ** (after - 1)
    assert Ema(n).warmup == ema_warmup(n)
