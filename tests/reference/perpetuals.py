"""§6: margin, maintenance, liquidation, insurance and funding of linear perpetuals.

A position is liquidated at the first price unit at which
Safety(P) = margin + q·(P - entry) - MM(|q|·P) is not positive. Rounding is against us: what another position adds to
cross margin rounds down by itself, a maintenance margin fixed at the entry rounds up.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
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
    others = 0
    for other in account.open_cross():
        if other != name:
            position, spec = account.positions[other], market.specs[other]
            value = notional(spec, market.last[other], position.quantity)
            others += floor(value - position.basis - maintenance(spec, abs(value)))
    return Fraction(account.cash - account.isolated_margin() + others)


def safety(market: Market, name: Name, price: int) -> Fraction:
    """§6.1: what is left above maintenance at a price."""
    spec, position = market.specs[name], market.account.positions[name]
    value = notional(spec, price, position.quantity)
    if market.maintenance_at == "mark":
        needed = maintenance(spec, abs(value))
    else:
        needed = Fraction(ceil(maintenance(spec, abs(Fraction(position.basis)))))
    return backing(market, name) + value - position.basis - needed


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
    value = value_of(spec, side, price, quantity)
    fee = fee_up(value, spec.taker_fee + spec.liquidation_fee)
    for order in market.working:
        if order.name == name:
            late = order.tif == "gtd" and order.expires_ns < event.ts_ns
            market.end(order, "EXPIRED" if late else "LIQUIDATED", event.ts_ns)
    order = Order(len(market.orders), name, side, quantity=quantity, reason="liquidation", state="FILLED")
    order.filled = quantity
    market.orders.append(order)
    fill = Fill(
        event.ts_ns, name, side, price, quantity, fee, spec.quote_asset, "taker", order.number, reference,
        event.at_open, "liquidation",
    )  # fmt: skip
    left = account.post(fill)
    market.fills.append(fill)
    market.taken[name].append((event.ts_ns, side, quantity))
    event.reduced += 0 if event.at_open else quantity
    make_good(market, name, event.ts_ns, left)
    if spec.keeps_leftover and spec.isolated and left > 0:
        account.post_cash(-left)
        market.account_events.append(AccountEvent(event.ts_ns, name, "liquidation_fee", spec.quote_asset, -left))
    for listener in market.filled_listeners:
        assert callable(listener)
        listener(market, order, fill)
    account.check()


def make_good(market: Market, name: Name, ts_ns: int, left: int) -> None:
    """§6.2: what a close lost beyond its margin is paid by the insurance account, in a liquidation or not.

    Isolated: beyond the margin it released; cross: beyond the account, once no other cross position stands.
    """
    account, spec = market.account, market.specs[name]
    if not spec.isolated:
        left = 0 if account.open_cross() else account.cash - account.isolated_margin()
    if left < 0:
        account.post_cash(-left)
        market.account_events.append(AccountEvent(ts_ns, name, "insurance", spec.quote_asset, -left))


def pay_funding(market: Market, name: Name, ts_ns: int, rate: Fraction) -> None:
    """§6.3: rate × last mark on what is held, rounded once against us; isolated: from the position's margin."""
    spec, position = market.specs[name], market.account.positions[name]
    if not position.quantity:
        return
    received = floor(-rate * notional(spec, market.last[name], position.quantity))
    market.account.post_cash(received)
    if spec.isolated:
        position.margin += received
    market.account_events.append(AccountEvent(ts_ns, name, "funding", spec.quote_asset, received))


def extremes(bar: Bar, mark: Bar | None, side: int) -> tuple[int, int]:
    """(open, worst) of what liquidates a position: the mark series if present, else trades (§6.1)."""
    of = mark or bar
    return of.open, of.low if side > 0 else of.high
