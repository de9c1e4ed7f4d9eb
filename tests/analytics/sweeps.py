"""A small sweep made of single runs: sums in place of their curves."""

from __future__ import annotations

import numpy as np

from tests.analytics.runs import MONEY_SCALE, Deal, run_of
from tickwright.analytics.returns import simple_returns
from tickwright.analytics.summary import summarise
from tickwright.analytics.trades import closed, trades
from tickwright.domain.run import RunResult, SweepResult
from tickwright.domain.timestamp import HOUR

PRICES = [np.round(100 + 30 * np.sin(np.arange(400) * 0.7), 2).tolist()]
TRIALS = [
    run_of([Deal(k, 3.0 if k % 2 else -3.0, fee=0.25) for k in range(1, last)], PRICES, rejected=last % 3)
    for last in (1, 2, 41, 42, 300)
]


def sweep_of(runs: list[RunResult]) -> SweepResult:
    """What a sweep keeps of runs: sums instead of curves."""

    def ints(values: list[float]) -> np.ndarray:
        return np.array([round(value) for value in values], np.int64)

    returns = [simple_returns(run.equity.astype(float), float(run.initial_cash)) for run in runs]
    tables = [closed(trades(run)) for run in runs]
    money = 10.0**MONEY_SCALE
    statistics = [summarise(run) for run in runs]
    return SweepResult(
        trials=tuple({"last": place} for place in range(len(runs))),
        invalid=0,
        bars=runs[0].bars,
        initial_cash=runs[0].initial_cash,
        money_scale=MONEY_SCALE,
        period_ns=HOUR,
        periods=runs[0].bars,
        final_equity=ints([run.equity[-1] for run in runs]),
        total_return=np.array([item.total_return for item in statistics]),
        max_drawdown=np.array([item.max_drawdown for item in statistics]),
        return_sum=np.array([r.sum() for r in returns]),
        return_sum_squares=np.array([(r**2).sum() for r in returns]),
        orders=ints([item.orders for item in statistics]),
        fills=ints([item.fills for item in statistics]),
        rejected=ints([item.rejected for item in statistics]),
        trades=ints([len(table) for table in tables]),
        open_trades=ints([item.open_trades for item in statistics]),
        wins=ints([np.sum(table["pnl"] > 0) for table in tables]),
        gross_profit=ints([money * table["pnl"][table["pnl"] > 0].sum() for table in tables]),
        gross_loss=ints([-money * table["pnl"][table["pnl"] < 0].sum() for table in tables]),
        fee=ints([money * item.costs.fee for item in statistics]),
        spread_cost=ints([0.0] * len(runs)),
        slippage_cost=ints([0.0] * len(runs)),
        impact_cost=ints([0.0] * len(runs)),
        turnover=ints([0.0] * len(runs)),
        bars_held=ints([0.0] * len(runs)),
        ambiguous_trades=ints([0.0] * len(runs)),
    )
