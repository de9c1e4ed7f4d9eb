"""The jobs in raptorbt, as its users write them; `RAYON_NUM_THREADS` says how many threads a sweep takes."""

from __future__ import annotations

import numpy as np
import raptorbt
from jobs import CALLBACK_BARS, CASH, FEE, SINGLE_BARS, SWEEP_BARS, SWEEP_TRIALS, Candles, candles, grid
from measuring import chosen, measure

CONFIG = raptorbt.BacktestConfig(initial_capital=CASH, fees=FEE, fill_timing="next_bar_open", periods_per_year=8760.0)


def columns(data: Candles) -> tuple[np.ndarray, ...]:
    """The arrays every call takes, timestamps first."""
    return data.open_ns, data.open, data.high, data.low, data.close, data.volume


def above(averages: dict[int, np.ndarray], fast: int, slow: int) -> np.ndarray:
    """Where the fast average is above the slow one."""
    return averages[fast] > averages[slow]


def single(data: Candles) -> float:
    signal = above({window: raptorbt.sma(data.close, window) for window in (20, 50)}, 20, 50)
    result = raptorbt.run_single_backtest(*columns(data), signal, ~signal, config=CONFIG)
    return float(result.metrics.end_value)


def sweep(data: Candles, trials: int) -> float:
    pairs = grid(trials)
    averages = {window: raptorbt.sma(data.close, window) for window in {window for pair in pairs for window in pair}}
    signals = (above(averages, *pair) for pair in pairs)
    items = [raptorbt.BatchSingleItem(str(place), signal, ~signal) for place, signal in enumerate(signals)]
    results = raptorbt.batch_single_backtest(*columns(data), items, config=CONFIG)
    return max(result.metrics.total_return_pct for _, result in results) / 100


class Cross(raptorbt.Strategy):
    """Its Python strategy: averages computed at the start, one call per bar."""

    def on_start(self, ctx):
        """Both averages over the whole series, as its documentation advises."""
        self.fast, self.slow = raptorbt.sma(ctx.close, 20), raptorbt.sma(ctx.close, 50)

    def on_bar(self, ctx):
        """Hold while the fast average is above the slow one."""
        above = self.fast[ctx.idx] > self.slow[ctx.idx]
        if above and ctx.is_flat:
            self.enter()
        elif not above and not ctx.is_flat:
            self.close_position()


def callback(data: Candles) -> float:
    result = raptorbt.run_strategy_backtest(Cross(), *columns(data), config=CONFIG)
    return float(result.metrics.end_value)


def run_callback() -> None:
    data, short = candles(CALLBACK_BARS), candles(5000)
    measure("callback", CALLBACK_BARS, lambda: callback(data), lambda: callback(short))


def run_single() -> None:
    data, short = candles(SINGLE_BARS), candles(5000)
    measure("single", SINGLE_BARS, lambda: single(data), lambda: single(short))


def run_sweep() -> None:
    data, short = candles(SWEEP_BARS), candles(5000)
    units = SWEEP_TRIALS * SWEEP_BARS
    measure("sweep-all-cores", units, lambda: sweep(data, SWEEP_TRIALS), lambda: sweep(short, 40), 2)


chosen({"single": run_single, "sweep-all-cores": run_sweep, "callback": run_callback})
