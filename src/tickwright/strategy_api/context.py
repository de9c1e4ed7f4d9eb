"""What a callback strategy sees and does at an instant: `ctx`.

Invariants: everything read is what was known at this instant; an order is checked and numbered at once and reaches the
venue when the callback returns; prices round passively (buy down, sell up; stop levels away from the market),
quantities down to the lot. Numbers are float64 in base units, quote units and prices; the exact integers stay inside.
The desk behind it (`Desk`) is the engine's: a context itself knows neither kernel nor mode.
"""

from __future__ import annotations

import math
from typing import Any, Literal

from tickwright.domain.errors import UsageError
from tickwright.domain.records import OrderFlag, OrderType, Reason, Side
from tickwright.strategy_api import order_terms as terms
from tickwright.strategy_api.account_views import Order
from tickwright.strategy_api.desk import Desk, Request, Scales
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.indicator_arrays import Indicators
from tickwright.strategy_api.present import Bar, PastBars, present_indicators
from tickwright.strategy_api.strategy import Strategy
from tickwright.strategy_api.timers import Timers
from tickwright.strategy_api.views import StrategyBars

TimeInForceName = Literal["gtc", "ioc", "fok", "gtd"]
TriggerName = Literal["last", "mark"]
_KEPT = 64
_TAKE_PROFITS = (int(OrderType.TAKE_PROFIT), int(OrderType.TAKE_PROFIT_LIMIT))


class Context:
    """The present instant of one symbol: what is known, what is held, and how to trade."""

    def __init__(
        self,
        desk: Desk,
        strategy: Strategy,
        place: int,
        scales: Scales,
        bars: StrategyBars,
        indicators: Indicators,
        symbols: int,
        timers: Timers,
    ) -> None:
        self.timers = timers
        self._desk, self._place, self._scales, self._symbols = desk, place, scales, symbols
        self._client, self._held = desk.client, desk.position(place)
        self._open: dict[int, Order] = {}  # those that work; ended ones until they are told or their room is wanted
        self._room, self._tells_ends = _KEPT, callable(getattr(strategy, "on_order", None))
        self.strategy, self.symbol, self.state = strategy, bars.symbol, strategy.state
        self.bar = Bar(bars)
        self.bars = PastBars(bars, self.bar)
        self.ind = present_indicators(indicators, self.bar)

    # ---- what is known

    @property
    def now_ns(self) -> int:
        """The present instant, UTC nanoseconds."""
        return int(self._client.now_ns)

    @property
    def equity(self) -> float:
        """Cash plus positions at the last closes, in quote units."""
        return float(self._client.equity / self._scales.money)

    @property
    def allocation(self) -> float:
        """This symbol's share of the equity: equity divided by the number of symbols."""
        return self.equity / self._symbols

    @property
    def cash(self) -> float:
        """Cash, held or free, in quote units."""
        return float(self._client.cash / self._scales.money)

    @property
    def position(self) -> float:
        """What is held of this symbol in base units, whole lots only; negative for a short."""
        quantity, lot = self._held.quantity, self._held.lot
        whole = abs(quantity) // lot * lot
        held: float = (whole if quantity > 0 else -whole) / self._scales.quantity
        return held

    @property
    def lot(self) -> float:
        """The smallest step of a quantity in force now, in base units."""
        return float(self._held.lot / self._scales.quantity)

    @property
    def tick(self) -> float:
        """The smallest step of an order's price in force now."""
        return float(self._held.tick / self._scales.price)

    def orders(self, tag: str | None = None) -> list[Order]:
        """The orders that still work, oldest first; with `tag` those whose tag begins with it."""
        working = [order for order in self._open.values() if order.is_open]
        if not self._tells_ends:
            self._keep(working)
        return [order for order in working if tag is None or order.tag.startswith(tag)]

    def take_ended(self) -> list[Order]:
        """The orders that ended since the last call; they are then forgotten here."""
        ended = [order for order in self._open.values() if not order.is_open]
        for order in ended:
            del self._open[order.id]
        return ended

    @property
    def scales(self) -> Scales:
        """The symbol's units."""
        return self._scales

    # ---- trading

    def buy(self, **terms: Any) -> Order:
        """Buy; see `order` for the terms."""
        return self.order(Side.BUY, **terms)

    def sell(self, **terms: Any) -> Order:
        """Sell; see `order` for the terms."""
        return self.order(Side.SELL, **terms)

    def order(
        self,
        side: Side,
        *,
        qty: float | None = None,
        cost: float | None = None,
        fraction: float | None = None,
        limit: float | None = None,
        stop: float | None = None,
        take_profit: float | None = None,
        trail: float | None = None,
        trail_price: float | None = None,
        tif: TimeInForceName = "gtc",
        expire_ns: int = 0,
        post_only: bool = False,
        reduce_only: bool = False,
        oco: int = 0,
        trigger_by: TriggerName = "last",
        exits: Exits | None = None,
        tag: str = "",
        reason: Reason = Reason.SIGNAL,
    ) -> Order:
        """Send an order of exactly one of `qty` (base units), `cost` (quote units, fee inside) or `fraction`.

        `fraction` is of the cash for a buy and of the position for a sell. `limit`, `stop`, `take_profit` are prices;
        `stop` with `limit` is a stop-limit; `trail` is a fraction of the peak, `trail_price` a distance in price.
        `trigger_by="mark"` lets a perpetual's mark price trigger it, not the last price. A cost with a limit is turned
        into the quantity it pays for at the limit. `oco` ties orders of one number together; `exits` are borne by every
        fill. Without a mark series the venue refuses both by name: `VENUE_UNSUPPORTED`.
        Raises `UsageError` for terms that do not go together.
        """
        if (qty is None) + (cost is None) + (fraction is None) != 2:
            terms.refuse("an order has none, or more than one, of qty, cost and fraction", "exactly one of them")
        request = Request(self._place, int(side), tag=tag, reason=int(reason), oco=oco)
        try:
            if not (limit is stop is take_profit is trail is trail_price is None):
                self._set_prices(request, limit, stop, take_profit, trail, trail_price)
            self._set_size(request, qty, cost, fraction, limit or stop or take_profit)
        except (TypeError, ValueError, OverflowError):
            terms.refuse_what_is_no_number(
                {"qty": qty, "cost": cost, "fraction": fraction, "limit": limit, "stop": stop,
                 "take_profit": take_profit, "trail": trail, "trail_price": trail_price}
            )  # fmt: skip
        if tif != "gtc" or expire_ns:
            terms.set_time_in_force(request, tif, expire_ns)
        if post_only:
            terms.set_post_only(request)
        if reduce_only:
            request.flags |= int(OrderFlag.REDUCE_ONLY)
        if trigger_by != "last":
            terms.set_trigger(request, trigger_by)
        if exits is not None:
            terms.set_exits(request, exits)
        return self._track(self._desk.submit(request))

    def _set_size(
        self, request: Request, qty: float | None, cost: float | None, fraction: float | None, price: float | None
    ) -> None:
        scales = self._scales
        if (qty or cost or fraction or 0.0) < 0:
            terms.refuse_negative({"qty": qty, "cost": cost, "fraction": fraction})
        if fraction is not None:
            buys = request.side > 0
            qty, cost = (None, fraction * max(0.0, self.cash)) if buys else (fraction * abs(self.position), None)
        if qty is not None:
            request.quantity = terms.whole_lots(qty * scales.quantity, self._held.lot)
        elif cost is not None and request.type == OrderType.MARKET:
            request.cost = math.floor(cost * scales.money + 1e-6)
        elif cost is not None:
            request.quantity = terms.whole_lots(cost / (price or self.bar.close) * scales.quantity, self._held.lot)

    def _set_prices(
        self, request: Request, limit: float | None, stop: float | None, take_profit: float | None, trail: float | None,
        trail_price: float | None,
    ) -> None:  # fmt: skip
        scale, tick, buys = self._scales.price, self._held.tick, request.side > 0
        if [stop, take_profit, trail, trail_price].count(None) < 3:
            terms.refuse("stop, take_profit and trail exclude each other", "one of them")
        if limit is not None:
            request.limit_price = terms.order_price(limit * scale, tick, up=not buys)
            request.type = int(OrderType.LIMIT)
        if stop is not None:
            request.stop_price = terms.order_price(stop * scale, tick, up=buys)
            request.type = int(OrderType.STOP if limit is None else OrderType.STOP_LIMIT)
        if take_profit is not None:
            request.stop_price = terms.order_price(take_profit * scale, tick, up=not buys)
            request.type = int(OrderType.TAKE_PROFIT if limit is None else OrderType.TAKE_PROFIT_LIMIT)
        if trail is not None or trail_price is not None:
            if limit is not None:
                terms.refuse("a trailing stop has no limit", "trail without limit")
            terms.set_trail(request, trail, trail_price, scale)

    def cancel(self, order: Order) -> None:
        """Ask for the end of an order; one that has ended stays as it ended."""
        if order.is_open:
            self._desk.cancel(order.id)

    def cancel_all(self) -> None:
        """Ask for the end of every order of this symbol."""
        self._desk.cancel_all(self._place)

    def amend(self, order: Order, *, qty: float = 0.0, limit: float = 0.0, stop: float = 0.0) -> None:
        """Ask for another total quantity, limit or trigger; 0 keeps what there is, less than a lot cancels.

        An order that has ended stays as it ended.
        Raises `UsageError` for a number that the order does not have, such as the limit of a market order.
        """
        if not order.is_open:
            return
        if not min(qty, limit, stop) >= 0.0 or not max(qty, limit, stop) < math.inf:  # NaN is neither
            terms.refuse(
                f"qty is {qty!r}, limit is {limit!r}, stop is {stop!r}", "finite numbers, 0 to keep one", "ctx.amend"
            )
        record, scales, up = self._desk.order(order.id), self._scales, not order.is_buy
        numbers = (("quantity", qty, record.quantity), ("limit", limit, record.limit_price))
        for name, wanted, held in (*numbers, ("stop", stop, record.stop_price)):
            if wanted and not held:
                raise UsageError(
                    f"order {order.id} has no {name} to amend", where="ctx.amend", expected="a number that it has"
                )
        up_stop = up if record.type in _TAKE_PROFITS else not up
        quantity = terms.whole_lots(qty * scales.quantity, self._held.lot)
        if qty and not quantity:
            self._desk.cancel(order.id)
            return
        limit_price = terms.on_tick(limit * scales.price, self._held.tick, up=up)
        stop_price = terms.on_tick(stop * scales.price, self._held.tick, up=up_stop)
        self._desk.amend(order.id, quantity, limit_price, stop_price)

    def target(self, value: float) -> None:
        """Want a fraction of this symbol's allocation from here on; acts when the value changes."""
        held = self._held
        if held.standing != value or held.acted != value:  # else it is wanted and was acted on already
            self._desk.target(self._place, terms.fraction_of_target(value))

    # ---- timers

    def timer(
        self,
        name: str,
        *,
        at_ns: int | None = None,
        after: str | None = None,
        every: str | None = None,
        offset: str | None = None,
    ) -> None:
        """Have `on_timer` called once at an instant or `after` a span, or at the beginning of `every` period UTC.

        `every="1d", offset="8h"` is 08:00 each day; weeks begin on Monday. A timer of the same name is replaced. It is
        called at the first close at or after its time. Raises `UsageError` for terms that do not go together.
        """
        _demand_on_timer(self.strategy)
        self.timers.set(name, self.now_ns, at_ns=at_ns, after=after, every=every, offset=offset)

    def cancel_timer(self, name: str) -> None:
        """Stop a timer; nothing where there is none of this name."""
        self.timers.cancel(name)

    # ---- telling

    def log(self, text: str) -> None:
        """Keep a line in the run's log, stamped with the instant."""
        self._desk.log(f"{self.symbol}: {text}")

    def plot(self, name: str, value: float) -> None:
        """Draw a value at this instant in the report."""
        self._desk.plot(name, float(value))

    def _keep(self, working: list[Order]) -> None:
        """Forget all other orders."""
        self._open = {order.id: order for order in working}
        self._room = max(_KEPT, 2 * len(working))

    def _track(self, order_id: int) -> Order:
        if len(self._open) >= self._room and not self._tells_ends:
            self._keep([self._open[number] for number in self._desk.working(self._open)])
        order = Order(self._desk, self._scales, order_id)
        self._open[order_id] = order
        return order


def _demand_on_timer(strategy: Strategy) -> None:
    if not callable(getattr(strategy, "on_timer", None)):
        name = type(strategy).__name__
        raise UsageError(
            f"{name} starts a timer and has no on_timer", where=name, expected="on_timer(self, ctx, timer)"
        )


class MarketContext:
    """The present instant of all symbols, for `on_bars`: `ctx["BTC/USDT"]` is that symbol's own context.

    `members` are the symbols of the strategy's universe at this instant, all of them without one.
    """

    def __init__(self, contexts: dict[str, Context]) -> None:
        self._contexts = contexts
        self._any = next(iter(contexts.values()))
        self.state, self.symbols = self._any.state, tuple(contexts)
        self.timers, self.members = self._any.timers, self.symbols

    def __getitem__(self, symbol: str) -> Context:
        if symbol not in self._contexts:
            raise UsageError(
                f"{symbol!r} is not traded here", where="ctx", expected=f"one of {', '.join(self.symbols)}"
            )
        return self._contexts[symbol]

    @property
    def now_ns(self) -> int:
        """The present instant, UTC nanoseconds."""
        return self._any.now_ns

    @property
    def equity(self) -> float:
        """Cash plus positions at the last closes, in quote units."""
        return self._any.equity

    @property
    def cash(self) -> float:
        """Cash, held or free, in quote units."""
        return self._any.cash

    def timer(
        self,
        name: str,
        *,
        at_ns: int | None = None,
        after: str | None = None,
        every: str | None = None,
        offset: str | None = None,
    ) -> None:
        """As `Context.timer`; `on_timer` gets this context."""
        self._any.timer(name, at_ns=at_ns, after=after, every=every, offset=offset)

    def cancel_timer(self, name: str) -> None:
        """Stop a timer; nothing where there is none of this name."""
        self.timers.cancel(name)

    def log(self, text: str) -> None:
        """Keep a line in the run's log, stamped with the instant."""
        self._any.log(text)

    def plot(self, name: str, value: float) -> None:
        """Draw a value at this instant in the report."""
        self._any.plot(name, value)
