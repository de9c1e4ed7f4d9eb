"""A strategy's own orders, fills and funding as its callbacks see them, in prices and base units."""

from __future__ import annotations

from dataclasses import dataclass

from tickwright.domain.records import OrderState, Reason
from tickwright.strategy_api.desk import Desk, Scales

_FIRST_END = int(OrderState.FILLED)


class Order:
    """An order of this strategy: what was asked and what became of it."""

    __slots__ = ("_desk", "_scales", "id")

    def __init__(self, desk: Desk, scales: Scales, order_id: int) -> None:
        self._desk, self._scales, self.id = desk, scales, order_id

    @property
    def state(self) -> OrderState:
        """Where it is, or how it ended; a refusal is named."""
        return OrderState(self._desk.order(self.id).state)

    @property
    def is_open(self) -> bool:
        """Whether it still works."""
        return bool(self._desk.order(self.id).state < _FIRST_END)

    @property
    def is_buy(self) -> bool:
        """Whether it buys."""
        return bool(self._desk.order(self.id).side > 0)

    @property
    def qty(self) -> float:
        """The quantity asked for, 0 for an order by cost."""
        return float(self._desk.order(self.id).quantity / self._scales.quantity)

    @property
    def filled(self) -> float:
        """The quantity filled."""
        return float(self._desk.order(self.id).filled / self._scales.quantity)

    @property
    def limit(self) -> float:
        """The limit price, 0 without one."""
        return float(self._desk.order(self.id).limit_price / self._scales.price)

    @property
    def stop(self) -> float:
        """The trigger price, 0 without one."""
        return float(self._desk.order(self.id).stop_price / self._scales.price)

    @property
    def tag(self) -> str:
        """The tag it was sent with."""
        return self._desk.tag_of(self.id)

    def __repr__(self) -> str:
        return f"Order({self.id}, {'buy' if self.is_buy else 'sell'}, {self.state.name.lower()}, tag={self.tag!r})"


@dataclass(frozen=True, slots=True)
class FillView:
    """One fill of this strategy: `qty` in base units, `price` with all costs but the fee in."""

    order_id: int
    ts_ns: int
    is_buy: bool
    qty: float
    price: float
    fee: float
    is_maker: bool
    tag: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class FundingView:
    """One funding payment of a perpetual: its time, its rate as a fraction, and what it moved in quote units.

    `amount` is negative when paid and 0 when nothing was held.
    """

    symbol: str
    ts_ns: int
    rate: float
    amount: float
