"""A trader of the naive market that sends what a worked example says, when it says so."""

from __future__ import annotations

from fractions import Fraction

from tests.reference.cases.case import Case, Send
from tests.reference.cases.market_of import HOUR_NS, START_NS
from tests.reference.market import Market
from tests.reference.rounding import whole_lots
from tests.reference.words import BUY, SELL, Bracket, Fill, Name, Order, Spec


class Scripted:
    """Sends the commands of a case for one instrument."""

    def __init__(self, case: Case, name: Name) -> None:
        self.case, self.name = case, name
        self.orders: dict[str, Order] = {}
        self.groups: dict[str, int] = {}

    def on_wake(self, market: Market, ts_ns: int, fills: list[Fill], closed: list[Name]) -> None:
        """Send what is due after this close, or on these fills."""
        bar = (ts_ns - START_NS) // HOUR_NS - 1
        labels = {label for label, order in self.orders.items() if order.number in {fill.order for fill in fills}}
        if any(fill.reason == "liquidation" for fill in fills):
            labels.add("liquidation")
        for command in self.case.sent:
            due = command.on_fill in labels if command.on_fill else bool(closed) and command.after == bar
            if due:
                self._send(market, command)

    def _send(self, market: Market, command: Send) -> None:
        spec = market.specs[self.name]
        terms = dict(command.terms)
        if command.verb == "cancel":
            return market.cancel(self.orders[command.label])
        if command.verb == "amend":
            market.amend(self.orders[command.label], **_units(spec, terms))  # type: ignore[arg-type]
            return None
        side = BUY if command.verb == "buy" else SELL
        oco = terms.pop("oco", None)
        if oco is not None:
            terms["oco"] = self.groups.setdefault(str(oco), len(self.groups) + 1000)
        made = _order_terms(spec, terms)
        if "quantity" in made:  # a strategy's quantity is rounded down to whole lots before it is sent
            made["quantity"] = whole_lots(made["quantity"], spec.rules_at(market.now_ns).lot)  # type: ignore[arg-type]
        self.orders[command.label] = market.send(self.name, side, **made)
        return None


def _order_terms(spec: Spec, terms: dict[str, object]) -> dict[str, object]:
    """The naive market's words for what a case says."""
    made = _units(spec, terms)
    if "oco" in terms:
        made["oco"] = terms["oco"]
    stop, target = terms.get("bracket_stop"), terms.get("bracket_target")
    if stop is not None or target is not None:
        rates = (None if rate is None else Fraction(str(rate)) for rate in (stop, target))
        made["bracket"] = Bracket(*rates, str(terms.get("bracket_by", "last")))
    if "expires" in terms:
        made["tif"], made["expires_ns"] = "gtd", START_NS + int(float(str(terms["expires"])) * HOUR_NS)
    if "take_profit" in terms:
        made["kind"] = "take_profit_limit" if "limit" in terms else "take_profit"
    elif "trail" in terms or "trail_rate" in terms:
        made["kind"] = "trailing_stop"
    elif "stop" in terms:
        made["kind"] = "stop_limit" if "limit" in terms else "stop"
    elif "limit" in terms:
        made["kind"] = "limit"
    return made


def _units(spec: Spec, terms: dict[str, object]) -> dict[str, object]:
    scales = {
        "quantity": spec.quantity_scale,
        "cost": spec.money_scale,
        "limit": spec.price_scale,
        "stop": spec.price_scale,
        "take_profit": spec.price_scale,
        "trail": spec.price_scale,
    }
    plain = ("tif", "post_only", "reduce_only", "trigger_by")
    made: dict[str, object] = {key: terms[key] for key in plain if key in terms}
    for key, scale in scales.items():
        if key in terms:
            made["stop" if key == "take_profit" else key] = int(Fraction(str(terms[key])) * 10**scale)
    if "trail_rate" in terms:
        made["trail_rate"] = Fraction(str(terms["trail_rate"]))
    return made
