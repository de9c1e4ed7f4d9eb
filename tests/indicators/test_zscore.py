import numpy as np
import pytest

from tests.indicators.reference_series import series_b
from tickwright.indicators import rolling_std, sma, zscore


def test_is_the_distance_from_the_average_in_deviations():
    close = series_b().close
    expected = (close - sma(close, 20)) / rolling_std(close, 20)
    assert zscore(close, 20)[19:] == pytest.approx(expected[19:], rel=1e-12)


def test_is_unknown_where_all_values_are_equal():
    assert np.isnan(zscore([3.0, 3.0, 3.0], 3)).all()
