"""What a mode returns: orders, fills and equity of one run in exact integers, with the scales to read them.

Invariants: arrays are in event order; money is in units of the cash asset (`asset_scales[cash_asset]`); equity is cash
plus positions at the last close (mark for perpetuals) at each instant a bar closed. Two runs that traded alike have
equal `digest` and `account_digest`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array, Int64Array
from tickwright.domain.digest import account_digest, fills_digest
from tickwright.domain.instrument import InstrumentId


@dataclass(frozen=True)
class RunResult:
    """One run of one strategy over a set of instruments.

    `orders` has the layout `records.ORDER`, `fills` `records.FILL`, `account_events` `records.ACCOUNT_EVENT`;
    `equity_ts_ns` and `equity` have one row per instant; `exposure` is the sum of absolute position values, `cash` the
    free and held cash, all in money units of the cash asset. `last_price` and `position` are per instrument, in price
    and quantity units. `lots` are per instrument the smallest positions in quantity units (less is dust), each with
    the instant from which it was in force; empty means one unit. `ambiguous_trades` counts trades whose path inside a
    bar decided their outcome.
    """

    instruments: tuple[InstrumentId, ...]
    price_scales: tuple[int, ...]
    quantity_scales: tuple[int, ...]
    assets: tuple[str, ...]
    asset_scales: tuple[int, ...]
    cash_asset: int
    initial_cash: int
    bars: int
    orders: npt.NDArray[np.void]
    fills: npt.NDArray[np.void]
    account_events: npt.NDArray[np.void]
    equity_ts_ns: Int64Array
    equity: Int64Array
    exposure: Int64Array
    cash: Int64Array
    last_price: Int64Array
    position: Int64Array
    tags: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    ambiguous_trades: int = 0
    plots: dict[str, Float64Array] = field(default_factory=dict)
    lots: tuple[tuple[tuple[int, int], ...], ...] = ()

    @cached_property
    def final_equity(self) -> int:
        """Equity at the last instant, in money units of the cash asset."""
        return int(self.equity[-1])

    @cached_property
    def digest(self) -> str:
        """The fingerprint of the fills."""
        return fills_digest(
            self.fills, self.instruments, self.assets, self.price_scales, self.quantity_scales, self.asset_scales
        )

    @cached_property
    def account_digest(self) -> str:
        """The fingerprint of funding, liquidations and transfers."""
        return account_digest(self.account_events, self.instruments, self.assets, self.asset_scales)

    def money(self, units: Int64Array) -> Float64Array:
        """Money units of the cash asset as float64."""
        amounts: Float64Array = units / 10.0 ** self.asset_scales[self.cash_asset]
        return amounts


CURVE_COLUMNS: Final = ("equity_ts_ns", "equity", "exposure", "cash")


class UndrawnRun(RunResult):
    """A run whose curve (`CURVE_COLUMNS`) is drawn when one of its columns is first read; make it with `undrawn`.

    A curve follows from fills and candles: a run of a million bars is over long before its curve is written.
    """

    def __getattr__(self, name: str) -> Any:
        draw = self.__dict__.pop("_draw", None) if name in CURVE_COLUMNS else None
        if draw is None:
            raise AttributeError(name)
        self.__dict__.update(zip(CURVE_COLUMNS, draw(), strict=True))
        return self.__dict__[name]

    def __getstate__(self) -> dict[str, Any]:
        assert self.equity is not None  # drawn: what draws it cannot leave this process
        return dict(self.__dict__)


def undrawn(draw: Callable[[], tuple[Int64Array, ...]], *, final_equity: int, **fields: Any) -> RunResult:
    """A run from all fields but those of the curve; `draw` gives these, in the order of `CURVE_COLUMNS`."""
    unknown: dict[str, Any] = dict.fromkeys(CURVE_COLUMNS)
    run = UndrawnRun(**fields, **unknown)
    for name in CURVE_COLUMNS:
        del run.__dict__[name]
    run.__dict__.update(_draw=draw, final_equity=final_equity)
    return run


ParameterValue = bool | int | float | str


@dataclass(frozen=True)
class SweepResult:
    """Final statistics of many trials: one row per valid trial, in the order the trials were given.

    Every array has one entry per row of `trials`. Money is in units of the cash asset (`money_scale` decimals).
    `max_drawdown` is a fraction of the running peak of equity at bar closes and never positive. A period is one bar
    (`period_ns`, the timeframe): `return_sum` and `return_sum_squares` are Σr and Σr² of the `periods` returns of
    equity between consecutive instants, the same that a single run's Sharpe ratio is made of (365 days a year).
    `trades` are closed from flat to flat; one still open at the end is in `open_trades`. `invalid` counts the
    combinations the strategy itself calls invalid; they have no row.
    """

    trials: tuple[Mapping[str, ParameterValue], ...]
    invalid: int
    bars: int
    initial_cash: int
    money_scale: int
    period_ns: int
    periods: int
    final_equity: Int64Array
    total_return: Float64Array
    max_drawdown: Float64Array
    return_sum: Float64Array
    return_sum_squares: Float64Array
    orders: Int64Array
    fills: Int64Array
    rejected: Int64Array
    trades: Int64Array
    open_trades: Int64Array
    wins: Int64Array
    gross_profit: Int64Array
    gross_loss: Int64Array
    fee: Int64Array
    spread_cost: Int64Array
    slippage_cost: Int64Array
    impact_cost: Int64Array
    turnover: Int64Array
    bars_held: Int64Array
    ambiguous_trades: Int64Array
