"""Market orders: by quantity and by cost, whole, capped, immediate or all-or-nothing.

Invariants (rule book §4.1-2): a piece takes from a reference price with all costs; the cash test of a quantity order is
made once, at its first piece's price; an order by cost never spends more than its cost, fee included.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.arithmetic import OVERFLOW, mul_div_rounded_down
from tickwright.kernel.clipping import clipped, reducible, wanted_here
from tickwright.kernel.contracts import margin_for, most_notional, needed_to_open
from tickwright.kernel.fills import TAKER, budget_left, fill, index_of
from tickwright.kernel.layout import NONE, UNLIMITED, Record, code
from tickwright.kernel.orders import finish, free_cash, free_for, holds_cash, is_reduce_only, report_amended
from tickwright.kernel.prices import counted_price, impact_ppb, largest_affordable, market_price, spending_of
from tickwright.kernel.reach import book_of, call_rule, slot_at, venue_of, view_context
from tickwright.machine_code.compilation import entry, rule

_IOC = code(records.TimeInForce.IOC)
_FOK = code(records.TimeInForce.FOK)
_SIZED = code(records.OrderFlag.SIZED)
_FILLED = code(records.OrderState.FILLED)
_CANCELLED = code(records.OrderState.CANCELLED)
_MIN_NOTIONAL = code(records.OrderState.VENUE_MIN_NOTIONAL)
_INSUFFICIENT_FUNDS = code(records.OrderState.VENUE_INSUFFICIENT_FUNDS)
_TOO_SMALL = code(records.OrderState.VENUE_TOO_SMALL)
_OVERFLOW = code(records.OrderState.RISK_OVERFLOW)


@rule
def take(context: Record, place: int, reference: int) -> None:
    """Let a market order (or a triggered stop) take from a reference price in this event."""
    venue_of(context)["reference"] = reference
    call_rule(context, context["take"], place)


@entry
def take_from_reference(address: int, place: int) -> int:
    """Take by cost or by quantity; what is immediate ends with its first event."""
    context = view_context(address, 1)[0]
    slot, reference = slot_at(context, place), venue_of(context)["reference"]
    slot["met"] = 1
    if slot["cost"] > 0:
        take_cost(context, place, reference)
    elif slot["quantity"] == 0:  # the decision's shrink factor left nothing of its cost
        finish(context, place, _TOO_SMALL)
    else:
        take_quantity(context, place, reference)
    if slot["side"] != 0 and (slot["time_in_force"] == _IOC or slot["time_in_force"] == _FOK):
        finish(context, place, _CANCELLED)
    return 0


@rule
def take_quantity(context: Record, place: int, reference: int) -> None:
    """Fill what the budget, the position and the cash allow of an order by quantity."""
    slot = slot_at(context, place)
    book, index = book_of(context, slot["instrument"]), index_of(context, slot["instrument"])
    if is_reduce_only(slot) and reducible(slot, book) == 0:
        finish(context, place, _CANCELLED)
        return
    wanted = wanted_here(context, slot, book)
    budget = budget_left(context, book, index, slot["lot"])
    quantity = min(wanted, budget)
    if quantity <= 0 or (slot["time_in_force"] == _FOK and quantity < wanted):
        return
    price = market_price(context, book, index, slot["side"], reference, quantity)
    refusal = _refusal_at_match(context, slot, book, price, quantity if slot["tested"] == 1 else wanted)
    if refusal != 0:
        finish(context, place, refusal if slot["tested"] == 0 else _CANCELLED)
        return
    slot["tested"] = 1
    _fill_piece(context, place, index, quantity, reference, price)


@rule
def _refusal_at_match(context: Record, slot: Record, book: Record, price: int, quantity: int) -> int:
    """Why a quantity is too little for the venue, cannot be paid or cannot be delivered; 0 where all is well."""
    if is_reduce_only(slot):
        return 0
    if slot["tested"] == 0 and below_minimum(book, slot["min_notional"], price, quantity):
        return _MIN_NOTIONAL
    if book["perpetual"] == 1:
        spending = needed_to_open(book, slot["side"], price, quantity)
    elif slot["side"] < 0:
        return _INSUFFICIENT_FUNDS if quantity > free_for(context, slot) else 0
    else:
        spending = spending_of(context, book, 1, price, quantity)
    if spending == OVERFLOW:
        return _OVERFLOW
    return _INSUFFICIENT_FUNDS if spending > 0 and spending > free_for(context, slot) else 0


@rule
def below_minimum(book: Record, minimum: int, price: int, quantity: int) -> bool:
    """Whether a notional is under a minimum of the venue; one that does not fit is not."""
    if price < 0:
        return False
    notional = mul_div_rounded_down(price, quantity, book["divisor"])
    return notional != OVERFLOW and notional < minimum


@rule
def _fill_piece(context: Record, place: int, index: int, quantity: int, reference: int, price: int) -> None:
    slot = slot_at(context, place)
    book = book_of(context, slot["instrument"])
    impact = impact_ppb(context, book, index, slot["side"], quantity)
    if fill(context, place, quantity, reference, price, impact, TAKER):
        call_rule(context, context["settle"], place)
    else:
        finish(context, place, _OVERFLOW)


@rule
def take_cost(context: Record, place: int, reference: int) -> None:
    """Fill the largest lot multiple that the unspent cost buys, as far as the budget allows."""
    slot = slot_at(context, place)
    book, index, side = book_of(context, slot["instrument"]), index_of(context, slot["instrument"]), slot["side"]
    left, first, reducing = slot["cost"] - slot["spent"], slot["tested"] == 0, is_reduce_only(slot)
    slot["tested"] = 1
    if reducing and reducible(slot, book) == 0:
        finish(context, place, _CANCELLED)
        return
    if not reducing and left > _most_cost(context, slot, book):
        finish(context, place, _INSUFFICIENT_FUNDS if first else _CANCELLED)
        return
    wanted = _bought_by(context, slot, book, index, reference, left)
    if wanted == 0:
        finish(context, place, _TOO_SMALL if first else _FILLED)
        return
    price = market_price(context, book, index, side, reference, wanted)
    if first and not reducing and below_minimum(book, slot["min_notional"], price, wanted):
        finish(context, place, _MIN_NOTIONAL)
        return
    if not reducing and not holds_cash(context, slot) and wanted > free_for(context, slot):
        finish(context, place, _INSUFFICIENT_FUNDS if first else _CANCELLED)
        return
    quantity = min(wanted, budget_left(context, book, index, slot["lot"]))
    if quantity <= 0 or (slot["time_in_force"] == _FOK and quantity < wanted):
        return
    price = market_price(context, book, index, side, reference, quantity)
    _fill_piece(context, place, index, quantity, reference, price)
    if slot["side"] != 0 and quantity == wanted:
        finish(context, place, _FILLED)


@rule
def _most_cost(context: Record, slot: Record, book: Record) -> int:
    """The largest cost that free money allows; a sale of base needs base, not money."""
    if book["perpetual"] == 1:
        return most_notional(book, free_cash(context))
    return free_cash(context) if slot["side"] > 0 else UNLIMITED


@rule
def _bought_by(context: Record, slot: Record, book: Record, index: int, reference: int, cost: int) -> int:
    """The lots that a cost trades here, as far as position and margin allow."""
    side, lot = slot["side"], slot["lot"]
    wanted = largest_affordable(context, book, index, side, reference, cost, most_at(book, reference, cost), lot)
    if is_reduce_only(slot):
        wanted = min(wanted, reducible(slot, book))
    elif book["perpetual"] == 1:
        wanted = _carried_by_margin(context, slot, book, index, reference, wanted)
    return clipped(context, slot, book, wanted)


@rule
def _carried_by_margin(context: Record, slot: Record, book: Record, index: int, reference: int, most: int) -> int:
    """The largest lot multiple of at most `most` whose margin and fee are free."""
    free, low, high = free_for(context, slot), 0, most // slot["lot"] + 1
    while high - low > 1:
        probe = high - 1 if low == 0 and high == most // slot["lot"] + 1 else low + (high - low) // 2
        quantity = probe * slot["lot"]
        price = counted_price(context, book, index, slot["side"], reference, quantity)
        needed = needed_to_open(book, slot["side"], price, quantity)
        if needed == 0 or (needed != OVERFLOW and needed <= free):
            low = probe
        else:
            high = probe
    return low * slot["lot"]


@rule
def most_at(book: Record, reference: int, cost: int) -> int:
    """A quantity no cost buys more than: at half the reference price, in case permanent impact helps us."""
    most = mul_div_rounded_down(cost, book["divisor"], max(1, reference // 2))
    return most if most != OVERFLOW else 2**61


@rule
def shrink_decision(context: Record, place: int) -> None:
    """Take a decision's shrink factor once, over all its unfinished increases (rule book §7.4)."""
    slot = slot_at(context, place)
    if slot["shrunk"] == 1 or (slot["flags"] & _SIZED) == 0 or slot["cost"] == 0:
        return
    decision, total = slot["decision"], 0
    other = venue_of(context)["head"]
    while other != NONE:
        mate = slot_at(context, other)
        if _belongs(mate, decision):
            total += _money_for(context, mate)
        other = mate["next"]
    free = max(0, free_cash(context))
    other = venue_of(context)["head"]
    while other != NONE:
        mate = slot_at(context, other)
        if _belongs(mate, decision):
            mate["shrunk"] = 1
            if total > free:
                mate["cost"] = mul_div_rounded_down(mate["cost"], free, total)
                report_amended(context, mate)
        other = mate["next"]


@rule
def _money_for(context: Record, slot: Record) -> int:
    """The free money an increase needs: its cost, or the part of it that leverage leaves."""
    book = book_of(context, slot["instrument"])
    return margin_for(book, slot["cost"]) if book["perpetual"] == 1 else slot["cost"]


@rule
def _belongs(slot: Record, decision: int) -> bool:
    return slot["side"] != 0 and slot["decision"] == decision and (slot["flags"] & _SIZED) != 0 and slot["cost"] > 0
