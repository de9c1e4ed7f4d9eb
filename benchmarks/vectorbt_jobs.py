"""The jobs in vectorbt 1.2, as its users write them; run by an interpreter that has vectorbt installed."""

from __future__ import annotations

import gc
import sys

import numpy as np
import pandas as pd
import vectorbt as vbt
from jobs import (
    CASH,
    FEE,
    PORTFOLIO_BARS,
    PORTFOLIO_SYMBOLS,
    SINGLE_BARS,
    STOP,
    SWEEP_BARS,
    SWEEP_TRIALS,
    TARGET,
    candles,
    grid,
)
from measuring import chosen, measure

CHUNK = 100
ENGINE = sys.argv[2] if len(sys.argv) > 2 else "auto"  # auto: Rust wherever it can, else Numba
vbt.settings["engine"] = ENGINE


def frame(bars: int, seed: int = 1) -> pd.DataFrame:
    data = candles(bars, seed)
    index = pd.to_datetime(data.open_ns)
    columns = {"open": data.open, "high": data.high, "low": data.low, "close": data.close}
    return pd.DataFrame(columns, index=index)


def single(data: pd.DataFrame) -> float:
    fast, slow = vbt.MA.run(data["close"], 20).ma, vbt.MA.run(data["close"], 50).ma
    above = (fast > slow).vbt.signals.fshift(1)
    portfolio = vbt.Portfolio.from_signals(
        data["close"], above, ~above, price=data["open"], init_cash=CASH, fees=FEE, freq="1h"
    )
    return float(portfolio.final_value())


def sweep(data: pd.DataFrame, trials: int, exits: bool) -> float:
    """In chunks of columns, which is faster and takes less memory than all at once."""
    pairs, best = grid(trials), -1.0
    windows = sorted({window for pair in pairs for window in pair})
    averages = {window: vbt.MA.run(data["close"], window).ma.to_numpy() for window in windows}
    for start in range(0, len(pairs), CHUNK):
        held = portfolio_of(data, averages, pairs[start : start + CHUNK], exits)
        returns, drawdowns = held.total_return(), held.max_drawdown()
        best = max(best, float(returns.max()) + 0.0 * float(drawdowns.min()))
        del held, returns, drawdowns
        gc.collect()
    return best


def portfolio_of(
    data: pd.DataFrame, averages: dict[int, np.ndarray], pairs: list[tuple[int, int]], exits: bool
) -> vbt.Portfolio:
    """One column per pair; with exits it enters at crossings alone, so that a stopped trade stays stopped."""
    above = np.zeros((len(data), len(pairs)), bool)
    for column, (fast, slow) in enumerate(pairs):
        above[1:, column] = averages[fast][:-1] > averages[slow][:-1]
    if not exits:
        return vbt.Portfolio.from_signals(
            data["close"], above, ~above, price=data["open"], init_cash=CASH, fees=FEE, freq="1h"
        )
    crossing = above.copy()
    crossing[1:] &= ~above[:-1]
    return vbt.Portfolio.from_signals(
        data["close"], crossing, ~above, price=data["open"], init_cash=CASH, fees=FEE, freq="1h",
        open=data["open"], high=data["high"], low=data["low"], sl_stop=STOP, tp_stop=TARGET,
        stop_entry_price="fillprice",
    )  # fmt: skip


def panel(bars: int, symbols: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Closes and opens of many symbols, one column each."""
    frames = [frame(bars, seed) for seed in range(1, symbols + 1)]
    close = pd.concat([data["close"] for data in frames], axis=1, keys=range(symbols))
    opened = pd.concat([data["open"] for data in frames], axis=1, keys=range(symbols))
    return close, opened


def portfolio(close: pd.DataFrame, opened: pd.DataFrame) -> float:
    symbols = close.shape[1]
    fast, slow = close.rolling(20).mean(), close.rolling(50).mean()
    weights = ((fast > slow) / symbols).shift(1, fill_value=0.0)
    size = weights.where(weights != weights.shift(1, fill_value=0.0))
    held = vbt.Portfolio.from_orders(
        close, size, size_type="targetpercent", price=opened, init_cash=CASH, fees=FEE,
        cash_sharing=True, group_by=True, call_seq="auto", freq="1h",
    )  # fmt: skip
    return float(held.value().iloc[-1]) + 0.0 * float(held.max_drawdown())


def run_single() -> None:
    data, short = frame(SINGLE_BARS), frame(5000)
    measure("single", SINGLE_BARS, lambda: single(data), lambda: single(short))


def run_sweep(exits: bool) -> None:
    data, short = frame(SWEEP_BARS), frame(5000)
    units = SWEEP_TRIALS * SWEEP_BARS
    measure("sweep", units, lambda: sweep(data, SWEEP_TRIALS, exits), lambda: sweep(short, 40, exits), 1)


def run_portfolio() -> None:
    data, short = panel(PORTFOLIO_BARS, PORTFOLIO_SYMBOLS), panel(5000, 3)
    units = PORTFOLIO_SYMBOLS * PORTFOLIO_BARS
    measure("portfolio", units, lambda: portfolio(*data), lambda: portfolio(*short), 2)


chosen(
    {
        "single": run_single,
        "sweep": lambda: run_sweep(False),
        "sweep-exits": lambda: run_sweep(True),
        "portfolio": run_portfolio,
    }
)
