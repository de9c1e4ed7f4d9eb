"""Stops, trailing stops and take-profits: when they trigger and what they then do.

Invariants (rule book §4.4-5): a stop takes from its level, or from the open when gapped, with all costs; a stop-limit
fills in its trigger bar only if the close is beyond its limit; one without funds at its trigger ends there; children
are never refused, they trigger at once.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.fills import index_of
from tickwright.kernel.layout import NONE, Record, code
from tickwright.kernel.levels import past_limit, touched, trigger_level
from tickwright.kernel.limits import arrive, crosses, fill_at_limit, is_immediate
from tickwright.kernel.marks import seen_open, traded_level
from tickwright.kernel.orders import emit, finish, free_for, holding_of, holds_cash, is_reduce_only, set_hold
from tickwright.kernel.reach import book_of, report_of, slot_at, venue_of, view_int64
from tickwright.kernel.taking import take
from tickwright.machine_code.compilation import rule

_LIMIT = code(records.OrderType.LIMIT)
_STOP = code(records.OrderType.STOP)
_TRAILING_STOP = code(records.OrderType.TRAILING_STOP)
_STOP_LIMIT = code(records.OrderType.STOP_LIMIT)
_TAKE_PROFIT_LIMIT = code(records.OrderType.TAKE_PROFIT_LIMIT)
_CHILD = code(records.OrderFlag.CHILD)
_TRIGGERED_REPORT = code(records.ReportKind.TRIGGERED)
_TRIGGERED = code(records.OrderState.TRIGGERED)
_CANCELLED = code(records.OrderState.CANCELLED)
_WOULD_TRIGGER = code(records.OrderState.VENUE_WOULD_TRIGGER)
_INSUFFICIENT_FUNDS = code(records.OrderState.VENUE_INSUFFICIENT_FUNDS)


@rule
def has_limit(slot: Record) -> bool:
    """Whether a triggered order becomes a limit order."""
    return slot["type"] == _STOP_LIMIT or slot["type"] == _TAKE_PROFIT_LIMIT


@rule
def _refused_at_first_event(context: Record, slot: Record, first: bool) -> bool:
    return first and context["refuse_triggered"] == 1 and (slot["flags"] & _CHILD) == 0


@rule
def _wake_up(context: Record, place: int) -> bool:
    """Mark an order as triggered; False where it ends instead: nothing to reduce, or no funds for its limit."""
    slot = slot_at(context, place)
    slot["triggered"] = 1
    report = report_of(context)
    report["kind"], report["ts_ns"], report["order_id"] = (
        _TRIGGERED_REPORT,
        venue_of(context)["now_ns"],
        slot["order_id"],
    )
    report["instrument"], report["state"] = slot["instrument"], _TRIGGERED
    emit(context)
    if is_reduce_only(slot) and -slot["side"] * book_of(context, slot["instrument"])["position"] <= 0:
        finish(context, place, _CANCELLED)
        return False
    if has_limit(slot):
        hold = holding_of(context, slot)
        if holds_cash(context, slot) and (hold < 0 or hold > free_for(context, slot)):
            finish(context, place, _INSUFFICIENT_FUNDS)
            return False
        set_hold(context, slot, hold)
    return True


@rule
def trigger_at_open(context: Record, place: int, open_price: int, first: bool) -> None:
    """The open is at or beyond the level: take from the open, or arrive there as a limit."""
    slot = slot_at(context, place)
    if _refused_at_first_event(context, slot, first):
        finish(context, place, _WOULD_TRIGGER)
        return
    if not _wake_up(context, place):
        return
    if has_limit(slot):
        arrive(context, place, open_price)
    else:
        take(context, place, open_price)


@rule
def trigger_in_range(context: Record, place: int, open_price: int) -> None:
    """The path reaches the level: take from it, or from the open when it was beyond already."""
    slot = slot_at(context, place)
    first = slot["met"] == 0
    slot["met"] = 1
    through = slot["born_step"] != venue_of(context)["step"] and touched(context, slot, seen_open(context, slot))
    if through and _refused_at_first_event(context, slot, first):
        finish(context, place, _WOULD_TRIGGER)
        return
    reference = open_price if through else traded_level(context, slot, trigger_level(slot))
    if not _wake_up(context, place):
        return
    if not through:
        _count_where_the_target_lay_too(context, slot)
    if has_limit(slot):
        _limit_in_trigger_bar(context, place, reference)
    else:
        take(context, place, reference)


@rule
def _count_where_the_target_lay_too(context: Record, stop: Record) -> None:
    """A stop whose target the same bar reached: which came first cannot be known, the worse was taken (§5.1)."""
    if stop["type"] != _STOP and stop["type"] != _TRAILING_STOP:
        return
    index, place = index_of(context, stop["instrument"]), book_of(context, stop["instrument"])["head"]
    near = view_int64(context["low"] if stop["side"] > 0 else context["high"], index + 1)[index]
    while place != NONE:
        target = slot_at(context, place)
        if _is_target_of(stop, target) and past_limit(context, target["side"], near, target["limit_price"]):
            stop["clipped_step"] = venue_of(context)["step"]  # counted once, also when it is held back
            venue_of(context)["ambiguous"] += 1
            return
        place = target["next_here"]


@rule
def _is_target_of(stop: Record, target: Record) -> bool:
    """Whether a limit closes the same holding: a sibling, or both reduce-only and alone."""
    if target["type"] != _LIMIT or target["side"] != stop["side"] or target["oco"] != stop["oco"]:
        return False
    return stop["oco"] != 0 or (is_reduce_only(stop) and is_reduce_only(target))


@rule
def _limit_in_trigger_bar(context: Record, place: int, level: int) -> None:
    slot = slot_at(context, place)
    index = index_of(context, slot["instrument"])
    close = view_int64(context["close"], index + 1)[index]
    slot["rested"] = 0 if crosses(context, slot, level) else 1
    if past_limit(context, slot["side"], close, slot["limit_price"]):
        if slot["rested"] == 1:
            fill_at_limit(context, place, slot["limit_price"])
        else:
            arrive(context, place, level)
    if slot["side"] != 0 and is_immediate(slot):
        finish(context, place, _CANCELLED)
