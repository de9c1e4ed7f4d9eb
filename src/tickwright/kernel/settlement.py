"""What a fill brings about at once: ends, siblings, cover, exits.

Invariants (rule book §4.6-9): in this order, the order's own end; its siblings shrink by the same quantity; when the
position becomes flat or turns, every reduce-only order of the instrument ends; the newest plain sells that lose cover
end; exits are born or shrink.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.client import in_lots
from tickwright.kernel.fills import arrived_of
from tickwright.kernel.layout import NONE, Record, code
from tickwright.kernel.orders import finish, free_cash, holding_of, holds_cash, is_reduce_only, rest_of, set_hold
from tickwright.kernel.protection import protect_fill
from tickwright.kernel.reach import book_of, report_of, slot_at, view_context
from tickwright.machine_code.compilation import entry, rule

_FILLED = code(records.OrderState.FILLED)
_CANCELLED = code(records.OrderState.CANCELLED)
_COVER_GONE = code(records.OrderState.COVER_GONE)
_INSUFFICIENT_FUNDS = code(records.OrderState.VENUE_INSUFFICIENT_FUNDS)


@entry
def settle_fill(address: int, place: int) -> int:
    """Draw the consequences of the fill that was just reported for this order."""
    context = view_context(address, 1)[0]
    slot, report = slot_at(context, place), report_of(context)
    side, quantity, price, arrived = slot["side"], report["quantity"], report["price"], arrived_of(report)
    book = book_of(context, slot["instrument"])
    after = in_lots(book["position"], book["lot"])
    before = in_lots(book["position"] - side * arrived, book["lot"])
    if slot["cost"] == 0 and slot["filled"] >= slot["quantity"]:
        finish(context, place, _FILLED)
    if slot["oco"] != 0:
        _shrink_siblings(context, place, quantity)
    if before != 0 and (after == 0 or (before > 0) != (after > 0)):
        _cancel_reductions(context, book)
    if book["perpetual"] == 0 and book["held"] > book["position"]:
        _let_cover_go(context, book)
    protect_fill(context, place, side, arrived, price)
    return 0


@rule
def _shrink_siblings(context: Record, place: int, quantity: int) -> None:
    slot = slot_at(context, place)
    other = book_of(context, slot["instrument"])["head"]
    while other != NONE:
        sibling = slot_at(context, other)
        if other != place and sibling["side"] != 0 and sibling["oco"] == slot["oco"]:
            sibling["quantity"] -= quantity
            if rest_of(sibling) <= 0:
                finish(context, other, _CANCELLED)
            else:
                set_hold(context, sibling, holding_of(context, sibling))
                if holds_cash(context, sibling) and free_cash(context) < 0:  # its sibling spent what it now holds
                    finish(context, other, _INSUFFICIENT_FUNDS)
        other = sibling["next_here"]


@rule
def _cancel_reductions(context: Record, book: Record) -> None:
    place = book["head"]
    while place != NONE:
        slot = slot_at(context, place)
        if slot["side"] != 0 and is_reduce_only(slot):
            finish(context, place, _CANCELLED)
        place = slot["next_here"]


@rule
def _let_cover_go(context: Record, book: Record) -> None:
    """End the newest plain sells until what they hold is there."""
    place = book["tail"]
    while place != NONE and book["held"] > book["position"]:
        slot = slot_at(context, place)
        if slot["side"] < 0 and slot["hold"] > 0:
            finish(context, place, _COVER_GONE)
        place = slot["previous_here"]
