import numpy as np
import pytest

from tests.indicators.reference_series import series_b
from tickwright.indicators import rsi

ACHELIS = [
    37.875, 39.5, 38.75, 39.8125, 40, 39.875, 40.1875, 41.25, 41.125, 41.625,
    41.25, 40.1875, 39.9375, 39.9375, 40.5, 41.9375, 42.25, 42.25, 41.875, 41.875,
]  # fmt: skip


def test_published_values_of_achelis():
    expected = [
        76.6667, 78.8679, 84.9158, 81.4863, 84.5968, 73.0851, 49.3173, 45.0119,
        45.0119, 57.9252, 75.9596, 78.4676, 78.4676, 65.6299, 65.6299,
    ]  # fmt: skip
    assert rsi(ACHELIS, 5)[5:] == pytest.approx(expected, abs=5e-5)


def test_published_values_of_series_b():
    index = rsi(series_b().close, 14)
    assert np.isnan(index[:14]).all()
    assert index[[14, 100, 251]] == pytest.approx([56.923076923077, 44.834236083951, 42.907244184499], rel=1e-10)


def test_only_gains_is_100_and_only_losses_is_0():
    assert rsi([1.0, 2.0, 3.0, 4.0], 2)[2:].tolist() == [100.0, 100.0]
    assert rsi([4.0, 3.0, 2.0, 1.0], 2)[2:].tolist() == [0.0, 0.0]


def test_without_any_change_it_is_50_neither_bought_nor_sold():
    assert rsi([5.0] * 6, 3)[3:].tolist() == [50.0] * 3


def test_tiny_prices_are_not_mistaken_for_no_change():
    tiny = np.array(ACHELIS) * 1e-14
    assert rsi(tiny, 5)[5:] == pytest.approx(rsi(ACHELIS, 5)[5:], rel=1e-9)
