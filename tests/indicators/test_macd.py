import numpy as np
import pytest
import talib

from tests.indicators.reference_series import same_bits, series_b
from tickwright.domain.errors import UsageError
from tickwright.indicators import Macd, macd


@pytest.mark.parametrize(("fast", "slow", "signal"), [(12, 26, 9), (3, 10, 5), (2, 40, 2)])
def test_agrees_with_talib_which_shows_all_lines_from_the_first_signal_on(fast, slow, signal):
    ours, (line, mean, histogram) = (
        macd(series_b().close, fast, slow, signal),
        talib.MACD(series_b().close, fast, slow, signal),
    )
    assert np.array_equal(np.isnan(ours.signal), np.isnan(line))
    assert np.isnan(ours.line[: slow - 1]).all()
    known = ~np.isnan(line)
    np.testing.assert_allclose(ours.line[known], line[known], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(ours.signal[known], mean[known], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(ours.histogram[known], histogram[known], rtol=1e-8, atol=1e-12)


def test_batch_is_the_online_update_to_the_last_bit_over_a_hole():
    close = series_b().close.copy()
    close[100] = np.nan
    online = Macd(5, 12, 4)
    rows = [online.update(value) for value in close]
    lines = macd(close, 5, 12, 4)
    assert same_bits(lines.line, [row[0] for row in rows])
    assert same_bits(lines.signal, [row[1] for row in rows])
    assert np.isnan(lines.line[100:112]).all()


def test_the_fast_average_must_be_the_shorter_one():
    with pytest.raises(UsageError, match="fast below slow"):
        macd([1.0], 26, 12)
    with pytest.raises(UsageError, match="fast below slow"):
        Macd(9, 9)
