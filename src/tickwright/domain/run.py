"""What a mode returns: orders, fills and equity of one run in exact integers, with the scales to read them.

Invariants: arrays are in event order; money is in units of the cash asset (`asset_scales[cash_asset]`); equity is cash
plus positions at the last close (mark for perpetuals) at each instant a bar closed. Two runs that traded alike have
equal `digest` and `account_digest`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

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
    and quantity units. `ambiguous_trades` counts trades whose path inside a bar decided their outcome.
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
