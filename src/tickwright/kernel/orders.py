"""Working orders of the venue half: their slots, their order of arrival, what they hold, and how they end.

Invariants: an order has a slot from acceptance to its end; lists are in order of arrival, one over all instruments and
one per instrument; a slot with side 0 is dead and leaves the lists when the step is over, so that a step may walk them
while orders end. What orders hold is the sum of their slots' holds.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.arithmetic import OVERFLOW
from tickwright.kernel.contracts import margin_and_fee
from tickwright.kernel.layout import NONE, Record, code
from tickwright.kernel.prices import fee_rounded_up, notional_of
from tickwright.kernel.reach import (
    book_of,
    call_rule,
    report_of,
    slot_at,
    venue_of,
    view_context,
    view_int64,
    waiting_report,
)
from tickwright.machine_code.compilation import entry, rule

_STATES = 256
_ACCEPTED = code(records.ReportKind.ACCEPTED)
_ENDED = code(records.ReportKind.ENDED)
_AMENDED = code(records.ReportKind.AMENDED)
_MARKET = code(records.OrderType.MARKET)
_LIMIT = code(records.OrderType.LIMIT)
_STOP_LIMIT = code(records.OrderType.STOP_LIMIT)
_TAKE_PROFIT_LIMIT = code(records.OrderType.TAKE_PROFIT_LIMIT)
_REDUCE_ONLY = code(records.OrderFlag.REDUCE_ONLY)
_WORKING = code(records.OrderState.WORKING)
_TRAILING_STOP = code(records.OrderType.TRAILING_STOP)


@rule
def emit(context: Record) -> None:
    """Hand the report that was written to the client half, or keep it for whoever carries it there."""
    if context["linked"] == 1:
        call_rule(context, context["apply_report"], 0)
        return
    venue, report = venue_of(context), report_of(context)
    if venue["report_count"] >= context["report_capacity"]:
        venue["error"] = 1
        return
    waiting = waiting_report(context, venue["report_count"])
    _copy_report(report, waiting)
    venue["report_count"] += 1


@rule
def _copy_report(report: Record, copy: Record) -> None:
    copy["ts_ns"], copy["order_id"], copy["sequence"] = report["ts_ns"], report["order_id"], report["sequence"]
    copy["price"], copy["quantity"], copy["amount"] = report["price"], report["quantity"], report["amount"]
    copy["fee"], copy["reference_price"], copy["spread_cost"] = (
        report["fee"],
        report["reference_price"],
        report["spread_cost"],
    )
    copy["slippage_cost"], copy["impact_cost"] = report["slippage_cost"], report["impact_cost"]
    copy["limit_price"], copy["stop_price"], copy["parent"] = (
        report["limit_price"],
        report["stop_price"],
        report["parent"],
    )
    copy["instrument"], copy["fee_asset"], copy["kind"] = report["instrument"], report["fee_asset"], report["kind"]
    copy["side"], copy["liquidity"], copy["type"] = report["side"], report["liquidity"], report["type"]
    copy["state"], copy["at_open"], copy["reason"] = report["state"], report["at_open"], report["reason"]
    copy["cash_kind"] = report["cash_kind"]


@rule
def is_limit(type_: int) -> bool:
    """Whether an order type ends as a limit order."""
    return type_ in (_LIMIT, _STOP_LIMIT, _TAKE_PROFIT_LIMIT)


@rule
def is_reduce_only(slot: Record) -> bool:
    """Whether an order may only make a position smaller."""
    return (slot["flags"] & _REDUCE_ONLY) != 0


@rule
def new_slot(context: Record) -> int:
    """The place of a free slot; capacity was seen to before the step."""
    venue = venue_of(context)
    place = venue["free_slot"]
    if place == NONE:
        place = venue["used_slots"]
        venue["used_slots"] += 1
    else:
        venue["free_slot"] = slot_at(context, place)["next"]
    return place


@rule
def append(context: Record, place: int) -> None:
    """Put an order at the end of both lists: it has just arrived."""
    venue, slot = venue_of(context), slot_at(context, place)
    book = book_of(context, slot["instrument"])
    slot["arrival"] = venue["arrivals"]
    venue["arrivals"] += 1
    venue["working"] += 1
    slot["previous"], slot["next"] = venue["tail"], NONE
    slot["previous_here"], slot["next_here"] = book["tail"], NONE
    if venue["tail"] == NONE:
        venue["head"] = place
    else:
        slot_at(context, venue["tail"])["next"] = place
    if book["tail"] == NONE:
        book["head"] = place
    else:
        slot_at(context, book["tail"])["next_here"] = place
    venue["tail"] = place
    book["tail"] = place


@rule
def unlink(context: Record, place: int) -> None:
    """Take an order out of both lists."""
    venue, slot = venue_of(context), slot_at(context, place)
    book = book_of(context, slot["instrument"])
    venue["working"] -= 1
    if slot["previous"] == NONE:
        venue["head"] = slot["next"]
    else:
        slot_at(context, slot["previous"])["next"] = slot["next"]
    if slot["next"] == NONE:
        venue["tail"] = slot["previous"]
    else:
        slot_at(context, slot["next"])["previous"] = slot["previous"]
    if slot["previous_here"] == NONE:
        book["head"] = slot["next_here"]
    else:
        slot_at(context, slot["previous_here"])["next_here"] = slot["next_here"]
    if slot["next_here"] == NONE:
        book["tail"] = slot["previous_here"]
    else:
        slot_at(context, slot["next_here"])["previous_here"] = slot["previous_here"]


@rule
def bury_dead(context: Record) -> None:
    """Give back the slots of orders that ended since the last call."""
    venue = venue_of(context)
    place = venue["dead"]
    while place != NONE:
        slot = slot_at(context, place)
        following = slot["next_dead"]
        unlink(context, place)
        slot["next"] = venue["free_slot"]
        venue["free_slot"] = place
        place = following
    venue["dead"] = NONE


@rule
def rest_of(slot: Record) -> int:
    """The quantity an order still wants; 0 for an order by cost."""
    return max(0, slot["quantity"] - slot["filled"])


@rule
def holding_of(context: Record, slot: Record) -> int:
    """What an order ought to hold now: cash for a resting buy, base for a plain sell, margin of a perpetual (§4.9)."""
    if is_reduce_only(slot):
        return 0
    if slot["type"] == _MARKET:
        return 0
    book = book_of(context, slot["instrument"])
    if slot["side"] < 0 and book["perpetual"] == 0:
        return rest_of(slot)
    waits = slot["type"] != _LIMIT and slot["triggered"] == 0
    if waits or not is_limit(slot["type"]):
        return 0
    if book["perpetual"] == 1:
        return margin_and_fee(book, slot["limit_price"], rest_of(slot))
    notional = notional_of(slot["limit_price"], rest_of(slot), book["divisor"], 1)
    if notional == OVERFLOW:
        return OVERFLOW
    return notional if context["fee_received"] == 1 else notional + fee_rounded_up(notional, book["taker_fee_ppb"])


@rule
def holds_cash(context: Record, slot: Record) -> bool:
    """Whether an order holds cash: a buy, and either side of a perpetual; a plain sell holds base."""
    return slot["side"] > 0 or book_of(context, slot["instrument"])["perpetual"] == 1


@rule
def group_hold(context: Record, slot: Record) -> int:
    """What an order holds together with its OCO siblings that hold the same asset: the largest of them, once."""
    if slot["oco"] <= 0:
        return slot["hold"]
    largest, place = slot["hold"], book_of(context, slot["instrument"])["head"]
    while place != NONE:
        other = slot_at(context, place)
        if other["oco"] == slot["oco"] and holds_cash(context, other) == holds_cash(context, slot):
            largest = max(largest, other["hold"])
        place = other["next_here"]
    return largest


@rule
def set_hold(context: Record, slot: Record, hold: int) -> None:
    """Change what an order holds."""
    before = group_hold(context, slot)
    slot["hold"] = hold
    change = group_hold(context, slot) - before
    if holds_cash(context, slot):
        venue_of(context)["held"] += change
    else:
        book_of(context, slot["instrument"])["held"] += change


@rule
def free_for(context: Record, slot: Record) -> int:
    """Cash (a buy, a perpetual) or base (a sell) that an order may use: what nobody but it and its siblings holds."""
    if holds_cash(context, slot):
        return free_cash(context) + group_hold(context, slot)
    book = book_of(context, slot["instrument"])
    return book["position"] - book["held"] + group_hold(context, slot)


@rule
def free_cash(context: Record) -> int:
    """Cash that no resting order holds and that is no position's margin."""
    venue = venue_of(context)
    return venue["cash"] - venue["held"] - venue["margin"]


@rule
def report_end(context: Record, order_id: int, instrument: int, state: int) -> None:
    """Tell the client that an order is over."""
    report = report_of(context)
    report["kind"], report["ts_ns"], report["order_id"] = _ENDED, venue_of(context)["now_ns"], order_id
    report["instrument"], report["state"] = instrument, state
    emit(context)


@rule
def finish(context: Record, place: int, state: int) -> None:
    """End a working order."""
    call_rule(context, context["finish"], place * _STATES + state)


@entry
def finish_packed(address: int, packed: int) -> int:
    """What it holds is free again, the client is told, the slot waits to be given back."""
    context = view_context(address, 1)[0]
    place, state = packed // _STATES, packed % _STATES
    venue, slot = venue_of(context), slot_at(context, place)
    set_hold(context, slot, 0)
    slot["side"] = 0
    view_int64(context["slot_of_order"], context["order_capacity"])[slot["order_id"]] = NONE
    slot["next_dead"] = venue["dead"]
    venue["dead"] = place
    report_end(context, slot["order_id"], slot["instrument"], state)
    return 0


@rule
def report_accepted(context: Record, slot: Record) -> None:
    """Tell the client that an order works."""
    report = report_of(context)
    report["kind"], report["ts_ns"], report["order_id"] = _ACCEPTED, venue_of(context)["now_ns"], slot["order_id"]
    report["instrument"], report["state"], report["parent"] = slot["instrument"], _WORKING, slot["parent"]
    report["side"], report["type"], report["reason"] = slot["side"], slot["type"], slot["reason"]
    report["quantity"], report["limit_price"], report["stop_price"] = (
        slot["quantity"],
        slot["limit_price"],
        slot["stop_price"],
    )
    emit(context)


@rule
def report_amended(context: Record, slot: Record) -> None:
    """Tell the client an order's total, cost and prices in force."""
    report = report_of(context)
    report["kind"], report["ts_ns"], report["order_id"] = _AMENDED, venue_of(context)["now_ns"], slot["order_id"]
    report["instrument"], report["quantity"], report["amount"] = slot["instrument"], slot["quantity"], slot["cost"]
    report["limit_price"], report["stop_price"] = slot["limit_price"], slot["stop_price"]
    emit(context)
