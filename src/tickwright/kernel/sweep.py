"""A sweep's trial: the same market for standing targets of one spot instrument, jumping from signal to signal.

Invariants: only what happens is run; a plain fill at an open (enough volume, money and size) is booked here with the
same rules, everything else is handed to the general matcher until no order works any more; the statistics are bit for
bit those of the general matcher. No order, fill or equity logs are kept.
"""

from __future__ import annotations

import math

from tickwright.kernel.advance import close_row, has_room, open_row
from tickwright.kernel.arithmetic import OVERFLOW, floored_to, mul_div_rounded_up
from tickwright.kernel.client import count_costs, follow_trade, in_lots, mark
from tickwright.kernel.compilation import entry, rule
from tickwright.kernel.curve import begin_curve, curve_at, end_curve, observe, observe_rows
from tickwright.kernel.decisions import target_value, wanted_at
from tickwright.kernel.fills import TAKER, budget_left, forget_decayed, use_volume, write_costs
from tickwright.kernel.layout import (
    LAYOUT,
    NEED_CAPACITY,
    NONE,
    WRONG_LAYOUT,
    Record,
    book_of,
    client_of,
    code,
    position_of,
    report_of,
    venue_of,
    view_context,
    view_float64,
    view_int64,
    view_uint8,
)
from tickwright.kernel.open_step import TRADES
from tickwright.kernel.prices import fee_rounded_up, impact_ppb, largest_affordable, market_price, notional_of
from tickwright.kernel.taking import below_minimum, most_at

_EIGHT_TRUE = code(0x0101010101010101)
_EIGHT_FALSE = code(0)


@entry
def run_trial(address: int, statistics: int) -> int:
    """Run a trial to its end, with its curve's statistics at an address; it may come back for more capacity."""
    context, curve = view_context(address, 1)[0], curve_at(statistics)
    if context["layout"] != LAYOUT:
        return WRONG_LAYOUT
    venue, first = venue_of(context), context["first_row"]
    end = first + context["decisions"]
    if venue["step"] == 2 * first:
        begin_curve(curve, client_of(context)["initial_cash"])
    row = venue["step"] // 2
    while row < end:
        if not has_room(context):
            venue["step"] = 2 * row
            return NEED_CAPACITY
        if venue["head"] != NONE:
            _general_row(context, curve, row)
            row += 1
            continue
        change = first + next_change(context, row - first)
        observe_rows(context, curve, row, min(change, end - 1))
        if change >= end:
            break
        if not _trade_plainly(context, change):
            venue["step"] = 2 * change + 1
            close_row(context, change)
        row = change + 1
    _mark_end(context, end - 1)
    end_curve(curve)
    venue["step"] = 2 * end
    return 0


@rule
def _general_row(context: Record, curve: Record, row: int) -> None:
    venue = venue_of(context)
    venue["step"] = 2 * row
    open_row(context, row)
    venue["step"] = 2 * row + 1
    close_row(context, row)
    observe(curve, client_of(context)["equity"], 1 if client_of(context)["exposure"] != 0 else 0)


@rule
def _mark_end(context: Record, row: int) -> None:
    position_of(context, 0)["last_price"] = view_int64(context["close"], row + 1)[row]
    mark(context)


@rule
def next_change(context: Record, decision: int) -> int:
    """The first decision from this one on whose target differs from the one acted on; past the last if none."""
    acted, decisions = position_of(context, 0)["acted"], context["decisions"]
    if context["signal"] != 0:
        signal = view_uint8(context["signal"], decisions)
        same = 1 if acted == 1.0 else 0
        eight = _EIGHT_TRUE if same == 1 else _EIGHT_FALSE
        while decision + 8 <= decisions and view_int64(context["signal"] + decision, 1)[0] == eight:
            decision += 8
        while decision < decisions and signal[decision] == same:
            decision += 1
        return decision
    wanted = view_float64(context["wanted"], decisions)
    while decision < decisions and (math.isnan(wanted[decision]) or wanted[decision] == acted):
        decision += 1
    return decision


@rule
def _trade_plainly(context: Record, row: int) -> bool:
    """Act on the target of a row's close and fill at the next open; False, with nothing traded, where not plain."""
    venue, book, position = venue_of(context), book_of(context, 0), position_of(context, 0)
    target, index = wanted_at(context, row - context["first_row"]), row + 1
    position["last_price"] = view_int64(context["close"], row + 1)[row]
    mark(context)
    if context["exits"] == 1 or index >= context["first_row"] + context["decisions"]:
        return False
    if view_uint8(context["presence"], index + 1)[index] != TRADES:
        return False
    venue["now_ns"], venue["step"] = view_int64(context["open_ns"], index + 1)[index], 2 * index
    if context["statistics"] == 1:
        forget_decayed(context)
    lots = in_lots(position["quantity"], position["lot"])
    wanted = target_value(context, target)
    held = mul_div_rounded_up(lots, position["last_price"], position["divisor"])
    if target == 0.0 or wanted < held:
        kept = 0 if target == 0.0 else mul_div_rounded_up(wanted, position["divisor"], position["last_price"])
        quantity = floored_to(max(0, lots - kept), position["lot"])
        done = quantity == 0 or _sell(context, book, index, quantity)
    else:
        done = wanted == held or _buy(context, book, index, wanted - held)
    if done:
        position["acted"] = target
        position["standing"] = target
    return done


@rule
def _sell(context: Record, book: Record, index: int, quantity: int) -> bool:
    if quantity > budget_left(context, book, index, book["lot"]):
        return False
    reference = view_int64(context["open"], index + 1)[index]
    return _book(context, book, index, -1, quantity, reference)


@rule
def _buy(context: Record, book: Record, index: int, cost: int) -> bool:
    free, reference = venue_of(context)["cash"], view_int64(context["open"], index + 1)[index]
    quantity = largest_affordable(
        context, book, index, 1, reference, min(cost, free), most_at(book, reference, min(cost, free))
    )
    if quantity == 0 or quantity > budget_left(context, book, index, book["lot"]):
        return False
    if below_minimum(book, market_price(context, book, index, 1, reference, quantity), quantity):
        return False
    if not _book(context, book, index, 1, quantity, reference):
        return False
    if cost > free:
        client_of(context)["targets_shrunk"] += 1
    return True


@rule
def _book(context: Record, book: Record, index: int, side: int, quantity: int, reference: int) -> bool:
    """Move money, base and fee of one fill in both halves, as `fills.fill` and the client do."""
    venue, client, position, report = venue_of(context), client_of(context), position_of(context, 0), report_of(context)
    impact = impact_ppb(context, book, index, side, quantity)
    price = market_price(context, book, index, side, reference, quantity)
    notional = notional_of(price, quantity, book["divisor"], side)
    in_base = context["fee_received"] == 1 and side > 0
    fee = fee_rounded_up(quantity if in_base else notional, book["taker_fee_ppb"])
    if notional == OVERFLOW or fee == OVERFLOW:
        return False
    amount = -side * notional - (0 if in_base else fee)
    change = side * quantity - (fee if in_base else 0)
    venue["cash"] += amount
    book["position"] += change
    use_volume(context, book, 0, side, quantity, TAKER)
    write_costs(context, book, side, quantity, reference, price, impact)
    report["price"], report["quantity"], report["fee"] = price, quantity, fee
    report["fee_asset"] = book["base_asset"] if in_base else 0
    client["cash"] += amount
    follow_trade(position, change, amount)
    count_costs(client, position, report)
    client["plain_fills"] += 1
    return True
