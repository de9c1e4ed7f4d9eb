"""The statistics of a run: every headline measure in one frozen record, computed in one pass over its result."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from tickwright.analytics.cagr import cagr
from tickwright.analytics.calmar import calmar
from tickwright.analytics.costs import Costs, costs
from tickwright.analytics.drawdown import Drawdown, drawdowns
from tickwright.analytics.expectancy import expectancy
from tickwright.analytics.exposure import exposure
from tickwright.analytics.fill_values import FillValues, fill_values
from tickwright.analytics.labels import LABELS, Label, Unit
from tickwright.analytics.periods import calendar_years, periods_per_year, start_ns
from tickwright.analytics.profit_factor import profit_factor
from tickwright.analytics.returns import simple_returns
from tickwright.analytics.sharpe import sharpe
from tickwright.analytics.sortino import sortino
from tickwright.analytics.total_return import total_return
from tickwright.analytics.trades import closed, trades
from tickwright.analytics.turnover import turnover
from tickwright.analytics.volatility import volatility
from tickwright.analytics.win_rate import win_rate
from tickwright.domain.bars import Float64Array
from tickwright.domain.records import OrderState
from tickwright.domain.run import RunResult
from tickwright.domain.timestamp import iso

Value = float | int | None


@dataclass(frozen=True, slots=True)
class StatisticRow:
    """One line of a statistics table: its label, its value and the value as text (`-` for undefined)."""

    label: Label
    value: Value
    text: str


@dataclass(frozen=True, slots=True)
class Statistics:
    """The measures of one run.

    Fractions are not percent; money is in units of the cash asset; `max_drawdown` is ≤ 0; instants are UTC nanoseconds
    (None without bars); NaN means undefined. Each field is defined in `labels.LABELS` and in its own file.
    """

    final_equity: float
    total_return: float
    cagr: float
    volatility: float
    sharpe: float
    sortino: float
    calmar: float
    max_drawdown: float
    max_drawdown_start: int | None
    max_drawdown_trough: int | None
    max_drawdown_end: int | None
    max_drawdown_recovered: bool
    win_rate: float
    profit_factor: float
    expectancy: float
    exposure: float
    turnover: float
    benchmark_return: float
    costs: Costs
    trades: int
    open_trades: int
    fills: int
    orders: int
    rejected: int

    def document(self) -> dict[str, object]:
        """The statistics as JSON values: instants in ISO form, undefined as null, costs as an object."""
        values: dict[str, object] = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in ("max_drawdown_start", "max_drawdown_trough", "max_drawdown_end"):
            instant = getattr(self, name)
            values[name] = None if instant is None else iso(instant)
        finite = {name: _finite(value) for name, value in values.items()}
        return finite | {"costs": {kind: _finite(value) for kind, value in self.costs.document().items()}}

    def as_rows(self) -> tuple[StatisticRow, ...]:
        """Every statistic in the order of tables, with its label and its text."""
        values = {field.name: getattr(self, field.name) for field in fields(self)} | self.costs.document()
        return tuple(StatisticRow(label, values[label.name], text(values[label.name], label.unit)) for label in LABELS)


def summarise(result: RunResult, benchmark: Float64Array | None = None) -> Statistics:
    """The statistics of a run.

    `benchmark` is the equity of the benchmark at the run's instants in money (see `benchmark.buy_and_hold`); without
    it `benchmark_return` is NaN. Raises `DataError` when the run's instants are not strictly increasing.
    """
    initial, equity = result.initial_cash / 10.0 ** result.asset_scales[result.cash_asset], result.money(result.equity)
    values = fill_values(result)
    table = trades(result, values=values)
    pnl = closed(table)["pnl"]
    curve = _curve(result, equity, initial, values)
    return Statistics(
        **curve,
        win_rate=win_rate(pnl),
        profit_factor=profit_factor(pnl),
        expectancy=expectancy(pnl),
        exposure=exposure(result.exposure),
        benchmark_return=float("nan") if benchmark is None or not len(benchmark) else benchmark[-1] / initial - 1.0,
        costs=costs(values),
        trades=len(pnl),
        open_trades=len(table) - len(pnl),
        fills=len(result.fills),
        orders=len(result.orders),
        rejected=int(np.sum(result.orders["state"] >= OrderState.VENUE_TICK)),
    )


def text(value: Value, unit: Unit) -> str:
    """A value in its unit, for tables: `-` where it is undefined.

    >>> text(0.1234, "fraction"), text(float("nan"), "ratio"), text(1234567.891, "money"), text(12, "count")
    ('12.34%', '-', '1,234,567.89', '12')
    """
    if value is None or math.isnan(value):
        return "-"
    if unit == "instant":
        return iso(int(value))[:16].replace("T", " ").removesuffix("Z")
    if unit == "count":
        return f"{int(value):,}"
    return {"fraction": f"{100 * value:,.2f}%", "money": f"{value:,.2f}", "per_year": f"{value:,.1f} × a year"}.get(
        unit, f"{value:,.2f}"
    )


def _curve(result: RunResult, equity: Float64Array, initial: float, values: FillValues) -> dict[str, Any]:
    """The statistics of the equity curve alone."""
    if not len(equity):
        return _without_bars(initial)
    instants = result.equity_ts_ns
    years = calendar_years(start_ns(instants), int(instants[-1]))
    per_year = periods_per_year(instants)
    returns = simple_returns(equity, initial)
    growth = cagr(total_return(returns), years)
    worst = drawdowns(instants, equity, initial, largest=1)
    deepest = worst[0] if worst else None
    return {
        "final_equity": float(equity[-1]),
        "total_return": float(equity[-1]) / initial - 1.0,
        "cagr": growth,
        "volatility": volatility(returns, per_year),
        "sharpe": sharpe(returns, per_year),
        "sortino": sortino(returns, per_year),
        "calmar": calmar(growth, deepest.depth if deepest else 0.0),
        "turnover": turnover(float(np.sum(values.notional)), float(np.mean(equity)), years),
        **_deepest(deepest),
    }


def _deepest(drawdown: Drawdown | None) -> dict[str, Any]:
    return {
        "max_drawdown": drawdown.depth if drawdown else 0.0,
        "max_drawdown_start": drawdown.start_ns if drawdown else None,
        "max_drawdown_trough": drawdown.trough_ns if drawdown else None,
        "max_drawdown_end": drawdown.end_ns if drawdown else None,
        "max_drawdown_recovered": drawdown.recovered if drawdown else True,
    }


def _without_bars(initial: float) -> dict[str, Any]:
    names = ("total_return", "cagr", "volatility", "sharpe", "sortino", "calmar", "turnover")
    return {"final_equity": initial} | dict.fromkeys(names, float("nan")) | _deepest(None)


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
