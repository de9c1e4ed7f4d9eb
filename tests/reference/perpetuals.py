"""§6: margin, maintenance, liquidation and funding of linear perpetuals.

A position is liquidated at the first price unit at which
Safety(P) = margin + q·(P - entry) - MM(|q|·P) is not positive.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from tests.reference.account import value_of
from tests.reference.rounding import fee_up, notional
from tests.reference.words import BUY, SELL, AccountEvent, Bar, Fill, Name, Order, Spec

if TYPE_CHECKING:
    from tests.reference.market import Market
    from tests.reference.matching import Event

FARTHEST = 10**15


def maintenance(spec: Spec, value: Fraction) -> Fraction:
    """R6.6: notional × rate - amount of the bracket the notional lies in (a bracket's upper end belongs to it)."""
    tier = [row for row in spec.tiers if row.notional_floor < value or row is spec.tiers[0]][-1]
    return value * tier.rate - tier.amount


def backing(market: Market, name: Name) -> Fraction:
    """The margin behind a position: its own; for cross margin the account, other positions at their marks."""
    account = market.account
    if market.specs[name].isolated:
        return Fraction(account.positions[name].margin)
    isolated = sum(p.margin for other, p in account.positions.items() if market.specs[other].isolated)
    others = Fraction(0)
    for other, position in account.positions.items():
        spec = market.specs[other]
        if other != name and spec.perpetual and not spec.isolated and position.quantity:
            value = notional(spec, market.mark(other), position.quantity)
            others += value - position.basis - maintenance(spec, abs(value))
    return account.cash - isolated + others


def safety(market: Market, name: Name, price: int) -> Fraction:
    """§6.1: what is left above maintenance at a price."""
    spec, position = market.specs[name], market.account.positions[name]
    value = notional(spec, price, position.quantity)
    at = abs(value) if market.maintenance_at == "mark" else abs(Fraction(position.basis))
    return backing(market, name) + value - position.basis - maintenance(spec, at)


def liquidation_price(market: Market, name: Name) -> int | None:
    """The first price unit on the losing side where safety is not positive; None where there is none."""
    side = BUY if market.account.positions[name].quantity > 0 else SELL
    if side == BUY:
        if safety(market, name, 1) > 0:
            return None
        low, high = 1, FARTHEST  # unsafe at low; find the highest unsafe price
    else:
        if safety(market, name, FARTHEST) > 0:
            return None
        low, high = FARTHEST, 0
    while abs(high - low) > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if safety(market, name, middle) <= 0 else (low, middle)
    return low


def unsafe_at(market: Market, name: Name, price: int) -> bool:
    """Whether a position is liquidated when the mark is here."""
    quantity = market.account.positions[name].quantity
    return market.specs[name].perpetual and quantity != 0 and safety(market, name, price) <= 0


def liquidate(market: Market, name: Name, event: Event, reference: int) -> None:
    """§6.2: a market order for the whole position with all costs but latency, outside the cap; the fee is one rate."""
    spec, account = event.spec, market.account
    position = account.positions[name]
    quantity, side = abs(position.quantity), -BUY if position.quantity > 0 else BUY
    price = market.price_of(name, side, reference, quantity, event, latency=False)
    value, margin = value_of(spec, side, price, quantity), position.margin
    wallet = account.cash if not spec.isolated else margin
    before = account.cash
    fee = fee_up(value, spec.taker_fee + spec.liquidation_fee)
    for order in market.working:
        if order.name == name:
            market.end(order, "LIQUIDATED", event.ts_ns)
    order = Order(len(market.orders), name, side, quantity=quantity, reason="liquidation", state="FILLED")
    order.filled = quantity
    market.orders.append(order)
    asset, number = spec.quote_asset, order.number
    fill = Fill(
        event.ts_ns, name, side, price, quantity, fee, asset, "taker", number, reference, event.at_open, "liquidation"
    )
    account.post(fill)
    market.fills.append(fill)
    market.taken[name].append((event.ts_ns, side, quantity))
    shortfall = -(wallet + account.cash - before)
    if shortfall > 0:
        account.post_cash(shortfall)
        market.account_events.append(AccountEvent(event.ts_ns, name, "insurance", spec.quote_asset, shortfall))
    account.check()


def pay_funding(market: Market, name: Name, ts_ns: int, rate: Fraction) -> None:
    """§6.3: rate × last mark on what is held, rounded once against us; isolated: from the position's margin."""
    spec, position = market.specs[name], market.account.positions[name]
    if not position.quantity:
        return
    received = floor(-rate * notional(spec, market.mark(name), position.quantity))
    market.account.post_cash(received)
    if spec.isolated:
        position.margin += received
    market.account_events.append(AccountEvent(ts_ns, name, "funding", spec.quote_asset, received))


def extremes(bar: Bar, mark: Bar | None, side: int) -> tuple[int, int]:
    """(open, worst) of what liquidates a position: the mark series if present, else trades (§6.1)."""
    of = mark or bar
    return of.open, of.low if side > 0 else of.high
