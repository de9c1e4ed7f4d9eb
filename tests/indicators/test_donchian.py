import numpy as np

from tests.indicators.reference_series import same_bits, series_b
from tickwright.indicators import Donchian, donchian


def test_edges_are_the_extremes_of_the_bars_this_one_included():
    bars = series_b()
    channel = donchian(bars, 20)
    assert np.isnan(channel.upper[:19]).all()
    for bar in (19, 100, 251):
        window = slice(bar - 19, bar + 1)
        assert channel.upper[bar] == bars.high[window].max()
        assert channel.lower[bar] == bars.low[window].min()
        assert channel.middle[bar] == (channel.upper[bar] + channel.lower[bar]) / 2


def test_warmup_is_all_but_one_bar_of_the_window():
    assert Donchian(20).warmup == 19


def test_batch_is_the_online_update_to_the_last_bit():
    bars, online = series_b(), Donchian(7)
    rows = [online.update(high, low) for high, low in zip(bars.high, bars.low, strict=True)]
    channel = donchian(bars, 7)
    assert same_bits(channel.upper, [upper for upper, _ in rows])
    assert same_bits(channel.lower, [lower for _, lower in rows])
