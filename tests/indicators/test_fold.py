"""Laws every indicator keeps: batch is online, holes are NaN and begin anew, nothing looks ahead, inputs stay."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

import tickwright.indicators as indicators
from tests.indicators.reference_series import BarArrays, any_series, prices, same_bits, series, series_b
from tickwright.domain.errors import UsageError
from tickwright.indicators.fold import Fold, fold_arrays

OF_VALUES = [
    "sma", "ema", "wma", "wilder", "rsi", "roc", "zscore", "rolling_sum", "rolling_max", "rolling_min", "rolling_std",
]  # fmt: skip
OF_BARS = {
    "true_range": ("high", "low", "close"),
    "atr": ("high", "low", "close"),
    "adx": ("high", "low", "close"),
    "williams_r": ("high", "low", "close"),
    "obv": ("close", "volume"),
    "vwap": ("high", "low", "close", "volume"),
}
OF_SEVERAL_LINES = {"donchian", "bollinger", "macd"}  # their own tests hold them to the same laws
TALIB = {
    "sma": talib.SMA,
    "wma": talib.WMA,
    "ema": talib.EMA,
    "rsi": talib.RSI,
    "roc": talib.ROC,
    "rolling_sum": talib.SUM,
    "rolling_max": talib.MAX,
    "rolling_min": talib.MIN,
    "rolling_std": talib.STDDEV,
}


def online_of(name: str) -> type[Fold]:
    return getattr(indicators, "".join(part.capitalize() for part in name.split("_")))


def test_every_array_function_has_its_online_twin_and_a_law_below():
    functions = {name for name in indicators.__all__ if inspect.isfunction(getattr(indicators, name))}
    assert functions == {*OF_VALUES, *OF_BARS, *OF_SEVERAL_LINES}
    assert all(hasattr(online_of(name), "update") for name in functions)


@pytest.mark.parametrize("name", OF_VALUES)
@settings(max_examples=60)
@given(values=any_series, n=st.integers(2, 9))
def test_batch_is_the_online_update_to_the_last_bit(name, values, n):
    online = online_of(name)(n)
    batch = getattr(indicators, name)(values, n)
    assert same_bits(batch, np.array([online.update(value) for value in values]))


@pytest.mark.parametrize("name", sorted(OF_BARS))
@settings(max_examples=60)
@given(close=any_series, n=st.integers(2, 9))
def test_batch_is_the_online_update_to_the_last_bit_for_bars(name, close, n):
    spread = np.abs(np.where(np.isfinite(close), close, 1.0)) * 0.01
    bars = BarArrays(close + spread, close - spread, close, np.abs(np.where(np.isfinite(close), close, 1.0)))
    lengths = () if name in ("true_range", "obv") else (n,)
    online = online_of(name)(*lengths)
    batch = getattr(indicators, name)(bars, *lengths)
    columns = [getattr(bars, column) for column in OF_BARS[name]]
    assert same_bits(batch, [online.update(*row) for row in zip(*columns, strict=True)])


@pytest.mark.parametrize("name", OF_VALUES)
@settings(max_examples=30)
@given(values=any_series, n=st.integers(2, 9), cut=st.integers(0, 80))
def test_the_result_at_a_bar_never_changes_when_later_bars_arrive(name, values, n, cut):
    batch = getattr(indicators, name)
    assert same_bits(batch(values[:cut], n), batch(values, n)[:cut])


@pytest.mark.parametrize("name", [name for name in OF_VALUES if name != "roc"])
@settings(max_examples=30)
@given(before=series(prices), after=st.lists(prices, max_size=40), n=st.integers(2, 9))
def test_a_missing_value_is_nan_and_begins_the_history_anew(name, before, after, n):
    batch = getattr(indicators, name)
    whole = batch(np.array([*before, np.nan, *after]), n)
    assert np.isnan(whole[len(before)])
    np.testing.assert_allclose(whole[len(before) + 1 :], batch(np.array(after), n), rtol=1e-12)


@pytest.mark.parametrize("name", ["sma", "rolling_sum", "rolling_max", "rolling_min", "rolling_std", "zscore"])
@settings(max_examples=30)
@given(before=st.lists(prices, max_size=60), window=st.lists(prices, min_size=9, max_size=9))
def test_a_window_of_prices_gives_the_same_bits_whatever_came_before(name, before, window):
    online = online_of(name)(9)
    for value in before:
        online.update(value)
    late = [online.update(value) for value in window][-1]
    assert same_bits([late], getattr(indicators, name)(window, 9)[-1:])


@pytest.mark.parametrize("name", sorted(TALIB))
@pytest.mark.parametrize("n", [2, 5, 14, 60])
def test_agrees_with_talib(name, n):
    close = series_b().close
    ours, theirs = getattr(indicators, name)(close, n), TALIB[name](close, n)
    assert np.array_equal(np.isnan(ours), np.isnan(theirs))
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)


@pytest.mark.parametrize("name", OF_VALUES)
def test_warmup_names_the_values_before_the_first_dependable_result(name):
    online = online_of(name)(5)
    results = [online.update(value) for value in series_b().close[: online.warmup + 1]]
    assert not np.isnan(results[-1])
    if name not in ("ema", "wilder", "rsi"):  # recursive averages declare more than they need for a first number
        assert np.isnan(results[:-1]).all()


@pytest.mark.parametrize("name", OF_VALUES)
def test_panels_are_folded_column_by_column(name):
    bars = series_b()
    panel = np.column_stack([bars.close, bars.high, bars.low])
    batch = getattr(indicators, name)
    whole = batch(panel, 14)
    assert whole.shape == panel.shape
    for column in range(3):
        assert same_bits(whole[:, column], batch(panel[:, column].copy(), 14))


@pytest.mark.parametrize("name", OF_VALUES)
def test_inputs_are_left_as_they_were(name):
    values = series_b().close
    kept = values.copy()
    getattr(indicators, name)(values, 14)
    assert same_bits(values, kept)


@pytest.mark.parametrize("name", OF_VALUES)
@pytest.mark.parametrize("n", [0, -1, 2.5, True])
def test_a_window_that_is_not_a_whole_number_of_bars_is_refused(name, n):
    with pytest.raises(UsageError, match="window"):
        getattr(indicators, name)([1.0, 2.0], n)


@pytest.mark.parametrize("name", OF_VALUES)
@pytest.mark.parametrize("values", [[], [1.0], [np.nan], [np.inf, 1.0]])
def test_short_series_have_no_result(name, values):
    assert np.isnan(getattr(indicators, name)(values, 5)).all()


def test_whole_numbers_and_flags_are_numbers():
    assert indicators.sma([1, 2, 3], 2).tolist()[1:] == [1.5, 2.5]
    assert indicators.sma(np.array([True, False]), 2)[-1] == 0.5


def test_text_is_refused():
    with pytest.raises(UsageError, match="expected numbers"):
        indicators.sma(["a", "b"], 2)


def test_series_of_different_lengths_are_refused():
    with pytest.raises(UsageError, match="different shapes"):
        fold_arrays("pair", lambda left, right: left, ([1.0], [1.0, 2.0]), (), 0)


def test_an_array_of_three_dimensions_is_refused():
    with pytest.raises(UsageError, match="3 dimensions"):
        indicators.sma(np.zeros((2, 2, 2)), 2)
