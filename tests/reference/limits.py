"""Our own limits in the naive market: what is refused before the venue sees it, and the two latches.

What only reduces is never refused. Amounts are money units; shares are exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from tests.reference.rounding import notional
from tests.reference.words import DAY_NS, Order

if TYPE_CHECKING:
    from tests.reference.market import Market

ENDLESS = 10**40


@dataclass
class Limits:
    """What may be traded at most, and what was seen of the equity."""

    order_notional: int | None = None
    position_notional: int | None = None
    exposure: int | None = None
    open_orders: int | None = None
    daily_loss: Fraction | None = None
    drawdown: Fraction | None = None
    seen: list[tuple[int, int]] = field(default_factory=list)  # (time, equity) of every close
    day_latched: int | None = None  # the day on which it fell
    drawdown_latched: bool = False
    amends_refused: int = 0

    def refusal(self, market: Market, order: Order, *, new: bool = True) -> str:
        """The limit that refuses an order, or nothing; the order is not among the market's open ones."""
        if only_reduces(market, order):
            return ""
        if self.drawdown_latched:
            return "RISK_DRAWDOWN"
        if self.day_latched is not None and self.day_latched == market.now_ns // DAY_NS:
            return "RISK_DAILY_LOSS"
        others = [other for other in market.sent() if other is not order]
        if new and self.open_orders is not None and len(others) >= self.open_orders:
            return "RISK_MAX_OPEN_ORDERS"
        asked = worth(market, order)
        if self.order_notional is not None and asked > self.order_notional:
            return "RISK_MAX_ORDER_NOTIONAL"
        beside = sum(worth(market, other) for other in others if is_beside(order, other))
        if self.position_notional is not None and held_value(market, order) + beside + asked > self.position_notional:
            return "RISK_MAX_POSITION_NOTIONAL"
        if self.exposure is not None and exposure_ahead(market, others) + asked > self.exposure:
            return "RISK_MAX_EXPOSURE"
        return ""

    def look(self, market: Market, ts_ns: int) -> None:
        """See the equity of a close; while a latch has fallen, end what could open or add."""
        equity, day = market.equity_now(), ts_ns // DAY_NS
        before = [amount for then, amount in self.seen if then <= day * DAY_NS] or [market.account.initial_cash]
        start = equity if ts_ns == day * DAY_NS else before[-1]
        self.seen.append((ts_ns, equity))
        peak = max([market.account.initial_cash, *(amount for _, amount in self.seen)])
        if self.daily_loss is not None and start - equity >= floor(start * self.daily_loss):
            self.day_latched = day
        if self.drawdown is not None and peak - equity >= floor(peak * self.drawdown):
            self.drawdown_latched = True
        if self.drawdown_latched or self.day_latched == day:
            for order in sorted(market.sent(), key=lambda other: -other.number):
                if not only_reduces(market, order):
                    order.leaving = True
                    market.cancel(order)


def is_beside(order: Order, other: Order) -> bool:
    """Of the same instrument and side, and not for reducing alone."""
    return other is not order and other.name == order.name and other.side == order.side and not other.reduce_only


def price_of(market: Market, order: Order) -> int:
    """Its own limit, else its trigger, else the last price; 0 where there is none."""
    return order.limit or order.stop or market.last.get(order.name, 0)


def size(market: Market, order: Order) -> int:
    """The quantity an order still wants."""
    if not order.cost:
        return max(0, order.rest)
    last = market.last.get(order.name, 0)
    left = max(0, order.cost - order.spent)
    return ceil(Fraction(left) / notional(market.specs[order.name], last, 1)) if last else ENDLESS


def worth(market: Market, order: Order) -> int:
    """The money an order still moves."""
    if order.cost:
        return max(0, order.cost - order.spent)
    price = price_of(market, order)
    return ceil(notional(market.specs[order.name], price, size(market, order))) if price else ENDLESS


def only_reduces(market: Market, order: Order) -> bool:
    """Whether an order, with the open ones of its side, cannot lead beyond flat."""
    held = market.account.positions[order.name].quantity * order.side
    beside = [other for other in market.sent() if is_beside(order, other)]
    sizes = size(market, order) + sum(size(market, other) for other in beside)
    return order.reduce_only or (held < 0 and sizes <= -held)


def held_value(market: Market, order: Order) -> int:
    """What is held, in the direction of an order."""
    quantity = market.account.positions[order.name].quantity
    value = floor(notional(market.specs[order.name], market.last.get(order.name, 0), abs(quantity)))
    return value if quantity * order.side > 0 else -value


def exposure_ahead(market: Market, others: list[Order]) -> int:
    """Positions less what market orders are about to reduce, and all that open orders may add."""
    total = 0
    for name, position in market.account.positions.items():
        leaving = [o for o in others if o.name == name and o.kind == "market" and o.side * position.quantity < 0]
        left = max(0, abs(position.quantity) - sum(size(market, order) for order in leaving))
        total += ceil(notional(market.specs[name], market.last[name], left)) if left else 0
    for order in others:
        leaves = order.kind == "market" and order.side * market.account.positions[order.name].quantity < 0
        if not leaves and not only_reduces(market, order):
            total += worth(market, order)
    return total
