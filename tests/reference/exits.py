"""§8: exits live with the filled part from its entry fill on; the first that fills protects and blocks re-entry."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

from tests.reference.market import Market
from tests.reference.rounding import away_from_market, passive, whole_lots
from tests.reference.words import BUY, Fill, Name, Order, Rules

PPB = 10**9


@dataclass(frozen=True)
class ExitTerms:
    """Fractions of the entry price, NaN for none, and how many closes a part may live; read at the decision (§8.1)."""

    stop: float = math.nan
    target: float = math.nan
    trail: float = math.nan
    max_bars: int = 0
    trigger_by: str = "last"


@dataclass
class Part:
    """What one entry fill brought, and the exits that belong to it."""

    name: Name
    side: int
    quantity: int
    terms: ExitTerms
    entered_ns: int
    rules: Rules
    exits: list[Order] = field(default_factory=list)
    closes: int = 0


@dataclass
class ExitBook:
    """All parts of one trader, oldest first, and which side of which symbol may not increase."""

    parts: list[Part] = field(default_factory=list)
    entries: dict[int, ExitTerms] = field(default_factory=dict)
    blocked: dict[Name, int] = field(default_factory=dict)
    exited: list[tuple[Name, int]] = field(default_factory=list)

    def on_fill(self, market: Market, order: Order, fill: Fill) -> None:
        """An entry bears a part; an exit shrinks its own; any other reduction consumes parts oldest first (§8.2)."""
        own = next((part for part in self.parts if order in part.exits), None)
        if own is not None:
            self._protect(market, own, order, fill)
        elif order.number in self.entries:
            self._enter(market, order, fill)
        else:
            self._consume(market, order, fill)
        self.parts = [part for part in self.parts if part.quantity > 0]

    def on_closes(self, market: Market, ts_ns: int, closed: list[Name]) -> None:
        """§8.3: at the count the part goes at the next OPEN; its siblings end when the time exit is sent."""
        for part in self.parts:
            if part.name in closed and ts_ns > part.entered_ns:
                part.closes += 1
                if part.terms.max_bars and part.closes == part.terms.max_bars:
                    for order in part.exits:
                        market.end(order, "CANCELLED", ts_ns)
                    sent = market.send(
                        part.name, -part.side, quantity=part.quantity, reduce_only=True, child=True,
                        reason="time_exit", rules=part.rules,
                    )  # fmt: skip
                    part.exits = [sent]

    def _enter(self, market: Market, order: Order, fill: Fill) -> None:
        arrived = fill.quantity - (fill.fee if fill.fee_asset == market.specs[fill.name].base_asset else 0)
        quantity = whole_lots(arrived, order.rules.lot)
        terms = self.entries[order.number]
        if not quantity:
            return
        part = Part(fill.name, fill.side, quantity, terms, fill.ts_ns, order.rules)
        self.parts.append(part)
        group = market.new_group()
        for wanted in _exit_orders(order, fill, terms):
            born = 0 if fill.at_open else fill.ts_ns
            part.exits.append(
                market.send(
                    fill.name,
                    -fill.side,
                    quantity=quantity,
                    oco=group,
                    reduce_only=True,
                    child=True,
                    born_in_ns=born,
                    entry_price=fill.price,
                    rules=order.rules,
                    **wanted,
                )
            )

    def _protect(self, market: Market, part: Part, order: Order, fill: Fill) -> None:
        """§8.2: the first fill of a protective exit cancels the unfinished entry of the side it closed."""
        part.quantity -= fill.quantity
        for number in self.entries:
            entry = market.orders[number]
            if entry.open and entry.arrived and entry.name == part.name and entry.side == part.side:
                market.end(entry, "CANCELLED", fill.ts_ns)
        self.blocked[part.name] = part.side
        self.exited.append((part.name, fill.ts_ns))

    def _consume(self, market: Market, order: Order, fill: Fill) -> None:
        left = fill.quantity
        for part in self.parts:
            if part.name == fill.name and part.side == -fill.side and left:
                taken = min(left, part.quantity)
                part.quantity -= taken
                left -= taken
                for exit_order in part.exits:
                    if exit_order.open:
                        exit_order.quantity -= taken
                        if exit_order.rest <= 0:
                            market.end(exit_order, "CANCELLED", fill.ts_ns)


def _exit_orders(entry: Order, fill: Fill, terms: ExitTerms) -> list[dict[str, object]]:
    """Stop, target and trail of one entry fill, at fractions of its price."""
    tick, side, orders = entry.rules.tick, fill.side, []
    if not math.isnan(terms.stop):
        level = away_from_market(-side, _at(fill.price, -side, terms.stop), tick)
        orders.append({"kind": "stop", "stop": level, "reason": "stop_loss", "trigger_by": terms.trigger_by})
    if not math.isnan(terms.target):
        level = passive(-side, _at(fill.price, side, terms.target), tick)
        orders.append({"kind": "limit", "limit": level, "reason": "take_profit", "rested": not fill.at_open})
    if not math.isnan(terms.trail):
        rate = Fraction(round(terms.trail * PPB), PPB)
        orders.append(
            {
                "kind": "trailing_stop", "trail_rate": rate, "peak": fill.price, "reason": "trailing_stop",
                "trigger_by": terms.trigger_by,
            }
        )  # fmt: skip
    return orders


def _at(price: int, side: int, fraction: float) -> Fraction:
    """A fraction of the price above it for a buy, below it for a sell."""
    assert side in (BUY, -BUY)
    return Fraction(price * (PPB + side * round(fraction * PPB)), PPB)
