"""A plain fill of a standing target: a market order sent at a close and filled whole at the next open.

Invariants: the same rules and the same bits as the general matcher, without a slot and without reports; what is not
plain (not enough volume or money, a size the venue refuses, a number that does not fit) is left alone, with nothing
changed, for the general matcher. Spot only, positions are never negative.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.arithmetic import OVERFLOW, floored_to, mul_div_rounded_up
from tickwright.kernel.client import apply_fill, clear_order, count_costs, follow_trade, in_lots
from tickwright.kernel.decisions import target_value
from tickwright.kernel.fills import TAKER, budget_left, remember_taken, use_volume, write_costs
from tickwright.kernel.layout import Record, code
from tickwright.kernel.open_step import TRADES
from tickwright.kernel.prices import (
    fee_rounded_up,
    half_spread_ppb,
    impact_ppb,
    largest_affordable,
    market_price,
    notional_of,
    pays_fee_in_base,
)
from tickwright.kernel.reach import (
    book_of,
    client_of,
    order_at,
    position_of,
    report_of,
    venue_of,
    view_int64,
    view_uint8,
)
from tickwright.kernel.taking import below_minimum, most_at
from tickwright.machine_code.compilation import rule

_SIZED = code(records.OrderFlag.SIZED)
_REDUCE_ONLY = code(records.OrderFlag.REDUCE_ONLY)
_FILLED = code(records.OrderState.FILLED)


@rule
def plan(context: Record, instrument: int, target: float) -> int:
    """What leads from the position held to a target: money to spend, or less than 0: lots to sell; 0 is nothing.

    Equity and the last price must be those of the decision.
    """
    position = position_of(context, instrument)
    lots, wanted = in_lots(position["quantity"], position["lot"]), target_value(context, target)
    held = mul_div_rounded_up(lots, position["last_price"], position["divisor"])
    if target == 0.0:
        return -lots
    if wanted < held:
        kept = mul_div_rounded_up(wanted, position["divisor"], position["last_price"])
        return -floored_to(max(0, lots - kept), position["lot"])
    return wanted - held


@rule
def meets_open(context: Record, instrument: int, row: int, planned: int) -> bool:
    """Whether a planned order is accepted as it is, and its symbol trades at a row's open."""
    if row >= context["first_row"] + context["decisions"]:
        return False
    index = row * context["instruments"] + instrument
    if view_uint8(context["presence"], index + 1)[index] != TRADES:
        return False
    book = book_of(context, instrument)
    too_large = book["max_quantity"] > 0 and -planned > book["max_quantity"]
    return planned >= 0 or not (too_large or -planned < book["min_quantity"])


@rule
def sell_plainly(context: Record, instrument: int, index: int, quantity: int, number: int) -> bool:
    """Reduce at an open; False, with nothing changed, where the volume does not allow it."""
    book = book_of(context, instrument)
    if quantity > budget_left(context, book, index, book["lot"]):
        return False
    return _book(context, instrument, index, -1, quantity, 0, number)


@rule
def buy_plainly(context: Record, instrument: int, index: int, cost: int, number: int) -> bool:
    """Spend a cost at an open; False, with nothing changed, where it buys too little or volume lacks."""
    book, reference = book_of(context, instrument), view_int64(context["open"], index + 1)[index]
    if cost <= 0 or cost > venue_of(context)["cash"]:
        return False
    quantity = largest_affordable(context, book, index, 1, reference, cost, most_at(book, reference, cost), book["lot"])
    if quantity == 0 or quantity > budget_left(context, book, index, book["lot"]):
        return False
    if below_minimum(book, book["min_notional"], market_price(context, book, index, 1, reference, quantity), quantity):
        return False
    return _book(context, instrument, index, 1, quantity, cost, number)


@rule
def _book(context: Record, instrument: int, index: int, side: int, quantity: int, cost: int, number: int) -> bool:
    """Move money, base and fee of one fill in both halves, as `fills.fill` and the client do."""
    venue, client, book, report = (
        venue_of(context),
        client_of(context),
        book_of(context, instrument),
        report_of(context),
    )
    reference = view_int64(context["open"], index + 1)[index]
    impact = impact_ppb(context, book, index, side, quantity)
    price = market_price(context, book, index, side, reference, quantity)
    notional = notional_of(price, quantity, book["divisor"], side)
    in_base = pays_fee_in_base(context, book, side)
    fee = fee_rounded_up(quantity if in_base else notional, book["taker_fee_ppb"])
    if notional == OVERFLOW or fee == OVERFLOW:
        return False
    amount = -side * notional - (0 if in_base else fee)
    change = side * quantity - (fee if in_base else 0)
    venue["cash"] += amount
    book["position"] += change
    use_volume(context, book, quantity)
    remember_taken(context, book, instrument, side, quantity)
    write_costs(context, book, side, quantity, reference, price, half_spread_ppb(context, index), impact)
    report["price"], report["quantity"], report["fee"], report["amount"] = price, quantity, fee, amount
    report["fee_asset"] = book["base_asset"] if in_base else 0
    if context["logged"] == 1:
        _log(context, instrument, side, cost, number)
        return True
    client["cash"] += amount
    follow_trade(position_of(context, instrument), change, amount, 0)
    count_costs(client, position_of(context, instrument), report)
    client["plain_fills"] += 1
    return True


@rule
def _log(context: Record, instrument: int, side: int, cost: int, number: int) -> None:
    """Leave the order that asked for it and the fill; the client half follows."""
    client, book, report = client_of(context), book_of(context, instrument), report_of(context)
    order = order_at(context, number)
    clear_order(order)
    order["order_id"], order["instrument"], order["side"], order["type"] = number, instrument, side, 0
    order["ts_sent_ns"] = client["now_ns"]
    order["quantity"], order["cost"] = report["quantity"] if side < 0 else 0, cost
    order["decision"], order["flags"] = client["decision"] + 1, _SIZED if side > 0 else _SIZED | _REDUCE_ONLY
    report["ts_ns"], report["order_id"], report["sequence"] = venue_of(context)["now_ns"], number, book["sequence"]
    book["sequence"] += 1
    report["instrument"], report["side"], report["liquidity"] = instrument, side, TAKER
    report["state"], report["at_open"] = _FILLED, 1
    apply_fill(context, report)
    order["ts_end_ns"] = report["ts_ns"]
