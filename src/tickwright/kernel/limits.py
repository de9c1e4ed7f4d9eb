"""Limit orders: arriving, resting, filling at their price.

Invariants (rule book §4.3): a limit crosses when the market price of one lot, all costs in, is not worse than it; while
it crosses it takes what its price allows and its rest cannot fill again in that bar; rested, it fills at its price as
maker.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.clipping import reducible, wanted_here
from tickwright.kernel.fills import MAKER, TAKER, budget_left, fill, index_of, row_of
from tickwright.kernel.layout import Record, code
from tickwright.kernel.orders import finish, is_reduce_only
from tickwright.kernel.prices import impact_ppb, market_price
from tickwright.kernel.reach import book_of, call_rule, slot_at, venue_of, view_context
from tickwright.machine_code.compilation import entry, rule

_IOC = code(records.TimeInForce.IOC)
_FOK = code(records.TimeInForce.FOK)
_POST_ONLY = code(records.OrderFlag.POST_ONLY)
_CANCELLED = code(records.OrderState.CANCELLED)
_VENUE_POST_ONLY = code(records.OrderState.VENUE_POST_ONLY)
_OVERFLOW = code(records.OrderState.RISK_OVERFLOW)


@rule
def _allows(context: Record, slot: Record, book: Record, index: int, reference: int, quantity: int) -> bool:
    """Whether the market price of a quantity is not worse than the limit."""
    price = market_price(context, book, index, slot["side"], reference, quantity)
    return 0 <= price <= slot["limit_price"] if slot["side"] > 0 else price >= slot["limit_price"]


@rule
def crosses(context: Record, slot: Record, reference: int) -> bool:
    """Whether one lot would take at the limit or better."""
    book, index = book_of(context, slot["instrument"]), index_of(context, slot["instrument"])
    return _allows(context, slot, book, index, reference, slot["lot"])


@rule
def _most_allowed(context: Record, slot: Record, book: Record, index: int, reference: int, most: int) -> int:
    """The largest lot multiple of at most `most` that the limit allows; one lot is known to be allowed."""
    lot = slot["lot"]
    if _allows(context, slot, book, index, reference, most):
        return most
    low, high = 1, most // lot
    while high - low > 1:
        middle = low + (high - low) // 2
        if _allows(context, slot, book, index, reference, middle * lot):
            low = middle
        else:
            high = middle
    return low * lot


@rule
def is_immediate(slot: Record) -> bool:
    """Whether an order's rest is cancelled at its first event."""
    return slot["time_in_force"] == _IOC or slot["time_in_force"] == _FOK


@rule
def arrive(context: Record, place: int, reference: int) -> None:
    """Let a limit meet the market at a reference price."""
    venue_of(context)["reference"] = reference
    call_rule(context, context["arrive"], place)


@entry
def arrive_at_reference(address: int, place: int) -> int:
    """Take what the limit allows, or rest from here on."""
    context = view_context(address, 1)[0]
    _arrive(context, place, venue_of(context)["reference"])
    return 0


@rule
def _arrive(context: Record, place: int, reference: int) -> None:
    slot = slot_at(context, place)
    if not crosses(context, slot, reference):
        slot["rested"] = 1
        if is_immediate(slot):
            finish(context, place, _CANCELLED)
        return
    if (slot["flags"] & _POST_ONLY) != 0:
        finish(context, place, _VENUE_POST_ONLY)
        return
    slot["crossed_row"] = row_of(context)
    book, index = book_of(context, slot["instrument"]), index_of(context, slot["instrument"])
    if is_reduce_only(slot) and reducible(slot, book) == 0:
        finish(context, place, _CANCELLED)
        return
    wanted = wanted_here(context, slot, book)
    quantity = min(wanted, budget_left(context, book, index, slot["lot"]))
    if quantity > 0:
        quantity = _most_allowed(context, slot, book, index, reference, quantity)
    if quantity > 0 and not (slot["time_in_force"] == _FOK and quantity < wanted):
        price = market_price(context, book, index, slot["side"], reference, quantity)
        impact = impact_ppb(context, book, index, slot["side"], quantity)
        _fill(context, place, quantity, reference, price, impact, TAKER)
    if slot["side"] != 0 and is_immediate(slot):
        finish(context, place, _CANCELLED)


@rule
def fill_at_limit(context: Record, place: int, price: int) -> None:
    """Let a rested limit fill as maker, as far as the budget and the position allow."""
    slot = slot_at(context, place)
    book = book_of(context, slot["instrument"])
    if is_reduce_only(slot) and reducible(slot, book) == 0:
        finish(context, place, _CANCELLED)
        return
    budget = budget_left(context, book, index_of(context, slot["instrument"]), slot["lot"])
    wanted = wanted_here(context, slot, book)
    quantity = min(wanted, budget)
    if quantity > 0 and not (slot["time_in_force"] == _FOK and quantity < wanted):
        _fill(context, place, quantity, price, price, 0, MAKER)


@rule
def _fill(context: Record, place: int, quantity: int, reference: int, price: int, impact: int, liquidity: int) -> None:
    if fill(context, place, quantity, reference, price, impact, liquidity):
        call_rule(context, context["settle"], place)
    else:
        finish(context, place, _OVERFLOW)
