"""A sweep's trials as columns of statistics, by the same definitions as the summary of a single run.

Known limit: a sweep keeps sums, not curves: what needs every return, a date or the mean of equity is not here.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tickwright.analytics.periods import MEAN_YEAR_NS, TRADING_YEAR_NS
from tickwright.analytics.sharpe import sharpe_from_sums
from tickwright.domain.bars import Float64Array, Int64Array
from tickwright.domain.run import SweepResult

COLUMNS = (
    "final_equity", "total_return", "cagr", "sharpe", "calmar", "max_drawdown", "win_rate", "profit_factor",
    "expectancy", "trades", "open_trades", "fills", "orders", "rejected",
    "fee", "spread", "slippage", "impact",
)  # fmt: skip
"""Every column of `sweep_columns`, in the order of tables."""

SMALLER_IS_BETTER = frozenset(
    ("trades", "open_trades", "fills", "orders", "rejected", "fee", "spread", "slippage", "impact")
)
"""The columns of which less is better where all else is equal."""


def sweep_columns(
    result: SweepResult, *, years: float | None = None
) -> dict[str, npt.NDArray[np.float64] | npt.NDArray[np.int64]]:
    """One array per statistic with one entry per trial; NaN where a statistic is undefined.

    `years` is the calendar length of the record; without it, the number of periods times their length.
    """
    years = years if years is not None else result.periods * result.period_ns / MEAN_YEAR_NS
    money = 10.0**result.money_scale
    periods = np.full(len(result.trials), float(result.periods))
    growth = _cagr(result.total_return, years)
    columns: dict[str, npt.NDArray[np.float64] | npt.NDArray[np.int64]] = {
        "final_equity": result.final_equity / money,
        "total_return": result.total_return,
        "cagr": growth,
        "sharpe": sharpe_from_sums(
            periods, result.return_sum, result.return_sum_squares, TRADING_YEAR_NS / result.period_ns
        ),
        "calmar": _over(growth, -result.max_drawdown),
        "max_drawdown": result.max_drawdown,
        "win_rate": _over(result.wins, result.trades),
        "profit_factor": _over(result.gross_profit, np.abs(result.gross_loss)),
        "expectancy": _over(_net(result) / money, result.trades),
        "trades": result.trades,
        "open_trades": result.open_trades,
        "fills": result.fills,
        "orders": result.orders,
        "rejected": result.rejected,
    }
    kinds = {"fee": result.fee, "spread": result.spread_cost, "slippage": result.slippage_cost}
    return columns | {kind: paid / money for kind, paid in (kinds | {"impact": result.impact_cost}).items()}


def _cagr(total_return: Float64Array, years: float) -> Float64Array:
    if not years > 0.0:
        return np.full(len(total_return), np.nan)
    with np.errstate(over="ignore"):
        growth: Float64Array = np.maximum(1.0 + total_return, 0.0) ** (1.0 / years) - 1.0
    return growth


def _over(numerator: Float64Array | Int64Array, denominator: Float64Array | Int64Array) -> Float64Array:
    """A quotient that is NaN where the denominator is not positive."""
    above = np.asarray(numerator, np.float64)
    below = np.where(denominator > 0, np.asarray(denominator, np.float64), np.nan)
    quotient: Float64Array = above / below
    return quotient


def _net(result: SweepResult) -> Float64Array:
    net: Float64Array = np.asarray(result.gross_profit, np.float64) - np.abs(np.asarray(result.gross_loss, np.float64))
    return net
