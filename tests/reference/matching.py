"""How one order meets one event (§4) and in which order the orders of a RANGE meet its path (§5).

Written for a buy and mirrored by `beyond`: for a buy a lower price is beyond its limit and a higher one beyond its
stop; for a sell the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.reference import perpetuals
from tests.reference.rounding import notional, whole_lots
from tests.reference.words import BUY, UNLIMITED, Bar, Name, Order, Spec

if TYPE_CHECKING:
    from tests.reference.market import Market

STOPS = ("stop", "trailing_stop")
TRIGGERED_BY_LOSS = ("stop", "stop_limit", "trailing_stop")
TRIGGERED_BY_PROFIT = ("take_profit", "take_profit_limit")
WITH_LIMIT = ("limit", "stop_limit", "take_profit_limit")


@dataclass
class Event:
    """OPEN or RANGE of one bar, with what the cap still leaves in it."""

    name: Name
    spec: Spec
    kind: str
    ts_ns: int
    bar: Bar
    lot: int
    budget: int
    used: int = 0
    held_after_open: int = 0
    reduced: int = 0

    @property
    def at_open(self) -> bool:
        """Whether this is the bar's first trade."""
        return self.kind == "OPEN"


def lower(side: int, price: int, level: int) -> bool:
    """Whether a price is strictly better than a level for this side: lower for a buy, higher for a sell."""
    return price < level if side == BUY else price > level


def past_limit(market: Market, side: int, price: int, limit: int) -> bool:
    """Whether a price is beyond a limit, by the `limit_fill` rule (§4.3)."""
    return lower(side, price, limit) or (market.costs.limit_fill == "touch" and price == limit)


def at_stop(side: int, price: int, stop: int) -> bool:
    """Whether a price touches a stop (§4.4): at or above for a buy stop, at or below for a sell stop."""
    return not lower(side, price, stop)


def is_reducing(market: Market, order: Order) -> bool:
    """§5.1: decided at match time from the position."""
    return order.reduce_only or market.account.positions[order.name].quantity * order.side < 0


def is_market_like(order: Order) -> bool:
    """A market order, or a stop or take-profit that has triggered and works on as one."""
    return order.kind == "market" or (order.triggered and order.kind in (*STOPS, "take_profit"))


def is_limit_like(order: Order) -> bool:
    """A limit order, or a stop-limit after its trigger."""
    return order.kind == "limit" or (order.triggered and order.kind in ("stop_limit", "take_profit_limit"))


# ---- taking


def wanted(market: Market, order: Order, event: Event, rest: int) -> int:
    """What of a quantity may be taken here: reduce-only clips to the position, RANGE to what OPEN left (§5.1)."""
    position = market.account.positions[order.name].quantity
    against = abs(position) if position * order.side < 0 else 0
    if order.reduce_only:
        rest = min(rest, whole_lots(against, order.rules.lot))
    if not event.at_open and against and order.born_in_ns != event.ts_ns:
        same_side = event.held_after_open * position > 0
        room = max(0, (abs(event.held_after_open) if same_side else 0) - event.reduced)
        if min(rest, against) > room:
            market.ambiguous.add((order.number, event.ts_ns))
            rest = whole_lots(room, order.rules.lot)
    return rest


def watched(market: Market, order: Order, event: Event) -> Bar:
    """The candle that an order looks at: the mark's where that is to trigger it and it has one here (§4.4)."""
    waits = not is_market_like(order) and not is_limit_like(order)
    mark = market.mark_bar(event.name, event.bar) if waits and order.trigger_by == "mark" else None
    return mark or event.bar


def take(market: Market, order: Order, event: Event, reference: int) -> None:
    """Take as a market order from a reference price (§4.1), as much as the cap leaves."""
    if order.reduce_only and not _reducible(market, order):
        market.end(order, "CANCELLED", event.ts_ns)
    elif order.cost:
        _take_by_cost(market, order, event, reference)
    elif not order.quantity:  # the shrink factor of its decision left nothing of its cost (§4.2)
        market.end(order, "VENUE_TOO_SMALL", event.ts_ns)
    else:
        _take_by_quantity(market, order, event, reference)


def _reducible(market: Market, order: Order) -> int:
    position = market.account.positions[order.name].quantity
    return whole_lots(abs(position), order.rules.lot) if position * order.side < 0 else 0


def _take_by_quantity(market: Market, order: Order, event: Event, reference: int) -> None:
    whole = wanted(market, order, event, order.rest)
    piece = min(whole, whole_lots(event.budget, order.rules.lot))
    if order.tif == "fok" and piece < whole:
        return market.end(order, "CANCELLED", event.ts_ns)
    if piece:
        price = market.price_of(order.name, order.side, reference, piece, event)
        if not _payable(market, order, event, price, whole if not order.tested else piece):
            return None
        market.fill(order, event, price, piece, "taker", reference)
    if order.open and order.tif in ("ioc", "fok"):
        market.end(order, "CANCELLED", event.ts_ns)
    return None


def _payable(market: Market, order: Order, event: Event, price: int, quantity: int) -> bool:
    """§4.1: once for the whole order at the first piece's price, then piece by piece; a failing rest is cancelled."""
    first, order.tested = not order.tested, True
    spec = event.spec
    if first and not order.reduce_only and notional(spec, price, quantity) < order.rules.min_notional:
        market.end(order, "VENUE_MIN_NOTIONAL", event.ts_ns)
        return False
    if market.can_pay(order, price, quantity):
        return True
    market.end(order, "VENUE_INSUFFICIENT_FUNDS" if first else "CANCELLED", event.ts_ns)
    return False


def _take_by_cost(market: Market, order: Order, event: Event, reference: int) -> None:
    """§4.2: the largest lot multiple whose notional and fee fit into what is left of the cost."""
    left = order.cost - order.spent
    first, order.tested = not order.tested, True
    if not order.reduce_only and left > market.free_money(order):
        return market.end(order, "VENUE_INSUFFICIENT_FUNDS" if first else "CANCELLED", event.ts_ns)

    def affordable(quantity: int) -> bool:
        price = market.price_of(order.name, order.side, reference, quantity, event)
        price = price if order.side == BUY else max(price, reference)  # a worse price makes no short larger
        payable = not event.spec.perpetual or market.can_pay(order, price, quantity)  # margin and the whole fee
        return payable and market.cost_of(order, price, quantity) <= left

    most = wanted(market, order, event, largest_lots(affordable, order.rules.lot))
    if not most:
        return market.end(order, "VENUE_TOO_SMALL" if first else "FILLED", event.ts_ns)
    price = market.price_of(order.name, order.side, reference, most, event)
    if first and not order.reduce_only and notional(event.spec, price, most) < order.rules.min_notional:
        return market.end(order, "VENUE_MIN_NOTIONAL", event.ts_ns)
    if not market.can_deliver(order, most):
        return market.end(order, "VENUE_INSUFFICIENT_FUNDS" if first else "CANCELLED", event.ts_ns)
    piece = min(most, whole_lots(event.budget, order.rules.lot))
    if order.tif == "fok" and piece < most:
        return market.end(order, "CANCELLED", event.ts_ns)
    if piece:
        price = market.price_of(order.name, order.side, reference, piece, event)
        market.fill(order, event, price, piece, "taker", reference)
    if order.open and piece == most:
        market.end(order, "FILLED", event.ts_ns)
    elif order.open and order.tif in ("ioc", "fok"):
        market.end(order, "CANCELLED", event.ts_ns)
    return None


def largest_lots(fits: object, lot: int) -> int:
    """The largest lot multiple that fits, where every smaller one fits too: double until it does not, then halve."""
    assert callable(fits)
    if not fits(lot):
        return 0
    low, high = 1, 2
    while fits(high * lot):
        low, high = high, high * 2
        if high > UNLIMITED:
            return low * lot
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle * lot) else (low, middle)
    return low * lot


# ---- limits


def crosses(market: Market, order: Order, event: Event, reference: int) -> bool:
    """§4.3: the market price of one lot, all costs in, is not worse than the limit."""
    price = market.price_of(order.name, order.side, reference, order.rules.lot, event)
    return not lower(order.side, order.limit, price)


def arrive(market: Market, order: Order, event: Event, reference: int) -> None:
    """A crossing limit takes what its price allows; otherwise it rests from here on (§4.3, §4.6)."""
    if not crosses(market, order, event, reference):
        order.rested = True
        if order.tif in ("ioc", "fok"):
            market.end(order, "CANCELLED", event.ts_ns)
        return None
    if order.post_only:
        return market.end(order, "VENUE_POST_ONLY", event.ts_ns)
    order.crossed_at_ns = event.bar.open_ns
    if order.reduce_only and not _reducible(market, order):
        return market.end(order, "CANCELLED", event.ts_ns)
    whole = wanted(market, order, event, order.rest)

    def allowed(quantity: int) -> bool:
        price = market.price_of(order.name, order.side, reference, quantity, event)
        return not lower(order.side, order.limit, price)

    piece = min(whole, largest_lots(allowed, order.rules.lot), whole_lots(event.budget, order.rules.lot))
    if order.tif == "fok" and piece < whole:
        return market.end(order, "CANCELLED", event.ts_ns)
    if piece:
        price = market.price_of(order.name, order.side, reference, piece, event)
        market.fill(order, event, price, piece, "taker", reference)
    if order.open and order.tif in ("ioc", "fok"):
        market.end(order, "CANCELLED", event.ts_ns)
    return None


def fill_at_limit(market: Market, order: Order, event: Event, price: int) -> None:
    """A rested limit fills as maker, as much as the cap leaves."""
    if order.reduce_only and not _reducible(market, order):
        return market.end(order, "CANCELLED", event.ts_ns)
    whole = wanted(market, order, event, order.rest)
    piece = min(whole, whole_lots(event.budget, order.rules.lot))
    if order.tif == "fok" and piece < whole:
        return market.end(order, "CANCELLED", event.ts_ns)
    if piece:
        market.fill(order, event, price, piece, "maker", price)
    return None


# ---- OPEN


def meet_open(market: Market, order: Order, event: Event) -> None:
    """§4 at OPEN: market orders take, stops beyond their level trigger, limits rest, arrive or fill."""
    price, seen = event.bar.open, watched(market, order, event).open
    first, order.met = not order.met, True
    if order.state == "PENDING":
        order.state = "WORKING"
    if order.kind == "trailing_stop" and not order.triggered and not order.peak:
        order.peak = seen
    if is_market_like(order):
        take(market, order, event, price)
    elif is_limit_like(order):
        _limit_at_open(market, order, event, price)
    elif touched(market, order, seen):
        _trigger_at_open(market, order, event, price, first)
    elif order.kind == "trailing_stop":
        advance_peak(order, seen)


def _limit_at_open(market: Market, order: Order, event: Event, price: int) -> None:
    if not order.rested:
        arrive(market, order, event, price)
    elif past_limit(market, order.side, price, order.limit):
        gapped = market.costs.limit_gap == "open"
        fill_at_limit(market, order, event, price if gapped else order.limit)


def _trigger_at_open(market: Market, order: Order, event: Event, price: int, first: bool) -> None:
    if first and market.costs.refuse_triggered and not order.child:
        return market.end(order, "VENUE_WOULD_TRIGGER", event.ts_ns)
    if not market.trigger(order, event.ts_ns):
        return None
    if order.kind in ("stop_limit", "take_profit_limit"):
        return arrive(market, order, event, price)
    return take(market, order, event, price)


def level_of(market: Market, order: Order) -> int:
    """Where an untriggered stop or take-profit triggers; a trailing one follows its peak."""
    return market.trailing_level(order) if order.kind == "trailing_stop" else order.stop


def touched(market: Market, order: Order, price: int) -> bool:
    """Whether a price triggers an order: stops by touch, take-profit limits by the `limit_fill` rule (§4.4)."""
    level = level_of(market, order)
    if order.kind == "take_profit":
        return at_stop(-order.side, price, level)
    if order.kind == "take_profit_limit":
        return past_limit(market, order.side, price, level)
    return at_stop(order.side, price, level)


def advance_peak(order: Order, price: int) -> None:
    """A sell trails the highest price, a buy the lowest (§4.5)."""
    order.peak = min(order.peak, price) if order.side == BUY else max(order.peak, price)


# ---- RANGE


def meet_range(market: Market, event: Event) -> None:
    """§4.1 and §5: first what takes from this bar's open, then group by group along the path, the worse first."""
    _before_the_path(market, event)
    seen: set[int] = set()
    for group in range(1, 7):
        while True:
            candidate = _next(market, event, group, seen)
            if _liquidation_comes_first(market, event, group, candidate):
                continue
            if candidate is None:
                break
            seen.add(candidate.number)
            _meet_path(market, candidate, event)
    _after_the_path(market, event)


def _live(market: Market, event: Event) -> list[Order]:
    mine = [order for order in market.working if order.open and order.name == event.name]
    in_time = [order for order in mine if order.tif != "gtd" or order.expires_ns >= event.ts_ns]
    return sorted(in_time, key=lambda order: order.arrival)


def _before_the_path(market: Market, event: Event) -> None:
    for order in _live(market, event):
        if not order.open:
            continue
        order.state = "WORKING" if order.state == "PENDING" else order.state
        if is_market_like(order):
            take(market, order, event, event.bar.open)
        elif order.kind == "limit" and not order.met:
            arrive(market, order, event, event.bar.open)


def _next(market: Market, event: Event, group: int, seen: set[int]) -> Order | None:
    """The order that meets the path next: nearest to the open, then by arrival."""
    reached = []
    for order in _live(market, event):
        own = _group(market, order, event)
        if order.number not in seen and own is not None and own <= group:
            reached.append((own, _distance(market, order, event), order.arrival, order))
    return min(reached, key=lambda row: row[:3])[3] if reached else None


def _liquidation_comes_first(market: Market, event: Event, group: int, candidate: Order | None) -> bool:
    """§5 (1) and (5): liquidate when the path meets that price before the next stop; ties go to the stop."""
    position = market.account.positions[event.name].quantity
    if not event.spec.perpetual or not position or group not in (1, 5):
        return False
    if group == 1 and not event.held_after_open * position > 0:
        return False
    opened, worst = perpetuals.extremes(event.bar, market.mark_bar(event.name, event.bar), position)
    if not perpetuals.unsafe_at(market, event.name, worst):
        return False
    level = perpetuals.liquidation_price(market, event.name)
    assert level is not None
    gapped = group == 1 and perpetuals.unsafe_at(market, event.name, opened)
    far = 0 if gapped else abs(level - opened)
    if candidate is not None and _distance(market, candidate, event) <= far:
        return False
    perpetuals.liquidate(market, event.name, event, event.bar.open if gapped else level)
    return True


def _level(market: Market, order: Order) -> int:
    return order.limit if is_limit_like(order) else level_of(market, order)


def _distance(market: Market, order: Order, event: Event) -> int:
    """How far the path has to go from the open."""
    return abs(_level(market, order) - watched(market, order, event).open)


def _group(market: Market, order: Order, event: Event) -> int | None:
    """The group of §5 an order belongs to now, or None when the path does not reach it."""
    if order.crossed_at_ns == event.bar.open_ns or is_market_like(order) or not _reached(market, order, event):
        return None
    if order.born_in_ns == event.ts_ns:
        return 5 if order.kind in STOPS else 6
    if is_limit_like(order):
        return 4 if is_reducing(market, order) else 3
    if order.kind in STOPS:
        return 1 if is_reducing(market, order) else 2
    return 4 if order.kind == "take_profit" else 6


def _reached(market: Market, order: Order, event: Event) -> bool:
    bar = watched(market, order, event)
    low, high = (bar.low, bar.high) if order.side == BUY else (bar.high, bar.low)
    born_here = order.born_in_ns == event.ts_ns
    if is_limit_like(order):
        return past_limit(market, order.side, bar.close if born_here else low, order.limit)
    if order.kind in TRIGGERED_BY_LOSS:
        return touched(market, order, high)
    return touched(market, order, bar.close if born_here else low)


def _meet_path(market: Market, order: Order, event: Event) -> None:
    if is_limit_like(order):
        return fill_at_limit(market, order, event, order.limit)
    level = level_of(market, order)
    first, order.met = not order.met, True
    seen = watched(market, order, event)
    through = touched(market, order, seen.open) and order.born_in_ns != event.ts_ns
    if first and through and market.costs.refuse_triggered and not order.child:
        return market.end(order, "VENUE_WOULD_TRIGGER", event.ts_ns)
    if not market.trigger(order, event.ts_ns):
        return None
    if seen is not event.bar:  # the mark triggered it: no better price than any that traded here
        level = max(level, event.bar.low) if order.side == BUY else min(level, event.bar.high)
    reference = event.bar.open if through else level
    if not through and order.kind in ("stop", "trailing_stop") and _target_lay_too(market, order, event):
        market.ambiguous.add((order.number, event.ts_ns))
    if order.kind in ("stop_limit", "take_profit_limit"):
        return _limit_in_trigger_bar(market, order, event, reference)
    return take(market, order, event, reference)


def _target_lay_too(market: Market, stop: Order, event: Event) -> bool:
    """§5.1: the same bar reached a limit that closes the same holding: a sibling, or both reduce-only and alone."""
    near = event.bar.low if stop.side == BUY else event.bar.high
    for other in market.working:
        mine = other.open and other.name == stop.name and other.side == stop.side and other.kind == "limit"
        both_alone = stop.oco is None and other.oco is None and stop.reduce_only and other.reduce_only
        siblings = stop.oco is not None and other.oco == stop.oco
        if mine and (siblings or both_alone) and past_limit(market, other.side, near, other.limit):
            return True
    return False


def _limit_in_trigger_bar(market: Market, order: Order, event: Event, level: int) -> None:
    """§4.4: in its trigger bar a stop-limit fills only if the close is beyond its limit."""
    order.rested = not crosses(market, order, event, level)
    if past_limit(market, order.side, event.bar.close, order.limit):
        if order.rested:
            fill_at_limit(market, order, event, order.limit)
        else:
            arrive(market, order, event, level)
    if order.open and order.tif in ("ioc", "fok"):  # §4.6: they apply from the trigger
        market.end(order, "CANCELLED", event.ts_ns)


def _after_the_path(market: Market, event: Event) -> None:
    for order in _live(market, event):
        order.met = True
        if order.kind == "trailing_stop" and not order.triggered:
            seen = watched(market, order, event)
            if order.born_in_ns == event.ts_ns:
                advance_peak(order, seen.close)
            elif order.peak:
                advance_peak(order, seen.low if order.side == BUY else seen.high)
