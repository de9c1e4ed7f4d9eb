"""What a fill brings about at once: the order's own end, and the end of orders that have nothing left to reduce.

Invariant: after every fill the lists hold no reduce-only order of an instrument whose position is flat.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.client import in_lots
from tickwright.kernel.compilation import rule
from tickwright.kernel.layout import NONE, Record, book_of, code, slot_at
from tickwright.kernel.orders import finish, is_reduce_only

_FILLED = code(records.OrderState.FILLED)
_CANCELLED = code(records.OrderState.CANCELLED)


@rule
def settle(context: Record, place: int) -> None:
    """Draw the consequences of a fill of this order."""
    slot = slot_at(context, place)
    instrument = slot["instrument"]
    if slot["cost"] == 0 and slot["filled"] >= slot["quantity"]:
        finish(context, place, _FILLED)
    book = book_of(context, instrument)
    if in_lots(book["position"], book["lot"]) == 0:
        _cancel_reductions(context, book)


@rule
def _cancel_reductions(context: Record, book: Record) -> None:
    place = book["head"]
    while place != NONE:
        slot = slot_at(context, place)
        following = slot["next_here"]
        if slot["side"] != 0 and is_reduce_only(slot):
            finish(context, place, _CANCELLED)
        place = following
