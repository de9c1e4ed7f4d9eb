"""What the engine lends a context: a desk that takes orders in exact integers and shows the client's records."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

from tickwright.domain.records import OrderType, Reason, TimeInForce


@dataclass(frozen=True, slots=True)
class Scales:
    """An instrument's units: price and quantity units per 1, money units per 1."""

    price: float
    quantity: float
    money: float


@dataclass(slots=True)
class Request:
    """An order in exact integers, as the desk takes it; 0 means "none"."""

    instrument: int
    side: int
    type: int = int(OrderType.MARKET)
    quantity: int = 0
    cost: int = 0
    limit_price: int = 0
    stop_price: int = 0
    trail: int = 0
    expire_ns: int = 0
    oco: int = 0
    flags: int = 0
    time_in_force: int = int(TimeInForce.GTC)
    reason: int = int(Reason.SIGNAL)
    tag: str = ""
    exit_stop_ppb: int = 0
    exit_target_ppb: int = 0
    exit_trail_ppb: int = 0
    exit_max_bars: int = 0


class Desk(Protocol):
    """What the engine lends a context: exact numbers in, an order's number out."""

    def submit(self, request: Request) -> int:
        """Check, number and queue an order; its number (a refused one has ended already)."""
        ...

    def cancel(self, order_id: int) -> None:
        """Queue a cancel."""
        ...

    def cancel_all(self, instrument: int) -> None:
        """Queue the cancel of every order of an instrument."""
        ...

    def amend(self, order_id: int, quantity: int, limit_price: int, stop_price: int) -> None:
        """Queue an amend; 0 keeps a value."""
        ...

    def target(self, instrument: int, value: float) -> None:
        """Set the standing target of an instrument."""
        ...

    def order(self, order_id: int) -> Any:
        """The client's record of an order, fields as attributes."""
        ...

    def working(self, order_ids: Collection[int]) -> list[int]:
        """Those of some orders that still work."""
        ...

    def tag_of(self, order_id: int) -> str:
        """An order's tag."""
        ...

    def position(self, instrument: int) -> Any:
        """The client's record of an instrument, fields as attributes."""
        ...

    @property
    def client(self) -> Any:
        """The client's own record, fields as attributes."""
        ...

    def log(self, text: str) -> None:
        """Keep a line, stamped with the instant."""
        ...

    def plot(self, name: str, value: float) -> None:
        """Keep a value of a named line at this instant."""
        ...
