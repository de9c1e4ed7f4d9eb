"""Results per symbol: what each instrument contributed to the run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tickwright.analytics.costs import costs
from tickwright.analytics.expectancy import expectancy
from tickwright.analytics.fill_values import FillValues, fill_values
from tickwright.analytics.periods import start_ns
from tickwright.analytics.profit_factor import profit_factor
from tickwright.analytics.trades import Trades, closed, trades
from tickwright.analytics.win_rate import win_rate
from tickwright.domain.run import RunResult


@dataclass(frozen=True, slots=True)
class SymbolResult:
    """One instrument of a run.

    `pnl` is closed and open results net of fees, in money of the cash asset; `contribution` is pnl over the initial
    capital; `costs` all kinds together; `exposure` the share of time in a trade; `best` and `worst` trade returns.
    """

    symbol: str
    trades: int
    open_trades: int
    win_rate: float
    profit_factor: float
    expectancy: float
    pnl: float
    contribution: float
    costs: float
    exposure: float
    best: float
    worst: float
    bars_held: float


def by_symbol(
    result: RunResult, *, table: Trades | None = None, values: FillValues | None = None
) -> tuple[SymbolResult, ...]:
    """One row per instrument of the run, in the run's order."""
    values = values if values is not None else fill_values(result)
    table = table if table is not None else trades(result, values=values)
    return tuple(_row(result, table, values, place) for place in range(len(result.instruments)))


def _row(result: RunResult, table: Trades, values: FillValues, place: int) -> SymbolResult:
    own = table[table["instrument"] == place]
    done = closed(own)
    initial = result.initial_cash / 10.0 ** result.asset_scales[result.cash_asset]
    span = float(result.equity_ts_ns[-1] - start_ns(result.equity_ts_ns)) if len(result.equity_ts_ns) else 0.0
    held = float(np.sum(own["exit_ns"] - own["entry_ns"]))
    return SymbolResult(
        symbol=str(result.instruments[place]),
        trades=len(done),
        open_trades=len(own) - len(done),
        win_rate=win_rate(done["pnl"]),
        profit_factor=profit_factor(done["pnl"]),
        expectancy=expectancy(done["pnl"]),
        pnl=float(np.sum(own["pnl"])),
        contribution=float(np.sum(own["pnl"])) / initial,
        costs=costs(values, result.fills["instrument"] == place).total,
        exposure=held / span if span else float("nan"),
        best=float(done["trade_return"].max()) if len(done) else float("nan"),
        worst=float(done["trade_return"].min()) if len(done) else float("nan"),
        bars_held=float(np.mean(done["bars_held"])) if len(done) else float("nan"),
    )
