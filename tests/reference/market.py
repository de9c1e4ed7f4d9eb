"""The naive market: instants in the order of §2, orders accepted, matched, filled and ended, identities checked.

A trader is any object with `on_wake(market, ts_ns, fills, closed)`: called once after the RANGEs of an instant with
what filled and whose bars closed, and once after its OPENs when something filled there. It answers by sending orders.
`bars` are the finest candles of each instrument, which orders meet; `informing` the coarser ones that only inform
(§2.1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import Protocol

from tests.reference import matching, perpetuals
from tests.reference.account import Account, value_of
from tests.reference.cost_models import (
    bars_closed_in_window,
    half_spread,
    impact_fraction,
    open_budget,
    price_of_taking,
    range_budget,
)
from tests.reference.limits import Limits, worth
from tests.reference.matching import Event
from tests.reference.rounding import away_from_market, fee_up, notional, notional_paid, passive, taker_price, whole_lots
from tests.reference.words import (
    BUY,
    UNLIMITED,
    AccountEvent,
    Bar,
    Bracket,
    Costs,
    Decision,
    Fill,
    Name,
    Order,
    Rules,
    Spec,
)


class Trader(Protocol):
    """Who sends orders."""

    def on_wake(self, market: Market, ts_ns: int, fills: list[Fill], closed: list[Name]) -> None:
        """Answer what happened."""


class Market:
    """Some instruments with their bars, one account, and every order ever sent."""

    def __init__(
        self,
        specs: Sequence[Spec],
        bars: Mapping[Name, Sequence[Bar]],
        costs: Costs,
        cash: int,
        *,
        informing: Mapping[Name, Sequence[Bar]] | None = None,
        marks: Mapping[Name, Sequence[Bar]] | None = None,
        funding: Mapping[Name, Sequence[tuple[int, Fraction]]] | None = None,
        maintenance_at: str = "mark",
        limits: Limits | None = None,
    ) -> None:
        self.specs = {spec.name: spec for spec in sorted(specs, key=lambda spec: spec.name)}
        self.bars = {name: list(bars[name]) for name in self.specs}
        self.informing = self.bars if informing is None else {name: list(informing[name]) for name in self.specs}
        self.costs = costs
        self.account = Account(self.specs, costs, cash)
        self.history: dict[Name, list[Bar]] = {name: [] for name in self.specs}
        self.last: dict[Name, int] = {}
        self.orders: list[Order] = []
        self.working: list[Order] = []
        self.fills: list[Fill] = []
        self.account_events: list[AccountEvent] = []
        self.ambiguous: set[tuple[int, int]] = set()
        self.taken: dict[Name, list[tuple[int, int, int]]] = defaultdict(list)
        self.marks = {name: {bar.open_ns: bar for bar in series} for name, series in (marks or {}).items()}
        self.funding = {name: list(rates) for name, rates in (funding or {}).items()}
        self.maintenance_at = maintenance_at
        self.limits = limits or Limits()
        self.used_at_open: dict[Name, int] = {}
        self.held_after_open: dict[Name, int] = {}
        self.now_ns = 0
        self.equity: list[tuple[int, int]] = []
        self.filled_listeners: list[object] = []
        self.travelling: list[tuple[int, Callable[[], object]]] = []
        self._arrivals = 0
        self._groups = 0

    # ---- the instants (§2.1)

    def run(self, trader: Trader) -> None:
        """Walk all instants; orders left at the end of the data end there (§2.4)."""
        opening: dict[int, list[tuple[Name, Bar]]] = defaultdict(list)
        closing: dict[int, list[tuple[Name, Bar]]] = defaultdict(list)
        told: dict[int, list[Name]] = defaultdict(list)
        for name, bars in self.bars.items():
            for bar in bars:
                opening[bar.open_ns].append((name, bar))
                closing[bar.close_ns].append((name, bar))
            for bar in self.informing[name]:
                told[bar.close_ns].append(name)
        paying: dict[int, list[tuple[Name, Fraction]]] = defaultdict(list)
        for name, rates in self.funding.items():
            for ts_ns, rate in rates:
                paying[ts_ns].append((name, rate))
        last_rows = {ts_ns - next(iter(self.specs.values())).timeframe_ns for ts_ns in told}  # at whose close one wakes
        for ts_ns in sorted({*opening, *closing, *told, *paying, *last_rows}):
            self.now_ns = ts_ns
            self.working = [order for order in self.working if order.open]
            before = len(self.fills)
            for name, bar in closing[ts_ns]:
                self._range(name, bar)
            for name, bar in closing[ts_ns]:
                self._close(name, bar)
            for name, rate in paying[ts_ns]:
                perpetuals.pay_funding(self, name, ts_ns, rate)
            self._expire(ts_ns)
            if told[ts_ns]:
                self.limits.look(self, ts_ns)
                trader.on_wake(self, ts_ns, self.fills[before:], told[ts_ns])
                self.equity.append((ts_ns, self.account.equity(self.last)))
            elif len(self.fills) > before:
                trader.on_wake(self, ts_ns, self.fills[before:], [])
            before = len(self.fills)
            if ts_ns in opening or ts_ns in last_rows:
                self._arrive(ts_ns)
            self._expire(ts_ns)  # what was sent with a date that has passed
            self._open(ts_ns, opening[ts_ns])
            if len(self.fills) > before:
                trader.on_wake(self, ts_ns, self.fills[before:], [])
        for order in self.orders:
            self.end(order, "END_OF_DATA", self.now_ns)

    def has_events(self, name: Name, bar: Bar) -> bool:
        """§2.3: a bar of volume 0 has no OPEN and no RANGE, unless volume is not consulted."""
        return bar.volume > 0 or self.costs.participation is None or not self.specs[name].has_volume

    def mark_bar(self, name: Name, bar: Bar) -> Bar | None:
        """The mark candle of the same time, where a mark series is given (§6.1)."""
        return self.marks.get(name, {}).get(bar.open_ns)

    def _range(self, name: Name, bar: Bar) -> None:
        if self.has_events(name, bar):
            spec = self.specs[name]
            lot = spec.rules_at(bar.open_ns).lot
            used = self.used_at_open.pop(name, 0)
            budget = range_budget(self.costs, spec, bar, used, lot)
            event = Event(name, spec, "RANGE", bar.close_ns, bar, lot, budget)
            event.held_after_open = self.held_after_open.get(name, 0)
            matching.meet_range(self, event)
        self.account.check()

    def _close(self, name: Name, bar: Bar) -> None:
        """The last price of an instrument: its mark where a mark series is given, else its last trade."""
        mark = self.mark_bar(name, bar)
        self.last[name] = bar.close if mark is None else mark.close
        self.history[name].append(bar)

    def _open(self, ts_ns: int, opening: list[tuple[Name, Bar]]) -> None:
        """§2.1, §2.2: all OPENs of an instant are one matching step; reducing orders of all instruments first."""
        events = {}
        for name, bar in opening:
            if self.has_events(name, bar):
                spec = self.specs[name]
                lot = spec.rules_at(ts_ns).lot
                budget = open_budget(self.costs, spec, self.history[name], ts_ns, lot)
                events[name] = Event(name, spec, "OPEN", ts_ns, bar, lot, budget)
        waiting = sorted((o for o in self.working if o.open and o.name in events), key=lambda order: order.arrival)
        met = set()
        for order in waiting:
            if order.open and matching.is_reducing(self, order):
                met.add(order.number)
                self._shrink_once(order)
                matching.meet_open(self, order, events[order.name])
        for name, event in events.items():
            mark = self.mark_bar(name, event.bar)
            if perpetuals.unsafe_at(self, name, event.bar.open if mark is None else mark.open):
                perpetuals.liquidate(self, name, event, event.bar.open)
        for order in waiting:
            if order.open and order.number not in met:
                self._shrink_once(order)
                matching.meet_open(self, order, events[order.name])
        for name, event in events.items():
            self.used_at_open[name] = event.used
            self.held_after_open[name] = self.account.positions[name].quantity
        self.account.check()

    def _shrink_once(self, order: Order) -> None:
        """§7.4: taken when the first increase of a decision meets an OPEN, over all its unfinished increases."""
        decision = order.decision
        if decision is None or decision.shrunk or not order.cost:
            return
        decision.shrunk = True
        unfinished = [other for other in decision.orders if other.open]
        needed = sum(self.money_for(other, other.cost) for other in unfinished)
        free = max(0, self.account.free_cash(self.working))
        if needed > free:
            decision.factor = Fraction(free, needed)
            for other in unfinished:
                other.cost = floor(other.cost * decision.factor)

    def _expire(self, ts_ns: int) -> None:
        for order in self.working:
            if order.open and order.tif == "gtd" and order.expires_ns <= ts_ns:
                self.end(order, "EXPIRED", ts_ns)

    # ---- commands, which travel where the latency is a time (§3.4)

    def sent(self) -> list[Order]:
        """Our orders that are not over, those on their way among them; but what we have asked to end does not count."""
        return [order for order in self.orders if order.open and not order.leaving]

    def _leave(self, arrives: Callable[[], object]) -> None:
        """Let a command arrive, now or when the latency has passed."""
        if self.costs.wait_ns:
            self.travelling.append((self.now_ns + self.costs.wait_ns, arrives))
        else:
            arrives()

    def _arrive(self, ts_ns: int) -> None:
        while self.travelling and self.travelling[0][0] <= ts_ns:
            self.travelling.pop(0)[1]()

    def send(self, name: Name, side: int, *, rules: Rules | None = None, **terms: object) -> Order:
        """Accept or refuse a new order; it meets the instrument's next event. Children keep their entry's rules."""
        order = Order(len(self.orders), name, side, **terms)  # type: ignore[arg-type]
        order.rules = rules or self.specs[name].rules_at(self.now_ns)
        order.sent_ns, order.arrived = self.now_ns, False
        self._round_prices(order)
        refusal = self.limits.refusal(self, order)
        self.orders.append(order)
        if order.decision is not None and order.cost:
            order.decision.orders.append(order)
        if refusal:
            self.end(order, refusal, self.now_ns)
        elif order.child:
            self._accept(order)
        else:
            self._leave(lambda: self._accept(order))
        return order

    def _accept(self, order: Order) -> None:
        """The order is there: it is under the rules in force now, a child under those of its entry."""
        order.arrival, order.arrived = self._next_arrival(), True
        order.rules = order.rules if order.child else self.specs[order.name].rules_at(self.now_ns)
        refusal = self._refusal(order)
        self.working.append(order)
        if refusal:
            self.end(order, refusal, self.now_ns)

    def cancel(self, order: Order) -> None:
        """End an order on request."""
        if order.open:
            self._leave(lambda: self.end(order, "CANCELLED", self.now_ns))

    def cancel_all(self, name: Name) -> None:
        """End every order of an instrument on request, exits among them."""
        self._leave(lambda: [self.end(order, "CANCELLED", self.now_ns) for order in self.working if order.name == name])

    def amend(
        self, order: Order, *, quantity: int | None = None, limit: int | None = None, stop: int | None = None
    ) -> None:
        """§4.8: `quantity` is the new total; a price change or more size loses priority and arrives anew."""
        if not order.open:
            return
        rules = self.specs[order.name].rules_at(self.now_ns)
        asked = (
            order.quantity if quantity is None else whole_lots(quantity, rules.lot),
            order.limit if limit is None else passive(order.side, limit, rules.tick),
            order.stop if stop is None else self._rounded_stop(order, stop, rules.tick),
        )
        if quantity is not None and not asked[0]:
            self.cancel(order)
        elif not self._limits_refuse(order, asked):
            changes = [None if old is None else new for old, new in zip((quantity, limit, stop), asked, strict=True)]
            self._leave(lambda: self._amend(order, *changes))

    def _amend(self, order: Order, quantity: int | None, limit: int | None, stop: int | None) -> None:
        """§1.5: what arrives anew is under the rules in force; where a number does not fit them, nothing changes."""
        if not order.open:
            return
        if quantity is not None and quantity <= order.filled:
            self.end(order, "CANCELLED", self.now_ns)
            return
        before = (order.quantity, order.limit, order.stop, order.rules)
        order.quantity = order.quantity if quantity is None else quantity
        order.limit = order.limit if limit is None else limit
        order.stop = order.stop if stop is None else stop
        if order.quantity <= before[0] and (order.limit, order.stop) == before[1:3]:
            return
        order.rules = self.specs[order.name].rules_at(self.now_ns)
        if self._unfit(order) or self._lacks_funds(order):
            order.quantity, order.limit, order.stop, order.rules = before
            return
        order.arrival, order.rested, order.met = self._next_arrival(), False, False

    def _limits_refuse(self, order: Order, asked: tuple[int, int, int]) -> bool:
        """Our own limits judge an order as it would be, as if it were sent anew, where it grows."""
        held, before = (order.quantity, order.limit, order.stop), worth(self, order)
        order.quantity, order.limit, order.stop = asked
        refused = worth(self, order) > before and self.limits.refusal(self, order, new=False) != ""
        order.quantity, order.limit, order.stop = held
        self.limits.amends_refused += refused
        return refused

    def new_group(self) -> int:
        """A new OCO group."""
        self._groups += 1
        return self._groups

    def _next_arrival(self) -> int:
        self._arrivals += 1
        return self._arrivals

    def _round_prices(self, order: Order) -> None:
        """§1.1: limits passively, stop levels away from the market, triggers of take-profits passively."""
        if order.limit:
            order.limit = passive(order.side, order.limit, order.rules.tick)
        if order.stop:
            order.stop = self._rounded_stop(order, order.stop, order.rules.tick)

    def _rounded_stop(self, order: Order, stop: int, tick: int) -> int:
        rounding = away_from_market if order.kind in matching.TRIGGERED_BY_LOSS else passive
        return rounding(order.side, stop, tick)

    def _refusal(self, order: Order) -> str:
        """Why the venue refuses an order on acceptance, or nothing; exits close whatever is left of their part."""
        if order.child:
            return ""
        if not order.cost and order.quantity <= 0:
            return "VENUE_TOO_SMALL"
        by_mark = order.trigger_by == "mark" or order.exits_by_mark
        if (by_mark or (order.bracket and order.bracket.trigger_by == "mark")) and order.name not in self.marks:
            return "VENUE_UNSUPPORTED"
        refusal = self._unfit(order)
        return refusal or ("VENUE_INSUFFICIENT_FUNDS" if self._lacks_funds(order) else "")

    def _unfit(self, order: Order) -> str:
        """What of its rules the numbers of an order do not keep, or nothing."""
        spec, rules = self.specs[order.name], order.rules
        sizes = range(max(1, rules.min_quantity), rules.max_quantity + 1)
        if order.quantity % rules.lot or (order.quantity and order.quantity not in sizes):
            return "VENUE_LOT"
        if order.limit % rules.tick or order.stop % rules.tick:  # rounded to a tick that has changed meanwhile
            return "VENUE_TICK"
        if order.limit and not order.reduce_only and notional(spec, order.limit, order.quantity) < rules.min_notional:
            return "VENUE_MIN_NOTIONAL"
        return ""

    def _lacks_funds(self, order: Order) -> bool:
        """§4.9: what an order holds must be free; reduce-only orders hold nothing."""
        if order.reduce_only:
            return False
        others = self._others_once(order)
        base = self.account.base_held_by(order)
        if base and base > self.account.free_base(order.name, others):
            return True
        cash = self.account.held_by(order)
        return bool(cash) and cash > self.account.free_cash(others)

    def _others_once(self, order: Order) -> list[Order]:
        """The orders an acceptance competes with: nobody of its own OCO group (§4.7: they hold once)."""
        return [other for other in self.working if other is not order and (order.oco is None or other.oco != order.oco)]

    # ---- money

    def price_of(
        self, name: Name, side: int, reference: int, quantity: int, event: Event, *, latency: bool = True
    ) -> int:
        """What taking a quantity here costs a unit of it, all costs but the fee in."""
        if self.costs.impact == "none" and not self.costs.latency_days and not self.costs.spread_volatility:
            return price_of_taking(self.costs, side, reference, 0.0)
        since = event.ts_ns - self.costs.decay_ns
        before = sum(q for ts, own_side, q in self.taken[name] if own_side == side and ts > since)
        net = sum(own_side * q for _, own_side, q in self.taken[name])
        closed = bars_closed_in_window(self.history[name], event.bar.open_ns, self.costs.window_ns)
        costs = self.costs if latency else replace(self.costs, latency_days=0.0)
        impact = impact_fraction(costs, event.spec, closed, side, before, quantity, net)
        return price_of_taking(self.costs, side, reference, impact, half_spread(costs, event.spec, closed))

    def cost_of(self, order: Order, price: int, quantity: int) -> int:
        """What a quantity costs by §4.2: notional and fee (§7.3: for shorts too)."""
        spec = self.specs[order.name]
        paid = value_of(spec, order.side, price, quantity)
        in_quote = self.account.fee_in_quote(spec, order.side)
        return paid + (fee_up(paid, spec.taker_fee) if in_quote else 0)

    def money_for(self, order: Order, cost: int) -> int:
        """Free money a cost needs: itself on spot, its part by leverage on a perpetual, rounded up (§7.4)."""
        spec = self.specs[order.name]
        return ceil(Fraction(cost) / (spec.leverage if spec.perpetual else 1))

    def free_money(self, order: Order) -> Fraction:
        """The largest cost free money allows an order; a spot sale needs base, not money."""
        spec = self.specs[order.name]
        if not spec.perpetual and order.side != BUY:
            return Fraction(UNLIMITED)
        return Fraction(self.account.free_cash(self.working, but=order)) * (spec.leverage if spec.perpetual else 1)

    def can_pay(self, order: Order, price: int, quantity: int) -> bool:
        """§4.1: the cash test of a quantity order; a sell on spot needs the base nobody else holds."""
        spec = self.specs[order.name]
        if order.reduce_only:
            return True
        if not spec.perpetual and order.side != BUY:
            return self.can_deliver(order, quantity)
        if not spec.perpetual:
            needed = self.account.price_of_buying(spec, price, quantity, spec.taker_fee)
            return needed <= self.account.free_cash(self.working, but=order)
        held = self.account.positions[order.name].quantity
        opening = quantity - (min(quantity, abs(held)) if held * order.side < 0 else 0)
        value = notional_paid(spec, price, opening)
        needed = ceil(value / spec.leverage) + fee_up(value, spec.taker_fee)
        return not opening or needed <= self.account.free_cash(self.working, but=order)

    def can_deliver(self, order: Order, quantity: int) -> bool:
        """Whether the base of a plain spot sale is there; everything else delivers nothing."""
        if order.reduce_only or self.specs[order.name].perpetual or order.side == BUY:
            return True
        return quantity <= self.account.free_base(order.name, self.working, but=order)

    # ---- what happens to orders

    def fill(self, order: Order, event: Event, price: int, quantity: int, liquidity: str, reference: int) -> None:
        """Execute a piece: post it, count it against the cap, and let everything that hangs on it follow."""
        spec = event.spec
        rate = spec.taker_fee if liquidity == "taker" else spec.maker_fee
        in_quote = self.account.fee_in_quote(spec, order.side)
        paid = value_of(spec, order.side, price, quantity)
        fee = fee_up(paid if in_quote else quantity, rate)
        asset = spec.quote_asset if in_quote else spec.base_asset
        made = Fill(
            event.ts_ns, order.name, order.side, price, quantity, fee, asset, liquidity, order.number, reference,
            event.at_open, order.reason,
        )  # fmt: skip
        before = self.account.positions[order.name].quantity
        left = self.account.post(made)
        self.fills.append(made)
        if spec.perpetual and before * order.side < 0:
            perpetuals.make_good(self, order.name, event.ts_ns, left)
        event.budget -= quantity
        event.used += quantity
        if not event.at_open and order.born_in_ns != event.ts_ns and before * order.side < 0:
            event.reduced += min(quantity, abs(before))
        if liquidity == "taker":
            self.taken[order.name].append((event.ts_ns, order.side, quantity))
        order.filled += quantity
        order.spent += paid + (fee if in_quote else 0)
        order.state = "PARTLY_FILLED"
        if not order.cost and not order.rest:
            self.end(order, "FILLED", event.ts_ns)
        self._after_fill(order, made, event, before)
        self.account.check()

    def _after_fill(self, order: Order, fill: Fill, event: Event, before: int) -> None:
        """§4.7 siblings shrink, §4.6 flat ends reduce-only, §4.9 cover goes, brackets are born."""
        for sibling in self.working:
            if sibling.open and sibling is not order and order.oco is not None and sibling.oco == order.oco:
                sibling.quantity -= fill.quantity
                if sibling.rest <= 0:
                    self.end(sibling, "CANCELLED", fill.ts_ns)
                elif (sibling.side == BUY or event.spec.perpetual) and self.account.free_cash(self.working) < 0:
                    self.end(sibling, "VENUE_INSUFFICIENT_FUNDS", fill.ts_ns)
        lot = event.lot
        after = self.account.positions[order.name].quantity
        if whole_lots(abs(before), lot) and (not whole_lots(abs(after), lot) or before * after < 0):
            for other in self.working:
                if other.open and other.name == order.name and other.reduce_only and other is not order:
                    self.end(other, "CANCELLED", fill.ts_ns)
            if order.open and order.reduce_only:
                self.end(order, "CANCELLED", fill.ts_ns)
        self._let_cover_go(order.name, fill.ts_ns)
        if order.bracket is not None:
            self._bear(order, order.bracket, fill)
        for listener in self.filled_listeners:
            assert callable(listener)
            listener(self, order, fill)

    def _let_cover_go(self, name: Name, ts_ns: int) -> None:
        """§4.9: when an exit sells, the newest plain sells that lose cover end."""
        while not self.specs[name].perpetual and self.account.free_base(name, self.working) < 0:
            covered = [o for o in self.working if o.name == name and self.account.base_held_by(o)]
            self.end(max(covered, key=lambda order: order.arrival), "COVER_GONE", ts_ns)

    def _bear(self, entry: Order, bracket: Bracket, fill: Fill) -> None:
        """§4.7: each entry fill gets its own OCO pair at its own entry price, over what arrived (§1.4)."""
        arrived = fill.quantity
        if fill.fee_asset == self.specs[entry.name].base_asset:
            arrived -= fill.fee
        quantity = whole_lots(arrived, entry.rules.lot)
        oco = self.new_group()
        born = 0 if fill.at_open else fill.ts_ns
        for kind, rate, sign in (("stop", bracket.stop, -1), ("limit", bracket.target, 1)):
            if rate is None or not quantity:
                continue
            level = fill.price * (1 + sign * entry.side * rate)
            rules = entry.rules
            price = (away_from_market if kind == "stop" else passive)(-entry.side, level, rules.tick)
            terms = {"stop": price} if kind == "stop" else {"limit": price}
            reason = "stop_loss" if kind == "stop" else "take_profit"
            self.send(
                entry.name, -entry.side, kind=kind, quantity=quantity, oco=oco, reduce_only=True, child=True,
                born_in_ns=born, entry_price=fill.price, reason=reason, rested=bool(born) and kind == "limit",
                rules=entry.rules, trigger_by=bracket.trigger_by, **terms,
            )  # fmt: skip

    def trigger(self, order: Order, ts_ns: int) -> bool:
        """A stop or take-profit wakes up; False when it ends instead."""
        order.triggered, order.state = True, "TRIGGERED"
        if order.reduce_only and not self.account.positions[order.name].quantity * order.side < 0:
            self.end(order, "CANCELLED", ts_ns)
            return False
        if order.kind in ("stop_limit", "take_profit_limit"):
            needed = self.account.held_by(order)
            if needed > self.account.free_cash(self.working, but=order):
                self.end(order, "VENUE_INSUFFICIENT_FUNDS", ts_ns)
                return False
        return True

    def trailing_level(self, order: Order) -> int:
        """§1.1, §4.5: peak less distance; trailing sell stops round down, buy stops up."""
        if not order.peak:
            return 0 if order.side != BUY else 10**18
        distance = order.peak * order.trail_rate if order.trail_rate is not None else Fraction(order.trail)
        return away_from_market(order.side, order.peak + order.side * distance, order.rules.tick)

    def end(self, order: Order, state: str, ts_ns: int) -> None:
        """Let an order end; an ended order stays ended."""
        if order.open:
            order.state, order.ended_ns = state, ts_ns

    def equity_now(self) -> int:
        """Cash plus positions at their last close."""
        return self.account.equity(self.last)


__all__ = ["Decision", "Market", "Rules", "Trader", "taker_price"]
