"""Cash, positions and holds of one account, with every movement posted to both sides.

Invariant: debits equal credits per asset after every event, and equity is cash plus positions at their last price.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from tests.reference.rounding import fee_up, notional, notional_paid, notional_received, whole_lots
from tests.reference.words import BUY, AccountEvent, Costs, Fill, Name, Order, Spec


@dataclass
class Position:
    """What is held of one instrument: quantity (negative when short), what it cost, and the margin of a perpetual.

    The cost (basis) has the sign of the quantity, so that value - basis is the unrealised profit on either side.
    """

    quantity: int = 0
    basis: int = 0
    margin: int = 0


@dataclass
class Account:
    """One account: one cash asset, a position per instrument."""

    specs: dict[Name, Spec]
    costs: Costs
    initial_cash: int
    cash: int = 0
    positions: dict[Name, Position] = field(default_factory=lambda: defaultdict(Position))
    events: list[AccountEvent] = field(default_factory=list)
    world: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        self.cash = self.initial_cash
        self.world["cash"] = -self.initial_cash

    # ---- what is held back (§4.9)

    def held_by(self, order: Order) -> int:
        """Cash one open order holds: a limit buy from acceptance, a stop-limit buy from its trigger."""
        spec = self.specs[order.name]
        works_at_limit = order.kind == "limit" or (
            order.kind in ("stop_limit", "take_profit_limit") and order.triggered
        )
        if order.reduce_only or not order.open or not works_at_limit:
            return 0
        if spec.perpetual:
            value = notional_paid(spec, order.limit, order.rest)
            return ceil(value / spec.leverage) + fee_up(value, spec.taker_fee)
        if order.side != BUY:
            return 0
        return self.price_of_buying(spec, order.limit, order.rest, spec.taker_fee)

    def base_held_by(self, order: Order) -> int:
        """Base one open order holds: plain spot sells but market orders, which are tested at match."""
        spec = self.specs[order.name]
        plain = order.side != BUY and order.kind != "market" and not order.reduce_only and not spec.perpetual
        return order.rest if plain and order.open else 0

    def free_cash(self, orders: list[Order], *, but: Order | None = None) -> int:
        """Cash nobody holds; siblings of one OCO group hold once, the largest (§4.7)."""
        return self.cash - _held_once(orders, self.held_by, but) - self.margin_in_use()

    def free_base(self, name: Name, orders: list[Order], *, but: Order | None = None) -> int:
        """Base of an instrument that no open sell holds."""
        mine = [order for order in orders if order.name == name]
        return self.positions[name].quantity - _held_once(mine, self.base_held_by, but)

    def margin_in_use(self) -> int:
        """The margin of all open perpetual positions."""
        return sum(position.margin for position in self.positions.values())

    # ---- what trading moves

    def price_of_buying(self, spec: Spec, price: int, quantity: int, rate: Fraction) -> int:
        """Cash a buy takes: notional rounded up and, where the fee is in quote, the fee rounded up."""
        paid = notional_paid(spec, price, quantity)
        return paid + (fee_up(paid, rate) if self.fee_in_quote(spec, BUY) else 0)

    def fee_in_quote(self, spec: Spec, side: int) -> bool:
        """Sells receive the quote asset, and perpetuals pay in it; only a spot buy can pay its fee in base."""
        return spec.perpetual or side != BUY or self.costs.fee_in == "quote"

    def isolated_margin(self) -> int:
        """The margin of positions that stand for themselves."""
        return sum(position.margin for name, position in self.positions.items() if self.specs[name].isolated)

    def open_cross(self) -> list[Name]:
        """The perpetuals held on cross margin."""
        specs = self.specs
        return [
            name
            for name, position in self.positions.items()
            if position.quantity and specs[name].perpetual and not specs[name].isolated
        ]

    def post(self, fill: Fill) -> int:
        """Post a fill to both sides; what a close of a perpetual left of the margin it released, below 0 if beyond."""
        if self.specs[fill.name].perpetual:
            return self._post_perpetual(fill)
        self._post_spot(fill)
        return 0

    def _post_spot(self, fill: Fill) -> None:
        """§1.3, §1.4: base against quote, each side rounded against us."""
        spec, position = self.specs[fill.name], self.positions[fill.name]
        in_quote = self.fee_in_quote(spec, fill.side)
        if fill.side == BUY:
            paid = notional_paid(spec, fill.price, fill.quantity)
            arrived = fill.quantity - (0 if in_quote else fill.fee)
            self.post_cash(-paid - (fill.fee if in_quote else 0))
            self.post_base(fill.name, arrived)
            position.basis += paid
        else:
            received = notional_received(spec, fill.price, fill.quantity)
            position.basis -= ceil(Fraction(position.basis * fill.quantity, position.quantity))
            self.post_cash(received - fill.fee)
            self.post_base(fill.name, -fill.quantity)

    def _post_perpetual(self, fill: Fill) -> int:
        """What closes realises a profit, what opens sets margin aside; only fee and profit move cash (§1.3, §6)."""
        spec, position = self.specs[fill.name], self.positions[fill.name]
        value = value_of(spec, fill.side, fill.price, fill.quantity)
        closing = min(fill.quantity, abs(position.quantity)) if position.quantity * fill.side < 0 else 0
        closed_value = value if closing == fill.quantity else value_of(spec, fill.side, fill.price, closing)
        self.post_cash(-fill.fee)
        left = 0
        if closing:
            removed = ceil(Fraction(position.basis * closing, abs(position.quantity)))
            realised = -fill.side * closed_value - removed
            released = floor(Fraction(position.margin * closing, abs(position.quantity)))
            self.post_cash(realised)
            position.margin -= released
            position.basis -= removed
            left = released + realised - fill.fee
        self.post_base(fill.name, fill.side * fill.quantity)
        if fill.quantity > closing:
            opened_value = value - closed_value
            position.basis += fill.side * opened_value
            position.margin += ceil(Fraction(opened_value) / spec.leverage)
        return left

    def post_cash(self, amount: int) -> None:
        """Move cash between the world and us."""
        self.cash += amount
        self.world["cash"] -= amount

    def post_base(self, name: Name, quantity: int) -> None:
        """Move base between the world and us."""
        self.positions[name].quantity += quantity
        self.world[str(name)] -= quantity

    # ---- what it is worth

    def equity(self, last: dict[Name, int]) -> int:
        """Cash plus positions at their last price; each position rounds down by itself."""
        return self.cash + sum(self.worth(name, last[name]) for name in self.positions if name in last)

    def worth(self, name: Name, price: int) -> int:
        """A spot holding at a price, or the unrealised profit of a perpetual; rounded down."""
        spec, position = self.specs[name], self.positions[name]
        value = notional(spec, price, position.quantity)
        return floor(value) if not spec.perpetual else floor(value - position.basis)

    def value_held(self, name: Name, price: int, lot: int) -> Fraction:
        """What sizing compares with a target: whole lots only, exactly (§1.4); negative when short."""
        quantity = self.positions[name].quantity
        lots = whole_lots(abs(quantity), lot)
        return notional(self.specs[name], price, lots if quantity > 0 else -lots)

    def check(self) -> None:
        """Debits equal credits per asset; free cash and spot holdings never go below zero but for cross margin."""
        assert self.cash + self.world["cash"] == 0, "cash is not conserved"
        for name, position in self.positions.items():
            assert position.quantity + self.world[str(name)] == 0, f"{name} is not conserved"
            assert self.specs[name].perpetual or position.quantity >= 0, f"{name} is short on spot"
        free = self.cash - self.margin_in_use()
        assert free >= 0 or self.open_cross(), f"free cash is {free}"


def value_of(spec: Spec, side: int, price: int, quantity: int) -> int:
    """§1.3: notional rounded up when we pay and down when we receive."""
    return notional_paid(spec, price, quantity) if side == BUY else notional_received(spec, price, quantity)


def _held_once(orders: list[Order], held_by: object, but: Order | None) -> int:
    groups: dict[int, int] = {}
    held = 0
    for order in orders:
        if order is but or not callable(held_by):
            continue
        amount = held_by(order)
        if order.oco is None:
            held += amount
        else:
            groups[order.oco] = max(groups.get(order.oco, 0), amount)
    if but is not None and but.oco in groups:
        groups[but.oco] = 0
    return held + sum(groups.values())
