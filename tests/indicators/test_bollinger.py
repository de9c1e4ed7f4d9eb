import numpy as np
import pytest
import talib

from tests.indicators.reference_series import same_bits, series_b
from tickwright.indicators import Bollinger, bollinger


def test_published_bands_of_series_b():
    bands = bollinger(series_b().close, 20)
    assert bands.upper[[19, 100, 251]] == pytest.approx([104.724723983603, 105.955931704435, 106.177849652046])
    assert bands.lower[[19, 100, 251]] == pytest.approx([93.827776016397, 94.076568295565, 94.509650347954])


def test_agrees_with_talib():
    close = series_b().close
    for ours, theirs in zip(bollinger(close, 14, 2.5), talib.BBANDS(close, 14, 2.5, 2.5), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10)


def test_batch_is_the_online_update_to_the_last_bit():
    close, online = series_b().close, Bollinger(14)
    rows = [online.update(value) for value in close]
    assert all(same_bits(line, [row[place] for row in rows]) for place, line in enumerate(bollinger(close, 14)))
    assert online.warmup == 13
