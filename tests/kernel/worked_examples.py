"""A strategy that sends what a worked example says, when it says so."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.reference.cases.case import Case, Send
from tests.reference.cases.market_of import HOUR_NS, START_NS, costs_of, market_of
from tickwright.domain.records import OrderState, Reason
from tickwright.domain.run import RunResult
from tickwright.modes import event
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Strategy

PRICES = {"limit": "limit", "stop": "stop", "take_profit": "take_profit", "trail": "trail_price", "trail_rate": "trail"}


def scripted(case: Case) -> type[Strategy]:
    """A strategy class that sends the commands of a case."""

    class Scripted(Strategy):
        sent: dict[str, Any] = {}  # noqa: RUF012 - one run per class

        def on_bar(self, ctx: Any, bar: Any) -> None:
            number = (bar.close_time_ns - START_NS) // HOUR_NS - 1
            for command in case.sent:
                if not command.on_fill and command.after == number:
                    self.send(ctx, command)

        def on_fill(self, ctx: Any, fill: Any) -> None:
            for command in case.sent:
                awaited = self.sent.get(command.on_fill)
                liquidated = command.on_fill == "liquidation" and fill.reason == Reason.LIQUIDATION
                if liquidated or (awaited is not None and awaited.id == fill.order_id):
                    self.send(ctx, command)

        def send(self, ctx: Any, command: Send) -> None:
            if command.verb == "cancel":
                return ctx.cancel(self.sent[command.label])
            if command.verb == "amend":
                values = {key: float(str(value)) for key, value in command.terms.items()}
                return ctx.amend(self.sent[command.label], qty=values.pop("quantity", 0.0), **values)
            trade = ctx.buy if command.verb == "buy" else ctx.sell
            self.sent[command.label] = trade(**terms_of(dict(command.terms)))
            return None

    Scripted.sent = {}
    return Scripted


def terms_of(terms: dict[str, Any]) -> dict[str, Any]:
    """A case's words as arguments of `ctx.buy`."""
    made: dict[str, Any] = {}
    for name, argument in PRICES.items():
        if name in terms:
            made[argument] = float(str(terms[name]))
    if "quantity" in terms:
        made["qty"] = float(str(terms["quantity"]))
    if "cost" in terms:
        made["cost"] = float(str(terms["cost"]))
    for name in ("tif", "post_only", "reduce_only", "trigger_by"):
        if name in terms:
            made[name] = terms[name]
    if "oco" in terms:
        made["oco"] = 1 + sum(map(ord, str(terms["oco"])))
    if "expires" in terms:
        made["tif"], made["expire_ns"] = "gtd", START_NS + int(float(str(terms["expires"])) * HOUR_NS)
    stop, target = terms.get("bracket_stop"), terms.get("bracket_target")
    if stop is not None or target is not None:
        made["exits"] = Exits(
            stop=None if stop is None else float(str(stop)),
            target=None if target is None else float(str(target)),
            trigger_by=terms.get("bracket_by", "last"),
        )
    return made


def run_case(case: Case, mode: Any = event.run) -> tuple[RunResult, dict[str, str]]:
    """The result of a case, and how its orders ended."""
    market, strategy = market_of(case), scripted(case)
    result = mode(strategy, {}, market, cash=Decimal(case.cash), cash_asset=market.cash_asset, costs=costs_of(case))
    ends = {label: OrderState(int(result.orders[order.id]["state"])).name for label, order in strategy.sent.items()}
    return result, ends
