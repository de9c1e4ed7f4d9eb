"""The orders we have sent that are not over, as our own limits count them.

Invariants: kept only while a limit is set; an order is in it from the moment our limits let it pass, an exit from its
acceptance, until it has ended; the order of entries means nothing.
"""

from __future__ import annotations

from tickwright.kernel.layout import Record
from tickwright.kernel.reach import limits_of, view_int64
from tickwright.machine_code.compilation import rule


@rule
def note_open(context: Record, order_id: int) -> None:
    """An order was sent."""
    if context["limits"] == 0:
        return
    limits = limits_of(context)
    view_int64(context["open_orders"], context["order_capacity"])[limits["open_count"]] = order_id
    limits["open_count"] += 1


@rule
def forget_open(context: Record, order_id: int) -> None:
    """An order is over; one that was never sent is not in the list."""
    if context["limits"] == 0:
        return
    limits, numbers = limits_of(context), view_int64(context["open_orders"], context["order_capacity"])
    last = limits["open_count"] - 1
    place = last
    while place >= 0 and numbers[place] != order_id:
        place -= 1
    if place >= 0:
        numbers[place] = numbers[last]
        limits["open_count"] = last
