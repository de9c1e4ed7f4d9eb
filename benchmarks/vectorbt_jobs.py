"""The jobs in vectorbt 1.2, as its users write them; run by an interpreter that has vectorbt installed."""

from __future__ import annotations

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
    SWEEP_BARS,
    SWEEP_TRIALS,
    candles,
    grid,
)
from measuring import chosen, measure

ENGINE = sys.argv[2] if len(sys.argv) > 2 else "auto"  # auto: Rust wherever it can, else Numba
vbt.settings["engine"] = ENGINE


def frame(bars: int, seed: int = 1) -> pd.DataFrame:
    data = candles(bars, seed)
    index = pd.to_datetime(data.open_ns)
    return pd.DataFrame({"open": data.open, "close": data.close}, index=index)


def single(bars: int) -> float:
    data = frame(bars)
    fast, slow = vbt.MA.run(data["close"], 20).ma, vbt.MA.run(data["close"], 50).ma
    above = (fast > slow).vbt.signals.fshift(1)
    portfolio = vbt.Portfolio.from_signals(
        data["close"], above, ~above, price=data["open"], init_cash=CASH, fees=FEE, freq="1h"
    )
    return float(portfolio.final_value())


def sweep(trials: int, bars: int) -> float:
    data = frame(bars)
    pairs = grid(trials)
    windows = sorted({window for pair in pairs for window in pair})
    averages = {window: vbt.MA.run(data["close"], window).ma.to_numpy() for window in windows}
    above = np.zeros((bars, len(pairs)), bool)
    for column, (fast, slow) in enumerate(pairs):
        above[1:, column] = averages[fast][:-1] > averages[slow][:-1]
    portfolio = vbt.Portfolio.from_signals(
        data["close"], above, ~above, price=data["open"], init_cash=CASH, fees=FEE, freq="1h"
    )
    returns, drawdowns = portfolio.total_return(), portfolio.max_drawdown()
    return float(returns.max()) + 0.0 * float(drawdowns.min())


def portfolio(symbols: int, bars: int) -> float:
    frames = [frame(bars, seed) for seed in range(1, symbols + 1)]
    close = pd.concat([data["close"] for data in frames], axis=1, keys=range(symbols))
    opened = pd.concat([data["open"] for data in frames], axis=1, keys=range(symbols))
    fast, slow = close.rolling(20).mean(), close.rolling(50).mean()
    weights = ((fast > slow) / symbols).shift(1, fill_value=0.0)
    size = weights.where(weights != weights.shift(1, fill_value=0.0))
    held = vbt.Portfolio.from_orders(
        close, size, size_type="targetpercent", price=opened, init_cash=CASH, fees=FEE,
        cash_sharing=True, group_by=True, call_seq="auto", freq="1h",
    )  # fmt: skip
    return float(held.value().iloc[-1]) + 0.0 * float(held.max_drawdown())


chosen(
    {
        "single": lambda: measure("single", SINGLE_BARS, lambda: single(SINGLE_BARS), lambda: single(5000)),
        "sweep": lambda: measure(
            "sweep", SWEEP_TRIALS * SWEEP_BARS, lambda: sweep(SWEEP_TRIALS, SWEEP_BARS), lambda: sweep(40, 5000), 1
        ),
        "portfolio": lambda: measure(
            "portfolio",
            PORTFOLIO_SYMBOLS * PORTFOLIO_BARS,
            lambda: portfolio(PORTFOLIO_SYMBOLS, PORTFOLIO_BARS),
            lambda: portfolio(3, 5000),
            1,
        ),
    }
)
