"""Random orders, amends and cancels as data, sent alike by a strategy of the product and by a naive trader."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.reference.exits import ExitBook, ExitTerms
from tests.reference.market import Market as NaiveMarket
from tests.reference.rounding import whole_lots
from tests.reference.words import BUY, SELL, Fill, Name, Order, Spec
from tickwright.domain.bars import Bars
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Strategy

HOUR_NS = 3_600_000_000_000
KINDS = ("market", "limit", "limit", "stop", "stop_limit", "take_profit", "take_profit_limit", "trail", "trail_rate")


PRICES = ("limit", "stop", "take_profit")


@dataclass(frozen=True)
class Command:
    """What is sent for a symbol after one of its closes, or once when the order of a label first fills."""

    label: str
    symbol: str
    after_ns: int
    verb: str
    on_fill: str = ""
    terms: Mapping[str, Any] = field(default_factory=dict)


def random_commands(seed: int, series: Sequence[Bars], *, often: float = 0.5, both_ways: bool = False) -> list[Command]:
    """Commands for each symbol, close by close; prices are whole ticks near the close.

    On spot sells only reduce; `both_ways` draws the terms of either side for either verb.
    """
    draw, commands = random.Random(seed), []
    for bars in series:
        symbol, made = bars.key.instrument.symbol, 0
        amendable: list[tuple[str, dict[str, Any]]] = []
        for place, opened in enumerate(bars.open_time_ns.tolist()):
            closes_ns = opened + bars.timeframe.length_ns
            while draw.random() < often:
                label, price = f"{symbol} {made}", int(bars.close[place])
                older = f"{symbol} {draw.randrange(made)}" if made else ""
                choice = draw.random()
                if choice < 0.02:
                    commands.append(Command("", symbol, closes_ns, "cancel_all"))
                elif older and choice < 0.1:
                    commands.append(Command(older, symbol, closes_ns, "cancel"))
                elif amendable and choice < 0.25:
                    chosen, terms = draw.choice(amendable)
                    commands.append(Command(chosen, symbol, closes_ns, "amend", terms=_changes(draw, price, terms)))
                else:
                    on_fill = older if older and choice < 0.35 else ""
                    verb = draw.choice(("buy", "buy", "sell"))
                    as_if = draw.choice(("buy", "buy", "sell")) if both_ways else verb
                    by_mark = 0.35 if bars.key.instrument.settle else 0.02  # spot refuses it
                    terms = _terms(draw, as_if, price, closes_ns, bars.timeframe.length_ns, by_mark)
                    if on_fill:  # it is not known when that is: a date could have passed
                        terms.pop("expires_ns", None)
                    commands.append(Command(label, symbol, closes_ns, verb, on_fill, terms))
                    if set(PRICES) & set(terms):
                        amendable.append((label, terms))
                    made += 1
    return commands


def _near(draw: random.Random, price: int) -> int:
    return max(1, round(price * (1 + draw.choice((-0.06, -0.03, -0.01, -0.002, 0, 0.002, 0.01, 0.03, 0.06)))))


def _changes(draw: random.Random, price: int, terms: Mapping[str, Any]) -> dict[str, Any]:
    """Another quantity, or other prices of those an order has."""
    changes: dict[str, Any] = {name: _near(draw, price) for name in PRICES if name in terms}
    chosen = {name: value for name, value in changes.items() if draw.random() < 0.6}
    if not chosen or draw.random() < 0.6:
        chosen["quantity"] = draw.randrange(1, 40)
    return chosen


def _terms(draw: random.Random, verb: str, price: int, now_ns: int, length_ns: int, by_mark: float) -> dict[str, Any]:
    """Terms in whole ticks, lots and money of 1; `by_mark` is how often the mark is to trigger."""
    kind = draw.choice(KINDS)
    terms: dict[str, Any] = {"quantity": draw.randrange(1, 30)}
    if kind == "market" and draw.random() < 0.5:
        terms = {"cost": draw.randrange(1, 40) * price}
    if kind in ("limit", "stop_limit", "take_profit_limit"):
        terms["limit"] = _near(draw, price)
    if kind in ("stop", "stop_limit"):
        terms["stop"] = _near(draw, price)
    if kind in ("take_profit", "take_profit_limit"):
        terms["take_profit"] = _near(draw, price)
    if kind == "trail":
        terms["trail"] = max(1, round(price * draw.choice((0.005, 0.02, 0.05))))
    if kind == "trail_rate":
        terms["trail_rate"] = draw.choice((0.01, 0.03))
    if kind not in ("market", "limit") and draw.random() < by_mark:
        terms["trigger_by"] = "mark"
    chance = draw.random()
    if chance < 0.1:
        terms["tif"] = draw.choice(("ioc", "fok"))
    elif chance < 0.2:
        terms["expires_ns"] = now_ns + draw.choice((1, 2, 3, 5)) * length_ns // 2
    if kind == "limit" and draw.random() < 0.15:
        terms["post_only"] = True
    if verb == "sell" and draw.random() < 0.35:
        terms["reduce_only"] = True
    elif "cost" not in terms and draw.random() < 0.2:
        terms["oco"] = draw.choice((1, 2))
    if verb == "buy" and draw.random() < 0.3:
        terms["exits"] = {
            "stop": draw.choice((0.01, 0.04)),
            "target": draw.choice((None, 0.01, 0.05)),
            "trail": draw.choice((None, None, 0.02)),
            "max_bars": draw.choice((None, None, 2)),
            "trigger_by": "mark" if draw.random() < by_mark else "last",
        }
    return terms


class NaiveSender:
    """Sends the commands in the naive market."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self.commands, self.book = commands, ExitBook()
        self.orders: dict[str, Order] = {}
        self.groups: dict[tuple[Name, int], int] = {}

    def on_wake(self, market: NaiveMarket, ts_ns: int, fills: list[Fill], closed: list[Name]) -> None:
        """Fills first, in order; then each symbol whose bar closed."""
        if not market.filled_listeners:
            market.filled_listeners.append(self.book.on_fill)
        if closed:
            self.book.on_closes(market, ts_ns, closed)
        for fill in fills:
            labels = [label for label, order in self.orders.items() if order.number == fill.order]
            for command in self.commands:
                if command.on_fill and command.on_fill in labels and command.label not in self.orders:
                    self._send(market, fill.name, command)
        for name in closed:
            for command in self.commands:
                if not command.on_fill and command.symbol == name[1] and command.after_ns == ts_ns:
                    self._send(market, name, command)

    def _send(self, market: NaiveMarket, name: Name, command: Command) -> None:
        spec, terms = market.specs[name], command.terms
        if command.verb == "cancel_all":
            market.cancel_all(name)
            return
        if command.verb in ("cancel", "amend"):
            order = self.orders.get(command.label)
            if order is not None and command.verb == "cancel":
                market.cancel(order)
            elif order is not None:
                market.amend(order, **_naive_units(spec, terms))
            return
        made = _naive_units(spec, terms)
        if "quantity" in made:  # a strategy's quantity is rounded down to whole lots before it is sent
            made["quantity"] = whole_lots(made["quantity"], spec.rules_at(market.now_ns).lot)
        made["kind"] = _kind(terms)
        made.update({key: terms[key] for key in ("tif", "post_only", "reduce_only", "trigger_by") if key in terms})
        if "expires_ns" in terms:
            made["tif"], made["expires_ns"] = "gtd", terms["expires_ns"]
        if "oco" in terms:
            key = (name, terms["oco"])
            made["oco"] = self.groups.setdefault(key, 1_000_000 + len(self.groups))
        if "trail_rate" in terms:
            made["trail_rate"] = Fraction(str(terms["trail_rate"]))
        made["exits_by_mark"] = terms.get("exits", {}).get("trigger_by") == "mark"
        side = BUY if command.verb == "buy" else SELL
        order = self.orders[command.label] = market.send(name, side, **made)
        if "exits" in terms:
            values = {key: value for key, value in terms["exits"].items() if value is not None}
            self.book.entries[order.number] = ExitTerms(**values)


def _kind(terms: Mapping[str, Any]) -> str:
    limited = "limit" in terms
    if "take_profit" in terms:
        return "take_profit_limit" if limited else "take_profit"
    if "stop" in terms:
        return "stop_limit" if limited else "stop"
    if "trail" in terms or "trail_rate" in terms:
        return "trailing_stop"
    return "limit" if limited else "market"


def _naive_units(spec: Spec, terms: Mapping[str, Any]) -> dict[str, Any]:
    price, quantity, money = 10**spec.price_scale, 10**spec.quantity_scale, 10**spec.money_scale
    scales = {"quantity": quantity, "cost": money, "limit": price, "stop": price, "take_profit": price, "trail": price}
    names = {"take_profit": "stop"}
    return {names.get(key, key): terms[key] * scale for key, scale in scales.items() if key in terms}


def sender(commands: Sequence[Command]) -> type[Strategy]:
    """A strategy that sends the commands through its context."""

    class Sender(Strategy):
        """Sends what the list says."""

        sent: dict[str, Any] = {}  # noqa: RUF012 - one class per run

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            for command in commands:
                due = command.symbol == ctx.symbol and command.after_ns == bar.close_time_ns
                if due and not command.on_fill:
                    self.send(ctx, command)

        def on_fill(self, ctx, fill):  # type: ignore[no-untyped-def]
            labels = [label for label, order in self.sent.items() if order.id == fill.order_id]
            for command in commands:
                if command.on_fill and command.on_fill in labels and command.label not in self.sent:
                    self.send(ctx, command)

        def send(self, ctx, command):  # type: ignore[no-untyped-def]
            terms = dict(command.terms)
            if command.verb == "cancel_all":
                ctx.cancel_all()
            elif command.verb == "cancel":
                if command.label in self.sent:
                    ctx.cancel(self.sent[command.label])
            elif command.verb == "amend":
                sent = self.sent.get(command.label)
                if sent is not None and (sent.qty or "quantity" not in terms):  # else it was for less than a lot
                    stop = terms.get("stop", terms.get("take_profit", 0.0))
                    changes = {"qty": terms.get("quantity", 0.0), "limit": terms.get("limit", 0.0), "stop": stop}
                    ctx.amend(self.sent[command.label], **changes)
            else:
                trade = ctx.buy if command.verb == "buy" else ctx.sell
                self.sent[command.label] = trade(**_context_terms(terms))

    Sender.sent = {}
    return Sender


def _context_terms(terms: dict[str, Any]) -> dict[str, Any]:
    names = {"quantity": "qty", "trail": "trail_price", "trail_rate": "trail", "expires_ns": "expire_ns"}
    made = {names.get(key, key): value for key, value in terms.items() if key != "exits"}
    if "expires_ns" in terms:
        made["tif"] = "gtd"
    if "exits" in terms:
        made["exits"] = Exits(**terms["exits"])
    return made
