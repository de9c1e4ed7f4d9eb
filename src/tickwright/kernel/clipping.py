"""How much of an order may trade in this event, before budget and money are asked.

Invariants (rule book §4.6, §5.1): reduce-only fills at most the position in whole lots; in a RANGE all orders together
reduce no more than what was held after the bar's OPEN, those born in it aside, and each case held back is counted as
ambiguous.
"""

from __future__ import annotations

from tickwright.kernel.arithmetic import floored_to
from tickwright.kernel.fills import at_open
from tickwright.kernel.layout import Record
from tickwright.kernel.orders import is_reduce_only, rest_of
from tickwright.kernel.reach import venue_of
from tickwright.machine_code.compilation import rule


@rule
def reducible(slot: Record, book: Record) -> int:
    """The opposite position in whole lots."""
    held = -slot["side"] * book["position"]
    return floored_to(held, slot["lot"]) if held > 0 else 0


@rule
def _room(book: Record) -> int:
    """What may still be reduced in this RANGE."""
    if (book["held_after_open"] > 0) != (book["position"] > 0) or book["held_after_open"] == 0:
        return 0
    return max(0, abs(book["held_after_open"]) - book["reduced"])


@rule
def clipped(context: Record, slot: Record, book: Record, quantity: int) -> int:
    """A quantity cut to what this event lets it reduce."""
    against = -slot["side"] * book["position"]
    if at_open(context) or against <= 0 or slot["born_step"] == venue_of(context)["step"]:
        return quantity
    room = _room(book)
    if min(quantity, against) <= room:
        return quantity
    if slot["clipped_step"] != venue_of(context)["step"]:
        slot["clipped_step"] = venue_of(context)["step"]
        venue_of(context)["ambiguous"] += 1
    return floored_to(room, slot["lot"])


@rule
def wanted_here(context: Record, slot: Record, book: Record) -> int:
    """What an order by quantity may still trade in this event."""
    wanted = rest_of(slot)
    if is_reduce_only(slot):
        wanted = min(wanted, reducible(slot, book))
    return clipped(context, slot, book, wanted)
