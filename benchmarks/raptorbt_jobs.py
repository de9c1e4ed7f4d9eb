"""The jobs in raptorbt, as its users write them; `RAYON_NUM_THREADS` says how many threads a sweep takes."""

from __future__ import annotations

import numpy as np
import raptorbt
from jobs import CASH, FEE, SINGLE_BARS, SWEEP_BARS, SWEEP_TRIALS, Candles, candles, grid
from measuring import chosen, measure

CONFIG = raptorbt.BacktestConfig(initial_capital=CASH, fees=FEE, fill_timing="next_bar_open", periods_per_year=8760.0)


def columns(data: Candles) -> tuple[np.ndarray, ...]:
    """The arrays every call takes, timestamps first."""
    return data.open_ns, data.open, data.high, data.low, data.close, data.volume


def above(averages: dict[int, np.ndarray], fast: int, slow: int) -> np.ndarray:
    """Where the fast average is above the slow one."""
    return averages[fast] > averages[slow]


def single(bars: int) -> float:
    data = candles(bars)
    signal = above({window: raptorbt.sma(data.close, window) for window in (20, 50)}, 20, 50)
    result = raptorbt.run_single_backtest(*columns(data), signal, ~signal, config=CONFIG)
    return float(result.metrics.end_value)


def sweep(trials: int, bars: int) -> float:
    data, pairs = candles(bars), grid(trials)
    averages = {window: raptorbt.sma(data.close, window) for window in {window for pair in pairs for window in pair}}
    signals = (above(averages, *pair) for pair in pairs)
    items = [raptorbt.BatchSingleItem(str(place), signal, ~signal) for place, signal in enumerate(signals)]
    results = raptorbt.batch_single_backtest(*columns(data), items, config=CONFIG)
    return max(result.metrics.total_return_pct for _, result in results) / 100


chosen(
    {
        "single": lambda: measure("single", SINGLE_BARS, lambda: single(SINGLE_BARS), lambda: single(5000)),
        "sweep-all-cores": lambda: measure(
            "sweep-all-cores",
            SWEEP_TRIALS * SWEEP_BARS,
            lambda: sweep(SWEEP_TRIALS, SWEEP_BARS),
            lambda: sweep(40, 5000),
            2,
        ),
    }
)
