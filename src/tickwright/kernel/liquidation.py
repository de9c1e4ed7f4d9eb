"""Liquidation of a perpetual position, and who pays what it loses beyond its margin.

Invariants (rule book §6.2): a market order for the whole position, outside the cap, with every cost but latency and one
rate of taker and liquidation fee together; every order of the instrument ends LIQUIDATED before it; what a close loses
beyond the margin it released - of a cross position: beyond the account, once no other stands - the insurance pays, in a
liquidation or not, so that isolated margin is the most a position can lose.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.arithmetic import OVERFLOW
from tickwright.kernel.fills import TAKER, fill, index_of
from tickwright.kernel.layout import NONE, Record, code
from tickwright.kernel.marks import mark_at
from tickwright.kernel.orders import append, finish, new_slot, report_accepted
from tickwright.kernel.prices import half_spread_ppb, impact_without_latency, notional_of, taker_price
from tickwright.kernel.reach import book_of, call_rule, slot_at, venue_of, view_context, view_int64
from tickwright.kernel.safety import is_unsafe, liquidation_price
from tickwright.kernel.slots import clear_progress, clear_terms
from tickwright.machine_code.compilation import entry, rule

_MARKET = code(records.OrderType.MARKET)
_REDUCE_ONLY = code(records.OrderFlag.REDUCE_ONLY)
_LIQUIDATION = code(records.Reason.LIQUIDATION)
_GTD = code(records.TimeInForce.GTD)
_EXPIRED = code(records.OrderState.EXPIRED)
_LIQUIDATED = code(records.OrderState.LIQUIDATED)
_OVERFLOW = code(records.OrderState.RISK_OVERFLOW)


@rule
def liquidate_at_open(context: Record, instrument: int) -> None:
    """Liquidate a position that the open leaves without safety; it takes from the open."""
    index = index_of(context, instrument)
    if is_unsafe(context, instrument, mark_at(context, context["mark_open"], context["open"], index)):
        _liquidate(context, instrument, view_int64(context["open"], index + 1)[index])


@rule
def liquidate_on_path(context: Record, instrument: int, group: int, distance: int) -> bool:
    """Liquidate where the path of a RANGE meets that price before an order at a distance; ties go to the order.

    Group 1 is for what was held after the OPEN, group 5 for what was opened here (rule book §5).
    """
    book, index = book_of(context, instrument), index_of(context, instrument)
    held = book["position"]
    if held == 0 or (group == 1 and (held > 0) != (book["held_after_open"] > 0)):
        return False
    if group == 1 and book["held_after_open"] == 0:
        return False
    worst = (
        mark_at(context, context["mark_low"], context["low"], index)
        if held > 0
        else mark_at(context, context["mark_high"], context["high"], index)
    )
    if not is_unsafe(context, instrument, worst):
        return False
    opened = mark_at(context, context["mark_open"], context["open"], index)
    level = liquidation_price(context, instrument)
    gapped = group == 1 and is_unsafe(context, instrument, opened)
    if distance <= (0 if gapped else abs(level - opened)):
        return False
    _liquidate(context, instrument, view_int64(context["open"], index + 1)[index] if gapped else level)
    return book["position"] == 0


@rule
def _liquidate(context: Record, instrument: int, reference: int) -> None:
    venue_of(context)["reference"] = reference
    call_rule(context, context["liquidate"], instrument)


@entry
def liquidate_from_reference(address: int, instrument: int) -> int:
    """End the instrument's orders and close its position at a reference price."""
    context = view_context(address, 1)[0]
    book, reference = book_of(context, instrument), venue_of(context)["reference"]
    place = book["head"]
    while place != NONE:
        slot = slot_at(context, place)
        if slot["side"] != 0:
            late = slot["time_in_force"] == _GTD and slot["expire_ns"] < venue_of(context)["now_ns"]
            finish(context, place, _EXPIRED if late else _LIQUIDATED)
        place = slot["next_here"]
    place = _send(context, instrument)
    slot = slot_at(context, place)
    index = index_of(context, instrument)
    impact = impact_without_latency(context, book, index, slot["side"], slot["quantity"])
    ppb = half_spread_ppb(context, index) + context["slippage_ppb"] + impact
    price = taker_price(reference, ppb, slot["side"])
    if notional_of(price, slot["quantity"], book["divisor"], slot["side"]) == OVERFLOW:
        price = reference
    if fill(context, place, slot["quantity"], reference, price, impact, TAKER):
        call_rule(context, context["settle"], place)
    else:
        finish(context, place, _OVERFLOW)
    return 0


@rule
def _send(context: Record, instrument: int) -> int:
    """The place of an order that the venue itself sends for the whole position."""
    venue, book = venue_of(context), book_of(context, instrument)
    place = new_slot(context)
    slot = slot_at(context, place)
    clear_terms(slot)
    clear_progress(slot)
    slot["order_id"] = venue["next_order"]
    venue["next_order"] += 1
    slot["instrument"], slot["side"] = instrument, -1 if book["position"] > 0 else 1
    slot["type"], slot["quantity"], slot["flags"] = _MARKET, abs(book["position"]), _REDUCE_ONLY
    slot["reason"], slot["tick"], slot["lot"] = _LIQUIDATION, book["tick"], book["lot"]
    slot["met_step"] = venue["step"]
    append(context, place)
    view_int64(context["slot_of_order"], context["order_capacity"])[slot["order_id"]] = place
    report_accepted(context, slot)
    return place
