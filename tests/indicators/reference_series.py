"""Series the indicator tests share: the oracle's series B, and hypothesis' prices and returns with holes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

NAN = float("nan")


@dataclass(frozen=True)
class BarArrays:
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray

    def __getitem__(self, bar: int) -> tuple[float, float, float]:
        return self.high[bar], self.low[bar], self.close[bar]


def crossing_series() -> np.ndarray:
    """x_i = (((37 i) mod 401) − 200) / 8, i = 0 … 251: crosses zero."""
    return (((37 * np.arange(252)) % 401) - 200) / 8


def series_b() -> BarArrays:
    i = np.arange(252)
    close = 100 + crossing_series() / 5
    return BarArrays(
        high=close + 1 + ((13 * i) % 17) / 16,
        low=close - 1 - ((7 * i) % 13) / 16,
        close=close,
        volume=1000.0 + 10 * ((53 * i) % 199),
    )


# Prices as exchanges send them: whole units on one scale or on several; and numbers no decimal scale fits.
prices = st.integers(1, 9_000_000).map(lambda units: units / 100)
mixed_prices = st.builds(lambda units, scale: units / 10**scale, st.integers(1, 10**7), st.integers(0, 6))
ratios = st.floats(-1e6, 1e6, allow_subnormal=False)
missing = st.sampled_from([NAN, float("inf"), -float("inf")])


def series(values: st.SearchStrategy[float]) -> st.SearchStrategy[np.ndarray]:
    holed = st.one_of(*[values] * 9, missing)
    return st.lists(st.one_of(values, holed), max_size=80).map(lambda rows: np.array(rows, np.float64))


any_series = st.one_of(series(prices), series(mixed_prices), series(ratios), series(st.just(0.1)))


def same_bits(left: np.ndarray, right: np.ndarray) -> bool:
    """Equal to the last bit, NaN being NaN."""
    left, right = np.asarray(left, np.float64), np.asarray(right, np.float64)
    known = ~np.isnan(left)
    return np.array_equal(known, ~np.isnan(right)) and np.array_equal(
        left[known].view(np.int64), right[known].view(np.int64)
    )
