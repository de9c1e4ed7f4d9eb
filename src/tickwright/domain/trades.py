"""Public trades of one instrument in exact integers, as exchanges report them.

Invariants: trades are in order of their ids, which an exchange gives out in order of time; prices share one decimal
scale and quantities another. An exchange may merge trades of one order at one price into one row; price, quantity and
time of what it merges are unaffected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Int64Array
from tickwright.domain.instrument import InstrumentId


@dataclass(frozen=True, slots=True)
class Trades:
    """Columns of equal length; a price is `units × 10^-price_scale`, `taker_buys` tells who crossed the spread."""

    instrument: InstrumentId
    trade_id: Int64Array
    ts_ns: Int64Array
    price: Int64Array
    quantity: Int64Array
    taker_buys: npt.NDArray[np.bool_]
    price_scale: int
    quantity_scale: int

    def __len__(self) -> int:
        return len(self.trade_id)

    def where(self, keep: npt.NDArray[np.bool_]) -> Trades:
        """The trades a mask keeps."""
        return Trades(
            self.instrument, self.trade_id[keep], self.ts_ns[keep], self.price[keep], self.quantity[keep],
            self.taker_buys[keep], self.price_scale, self.quantity_scale,
        )  # fmt: skip


def joined_trades(parts: Sequence[Trades]) -> Trades:
    """Several pages as one, in the order given, on the finest scales among them; at least one page."""
    price_scale, quantity_scale = max(part.price_scale for part in parts), max(part.quantity_scale for part in parts)
    prices = [part.price * 10 ** (price_scale - part.price_scale) for part in parts]
    quantities = [part.quantity * 10 ** (quantity_scale - part.quantity_scale) for part in parts]
    return Trades(
        parts[0].instrument,
        np.concatenate([part.trade_id for part in parts]),
        np.concatenate([part.ts_ns for part in parts]),
        np.concatenate(prices),
        np.concatenate(quantities),
        np.concatenate([part.taker_buys for part in parts]),
        price_scale,
        quantity_scale,
    )
