"""The two halves in memories of their own: what each does at an event, and with what the other said.

Invariants: an entry for the venue half never looks at the client half of its memory, nor the other way round; what one
has to tell the other goes through the ring of reports and the ring of commands, which whoever runs them carries over;
every step is the one that `advance` makes of both halves in one memory.
"""

from __future__ import annotations

from tickwright.kernel.advance import (
    client_closes,
    client_opens,
    compact_recent,
    opens_at,
    record_equity,
    venue_closes,
    venue_opens,
)
from tickwright.kernel.client import apply_report
from tickwright.kernel.commands import know_numbers
from tickwright.kernel.layout import LAYOUT, NEED_CAPACITY, WRONG_LAYOUT, Record
from tickwright.kernel.orders import bury_dead
from tickwright.kernel.reach import call_rule, client_of, venue_of, view_context, waiting_report
from tickwright.kernel.risk_limits import cancel_entries, is_latched, make_room, watch_latches
from tickwright.kernel.travel import may_send_off, on_the_way
from tickwright.machine_code.compilation import entry, rule

# ---- the venue half


@entry
def venue_step(address: int, given: int) -> int:
    """The next OPEN or RANGE; order numbers below `given` are the client's. `NEED_CAPACITY` where it lacks room."""
    context = view_context(address, 1)[0]
    if context["layout"] != LAYOUT:
        return WRONG_LAYOUT
    if not _venue_has_room(context, given):
        return NEED_CAPACITY
    venue = venue_of(context)
    know_numbers(context, given)
    row, now_ns = venue["step"] // 2, opens_at(context, venue["step"] // 2)
    if venue["step"] % 2 == 0:
        venue_opens(context, now_ns)
    else:
        venue_closes(context, row, now_ns + context["timeframe_ns"])
    venue["step"] += 1
    return 0


@entry
def venue_executes(address: int, given: int) -> int:
    """Carry out the command at the front of the ring; `NEED_CAPACITY` where it lacks room."""
    context = view_context(address, 1)[0]
    if context["layout"] != LAYOUT:
        return WRONG_LAYOUT
    if not _venue_has_room(context, given):
        return NEED_CAPACITY
    know_numbers(context, given)
    call_rule(context, context["execute"], 0)
    bury_dead(context)
    return 0


@rule
def _venue_has_room(context: Record, given: int) -> bool:
    """Whether the venue half cannot run out of places in the next step."""
    venue = venue_of(context)
    numbers = max(venue["next_order"], given)
    new = 16 + 4 * (venue["working"] + context["instruments"]) + on_the_way(venue)
    compact_recent(context, venue)
    return (
        may_send_off(context, 1)
        and numbers + 2 * new <= context["order_capacity"]
        and venue["used_slots"] + 2 * new <= context["slot_capacity"]
        and venue["part_count"] + 2 * new <= context["part_capacity"]
        and 8 * new <= context["report_capacity"]
        and (context["statistics"] == 0 or venue["recent_end"] + 2 * new <= context["recent_capacity"])
    )


# ---- the client half


@entry
def client_open(address: int, row: int) -> int:
    """An OPEN, before the venue's reports on it."""
    context = view_context(address, 1)[0]
    client_opens(context, opens_at(context, row))
    return 0


@entry
def client_applies(address: int, count: int) -> int:
    """Apply the reports at the front of the ring; `NEED_CAPACITY` where there is no room for them."""
    context = view_context(address, 1)[0]
    if context["layout"] != LAYOUT:
        return WRONG_LAYOUT
    client = client_of(context)
    if (
        client["order_count"] + count + context["command_capacity"] > context["order_capacity"]
        or client["fill_count"] + count > context["fill_capacity"]
        or client["account_event_count"] + count > context["account_event_capacity"]
    ):
        return NEED_CAPACITY
    for place in range(count):
        apply_report(context, waiting_report(context, place))
    return 0


@entry
def client_close(address: int, row: int) -> int:
    """A RANGE, after the venue's reports on it; the decision at its close, -1 where none is made."""
    context = view_context(address, 1)[0]
    return client_closes(context, row, opens_at(context, row) + context["timeframe_ns"])


@entry
def client_watches(address: int, unused: int) -> int:
    """Let the latches of our own limits see a close."""
    watch_latches(view_context(address, 1)[0])
    return 0


@entry
def client_cancels(address: int, unused: int) -> int:
    """Ask for the end of entries while a latch has fallen; 1 where the ring took no more of them."""
    context = view_context(address, 1)[0]
    return 1 if is_latched(context) and cancel_entries(context) else 0


@entry
def client_records(address: int, decision: int) -> int:
    """Write down what the account is worth at a decision."""
    record_equity(view_context(address, 1)[0], decision)
    return 0


@entry
def client_decides(address: int, decision: int) -> int:
    """Turn the targets of a decision into commands."""
    context = view_context(address, 1)[0]
    if context["wanted"] != 0 or context["signal"] != 0:
        call_rule(context, context["decide"], decision)
    return 0


@entry
def client_sorts(address: int, unused: int) -> int:
    """Let what the ring cancels and reduces count before what it increases."""
    make_room(view_context(address, 1)[0])
    return 0


@entry
def client_admits(address: int, place: int) -> int:
    """1 where our own limits let a command of the ring leave."""
    context = view_context(address, 1)[0]
    return call_rule(context, context["admit"], place)
