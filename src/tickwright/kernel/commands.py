"""What the venue half does with a command: accept or refuse by name, cancel, amend.

Invariants: a command is taken or refused whole; a refused order never had a slot; an accepted one holds what it must
before anything else happens (rule book §4.9-10).
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.arithmetic import OVERFLOW
from tickwright.kernel.layout import NONE, Record, code
from tickwright.kernel.orders import (
    append,
    finish,
    free_for,
    holding_of,
    new_slot,
    report_accepted,
    report_amended,
    report_end,
    set_hold,
    unlink,
)
from tickwright.kernel.prices import notional_of
from tickwright.kernel.reach import book_of, command_at, slot_at, travelling_at, venue_of, view_context, view_int64
from tickwright.kernel.slots import clear_progress
from tickwright.kernel.travel import send_off
from tickwright.machine_code.compilation import entry, rule

_NEW = code(records.CommandKind.NEW)
_CANCEL = code(records.CommandKind.CANCEL)
_CANCEL_ALL = code(records.CommandKind.CANCEL_ALL)
_REDUCE_ONLY = code(records.OrderFlag.REDUCE_ONLY)
_CANCELLED = code(records.OrderState.CANCELLED)
_TICK = code(records.OrderState.VENUE_TICK)
_LOT = code(records.OrderState.VENUE_LOT)
_TOO_SMALL = code(records.OrderState.VENUE_TOO_SMALL)
_MIN_NOTIONAL = code(records.OrderState.VENUE_MIN_NOTIONAL)
_INSUFFICIENT_FUNDS = code(records.OrderState.VENUE_INSUFFICIENT_FUNDS)
_UNSUPPORTED = code(records.OrderState.VENUE_UNSUPPORTED)
_OVERFLOW = code(records.OrderState.RISK_OVERFLOW)
_BY_MARK = code(records.OrderFlag.TRIGGER_BY_MARK | records.OrderFlag.EXITS_BY_MARK)


@entry
def execute(address: int, place: int) -> int:
    """Carry out a command of the ring at the venue's present step, or let it leave; -1 - place: one that arrived."""
    context = view_context(address, 1)[0]
    if place >= 0 and context["wait_ns"] != 0:
        send_off(context, command_at(context, place))
        return 0
    command = command_at(context, place) if place >= 0 else travelling_at(context, -1 - place)
    kind = command["kind"]
    if kind == _NEW:
        _accept(context, command)
    elif kind == _CANCEL:
        _cancel(context, command["order_id"])
    elif kind == _CANCEL_ALL:
        _cancel_all(context, command["instrument"])
    else:
        _amend(context, command)
    return 0


@rule
def slot_place(context: Record, order_id: int) -> int:
    """The slot of a working order, NONE when it does not work."""
    return view_int64(context["slot_of_order"], context["order_capacity"])[order_id]


@rule
def know_numbers(context: Record, end: int) -> None:
    """Order numbers below `end` are given away: none of the new ones works here yet, no exit may take one."""
    venue, slots = venue_of(context), view_int64(context["slot_of_order"], context["order_capacity"])
    for order_id in range(venue["next_order"], end):
        slots[order_id] = NONE
    venue["next_order"] = max(venue["next_order"], end)


@rule
def _refusal_of(book: Record, command: Record) -> int:
    """The state that refuses an order for its numbers alone, 0 where they are fine."""
    quantity, limit, stop = command["quantity"], command["limit_price"], command["stop_price"]
    if quantity <= 0 and command["cost"] <= 0:
        return _TOO_SMALL
    if book["marked"] == 0 and (command["flags"] & _BY_MARK) != 0:
        return _UNSUPPORTED
    return _unfit(book, command["flags"], quantity, limit, stop)


@rule
def _unfit(book: Record, flags: int, quantity: int, limit: int, stop: int) -> int:
    """The same for numbers that the rules in force do not allow."""
    if quantity % book["lot"] != 0 or (quantity > 0 and quantity < book["min_quantity"]):
        return _LOT
    if book["max_quantity"] > 0 and quantity > book["max_quantity"]:
        return _LOT
    if limit < 0 or stop < 0 or limit % book["tick"] != 0 or stop % book["tick"] != 0:
        return _TICK
    if limit > 0 and (flags & _REDUCE_ONLY) == 0:
        notional = notional_of(limit, quantity, book["divisor"], 1)
        if notional == OVERFLOW:
            return _OVERFLOW
        if notional < book["min_notional"]:
            return _MIN_NOTIONAL
    return 0


@rule
def _accept(context: Record, command: Record) -> None:
    venue, book = venue_of(context), book_of(context, command["instrument"])
    know_numbers(context, command["order_id"] + 1)
    refusal = _refusal_of(book, command)
    if refusal != 0:
        report_end(context, command["order_id"], command["instrument"], refusal)
        return
    place = new_slot(context)
    slot = slot_at(context, place)
    _fill_slot(slot, command, book)
    hold = holding_of(context, slot)
    if hold == OVERFLOW or (hold > 0 and hold > free_for(context, slot)):
        slot["next"] = venue["free_slot"]
        venue["free_slot"] = place
        state = _OVERFLOW if hold == OVERFLOW else _INSUFFICIENT_FUNDS
        report_end(context, command["order_id"], command["instrument"], state)
        return
    append(context, place)
    set_hold(context, slot, hold)
    view_int64(context["slot_of_order"], context["order_capacity"])[slot["order_id"]] = place
    report_accepted(context, slot)


@rule
def _fill_slot(slot: Record, command: Record, book: Record) -> None:
    slot["order_id"], slot["quantity"], slot["cost"] = command["order_id"], command["quantity"], command["cost"]
    slot["limit_price"], slot["stop_price"], slot["trail"] = (
        command["limit_price"], command["stop_price"], command["trail"],
    )  # fmt: skip
    slot["expire_ns"], slot["oco"], slot["decision"] = command["expire_ns"], command["oco"], command["decision"]
    slot["exit_stop_ppb"], slot["exit_target_ppb"] = command["exit_stop_ppb"], command["exit_target_ppb"]
    slot["exit_trail_ppb"], slot["exit_max_bars"] = command["exit_trail_ppb"], command["exit_max_bars"]
    slot["tag"], slot["instrument"], slot["flags"] = command["tag"], command["instrument"], command["flags"]
    slot["side"], slot["type"] = command["side"], command["type"]
    slot["time_in_force"], slot["reason"] = command["time_in_force"], command["reason"]
    clear_progress(slot)
    _adopt_rules(slot, book)


@rule
def _adopt_rules(slot: Record, book: Record) -> None:
    """An order keeps the rules that were in force when it was accepted (rule book §1.5)."""
    slot["tick"], slot["lot"], slot["min_notional"] = book["tick"], book["lot"], book["min_notional"]


@rule
def _cancel(context: Record, order_id: int) -> None:
    """End a working order; one that has already ended stays as it ended."""
    place = slot_place(context, order_id)
    if place != NONE:
        finish(context, place, _CANCELLED)


@rule
def _cancel_all(context: Record, instrument: int) -> None:
    place = venue_of(context)["head"]
    while place != NONE:
        slot = slot_at(context, place)
        following = slot["next"]
        if slot["side"] != 0 and (instrument == NONE or slot["instrument"] == instrument):
            finish(context, place, _CANCELLED)
        place = following


@rule
def _amend(context: Record, command: Record) -> None:
    """Change a working order; more size or another price arrives anew; without funds the old order stays."""
    place = slot_place(context, command["order_id"])
    if place == NONE:
        return
    slot = slot_at(context, place)
    book = book_of(context, slot["instrument"])
    quantity = command["quantity"] if command["quantity"] > 0 else slot["quantity"]
    limit = command["limit_price"] if command["limit_price"] > 0 else slot["limit_price"]
    stop = command["stop_price"] if command["stop_price"] > 0 else slot["stop_price"]
    if slot["cost"] == 0 and quantity <= slot["filled"]:
        finish(context, place, _CANCELLED)
        return
    anew = quantity > slot["quantity"] or limit != slot["limit_price"] or stop != slot["stop_price"]
    before_quantity, before_limit, before_stop = slot["quantity"], slot["limit_price"], slot["stop_price"]
    slot["quantity"], slot["limit_price"], slot["stop_price"] = quantity, limit, stop
    hold = holding_of(context, slot)
    if (
        (anew and _unfit(book, slot["flags"], quantity, limit, stop) != 0)
        or hold == OVERFLOW
        or hold > free_for(context, slot)
    ):
        slot["quantity"], slot["limit_price"], slot["stop_price"] = before_quantity, before_limit, before_stop
        return
    set_hold(context, slot, hold)
    if anew:
        _adopt_rules(slot, book)
        slot["rested"], slot["met"] = 0, 0
        unlink(context, place)
        append(context, place)
    report_amended(context, slot)
