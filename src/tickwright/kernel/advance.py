"""The loop the kernel owns: OPEN, fill wake, RANGE, marks, decision, commands, row after row.

Invariants: step 2·row is the OPEN of a row, step 2·row+1 its RANGE and the decision at its close; arrays grow only
between calls (`NEED_CAPACITY`), never inside one; a callback that returns non-zero stops the loop after its step.
"""

from __future__ import annotations

import math

from tickwright.domain import records
from tickwright.kernel.client import mark, settle_block
from tickwright.kernel.commands import know_numbers
from tickwright.kernel.decisions import acts_on_change, check_and_send, is_increase, size
from tickwright.kernel.drawing import draw_alone
from tickwright.kernel.funding import pay_funding
from tickwright.kernel.layout import LAYOUT, NEED_CAPACITY, NONE, STOPPED, WRONG_LAYOUT, Record, code
from tickwright.kernel.marks import mark_at
from tickwright.kernel.orders import bury_dead, finish
from tickwright.kernel.protection import count_closes
from tickwright.kernel.reach import (
    book_of,
    call_rule,
    client_of,
    command_at,
    position_of,
    recent_at,
    rules_at,
    slot_at,
    venue_of,
    view_context,
    view_int64,
    view_uint8,
)
from tickwright.kernel.risk_limits import cancel_entries, is_latched, make_room, watch_latches
from tickwright.kernel.travel import arrive_now, end_on_the_way, may_send_off, on_the_way
from tickwright.machine_code.compilation import entry, rule
from tickwright.machine_code.views import call_back

WAKE_FILLS = -1
"""What a callback is called with on fills where no bar closes; otherwise it is the decision's index."""

_GTD = code(records.TimeInForce.GTD)
_EXPIRED = code(records.OrderState.EXPIRED)
_END_OF_DATA = code(records.OrderState.END_OF_DATA)


@entry
def advance(address: int, until: int) -> int:
    """Run the steps before `until`; 0 when done, else why the loop came back early."""
    context = view_context(address, 1)[0]
    if context["layout"] != LAYOUT:
        return WRONG_LAYOUT
    venue = venue_of(context)
    while venue["step"] < until:
        if not has_room(context):
            return NEED_CAPACITY
        opens = venue["step"] % 2 == 0
        if opens and _may_sleep(context):
            asleep = _sleep(context, venue["step"] // 2, until // 2)
            if asleep > venue["step"] // 2:
                venue["step"] = 2 * asleep
                continue
        stopped = open_row(context, venue["step"] // 2) if opens else close_row(context, venue["step"] // 2)
        venue["step"] += 1
        if stopped != 0:
            return STOPPED
    return 0


@rule
def _may_sleep(context: Record) -> bool:
    """Whether rows at whose close nobody wakes can only move prices: callbacks decide, and nothing works or waits."""
    venue = venue_of(context)
    decided_by_arrays = context["wanted"] != 0 or context["signal"] != 0 or context["callback"] == 0
    waits = venue["head"] != NONE or venue["part_count"] != 0 or venue["next_rule"] < context["rule_count"]
    if context["wait_ns"] != 0:
        return False
    return not decided_by_arrays and not waits and context["limits"] == 0 and context["perpetuals"] == 0


@rule
def _sleep(context: Record, row: int, end: int) -> int:
    """Mark the rows up to the next one at whose close somebody wakes; that row, or the end."""
    if context["instruments"] == 1 and context["decision_of_row"] == 0:
        return _sleep_alone(context, row, end)
    wake = view_uint8(context["wake"], context["decisions"])
    while row < end:
        decision = decision_of(context, row)
        if decision != NONE and wake[decision] == 1:
            return row
        _take_closes(context, row)
        _take_closes_at_venue(context, row)
        if decision != NONE:
            mark(context)
            record_equity(context, decision)
        row += 1
    return row


@rule
def _sleep_alone(context: Record, row: int, end: int) -> int:
    """The same for one spot instrument, whose rows each have a bar and a decision."""
    first, client = context["first_row"], client_of(context)
    awake = first + next_wake(context, row - first, end - first)
    if awake > row:
        draw_alone(context, row - first, awake - first, client["cash"], position_of(context, 0)["quantity"])
        _take_closes(context, awake - 1)
        _take_closes_at_venue(context, awake - 1)
        mark(context)
        client["decision"] = awake - 1 - first
    return awake


@rule
def next_wake(context: Record, decision: int, end: int) -> int:
    """The first decision from this one on, before `end`, at which somebody wakes; `end` if nobody does."""
    wake = view_uint8(context["wake"], end)
    while decision + 8 <= end and view_int64(context["wake"] + decision, 1)[0] == 0:
        decision += 8
    while decision < end and wake[decision] == 0:
        decision += 1
    return decision


@entry
def end_of_data(address: int, unused: int) -> int:
    """End every working order: there is no more data."""
    context = view_context(address, 1)[0]
    place = venue_of(context)["head"]
    while place != NONE:
        slot = slot_at(context, place)
        if slot["side"] != 0:
            finish(context, place, _END_OF_DATA)
        place = slot["next"]
    end_on_the_way(context)
    bury_dead(context)
    return 0


@entry
def submit(address: int, unused: int) -> int:
    """Check and number the order that was written at the end of the command ring; its number."""
    return check_and_send(view_context(address, 1)[0])


@entry
def target_now(address: int, instrument: int) -> int:
    """Act on the target of an instrument that was just decided, if its value changed."""
    context = view_context(address, 1)[0]
    position_of(context, instrument)["decided_ns"] = client_of(context)["now_ns"]
    settle_block(position_of(context, instrument))
    if not math.isnan(position_of(context, instrument)["standing"]) and acts_on_change(context, instrument):
        size(context, instrument, position_of(context, instrument)["standing"], client_of(context)["decision"] + 1)
    return 0


@rule
def has_room(context: Record) -> bool:
    """Whether the next step cannot run out of places, whatever happens in it."""
    venue, client = venue_of(context), client_of(context)
    new = context["command_capacity"] + 4 * venue["working"] + 4 * context["instruments"] + 16 + on_the_way(venue)
    compact_recent(context, venue)
    return (
        may_send_off(context, context["command_capacity"])
        and client["order_count"] + 2 * new <= context["order_capacity"]
        and venue["used_slots"] + 2 * new <= context["slot_capacity"]
        and venue["part_count"] + 2 * new <= context["part_capacity"]
        and client["fill_count"] + 2 * new <= context["fill_capacity"]
        and client["account_event_count"] + 2 * new + context["most_funding"] <= context["account_event_capacity"]
        and (context["statistics"] == 0 or venue["recent_end"] + 2 * new <= context["recent_capacity"])
    )


@rule
def compact_recent(context: Record, venue: Record) -> None:
    """Move the trades still inside the decay window to the front once the front half is forgotten."""
    first, end = venue["recent_first"], venue["recent_end"]
    if first == 0 or first < end - first:
        return
    for place in range(first, end):
        old, new = recent_at(context, place), recent_at(context, place - first)
        new["ts_ns"], new["quantity"] = old["ts_ns"], old["quantity"]
        new["instrument"], new["side"] = old["instrument"], old["side"]
    venue["recent_first"], venue["recent_end"] = 0, end - first


@rule
def open_row(context: Record, row: int) -> int:
    """The OPEN of a row and the wake on its fills; non-zero when a callback asked to stop."""
    now_ns, fills = opens_at(context, row), client_of(context)["fill_count"]
    client_opens(context, now_ns)
    venue_opens(context, now_ns)
    client_of(context)["now_ns"] = now_ns
    return _wake_on_fills(context, fills)


@rule
def opens_at(context: Record, row: int) -> int:
    """When a row opens."""
    return view_int64(context["open_ns"], row + 1)[row]


@rule
def client_opens(context: Record, now_ns: int) -> None:
    """What an OPEN is for the client half, before it hears what the venue made of it."""
    client_of(context)["carried"] = 0
    _change_lots(context, now_ns)


@rule
def venue_opens(context: Record, now_ns: int) -> None:
    """What an OPEN is for the venue half: rules, dates, matches."""
    venue = venue_of(context)
    venue["now_ns"] = now_ns
    if context["perpetuals"] != 0:
        pay_funding(context, now_ns)
    _change_rules(context)
    if context["wait_ns"] != 0:
        arrive_now(context)
    if venue["head"] == NONE and context["perpetuals"] == 0:
        return
    _expire(context)
    call_rule(context, context["match_open"], 0)


@rule
def _wake_on_fills(context: Record, before: int) -> int:
    """Wake on what filled where no bar closes; non-zero when a callback asked to stop."""
    if context["wake_on_fill"] == 0 or client_of(context)["fill_count"] == before:
        return 0
    stopped = call_back(context["callback"], WAKE_FILLS)
    drain(context)
    return stopped


@rule
def close_row(context: Record, row: int) -> int:
    """The RANGE of a row, its marks and the decision at its close; inside a bar of detail candles only fills wake."""
    now_ns, fills = opens_at(context, row) + context["timeframe_ns"], client_of(context)["fill_count"]
    client_of(context)["carried"] = 0
    venue_closes(context, row, now_ns)
    decision = client_closes(context, row, now_ns)
    if decision == NONE:
        return _wake_on_fills(context, fills)
    if context["limits"] != 0:
        _keep_limits(context)
    record_equity(context, decision)
    return _wake(context, decision)


@rule
def venue_closes(context: Record, row: int, now_ns: int) -> None:
    """What a RANGE is for the venue half: matches, the close, dates and rules, the age of what it protects."""
    venue = venue_of(context)
    venue["now_ns"] = now_ns
    if context["perpetuals"] != 0:
        pay_funding(context, now_ns - 1)
    if venue["head"] != NONE or context["perpetuals"] != 0:
        call_rule(context, context["match_range"], 0)
    _take_closes_at_venue(context, row)
    if context["perpetuals"] != 0:
        pay_funding(context, now_ns)
    _expire(context)
    _change_rules(context)
    decision = decision_of(context, row)
    if decision != NONE:
        count_closes(context, decision)


@rule
def client_closes(context: Record, row: int, now_ns: int) -> int:
    """What a RANGE is for the client half, once it has heard the venue; the decision there, `NONE` where none is."""
    client_of(context)["now_ns"] = now_ns
    _take_closes(context, row)
    _change_lots(context, now_ns)
    decision = decision_of(context, row)
    if decision != NONE:
        mark(context)
    return decision


@rule
def _keep_limits(context: Record) -> None:
    """Let the latches see this close; while one has fallen, no entry goes on working."""
    watch_latches(context)
    while is_latched(context) and cancel_entries(context):
        drain(context)
    drain(context)


@rule
def decision_of(context: Record, row: int) -> int:
    """The decision after a row, `NONE` where none is made; one after every row where no table says otherwise."""
    if context["decision_of_row"] == 0:
        return row - context["first_row"]
    return view_int64(context["decision_of_row"], row + 1)[row]


@rule
def _expire(context: Record) -> None:
    """End the dated orders whose time has come."""
    place = venue_of(context)["head"]
    while place != NONE:
        slot = slot_at(context, place)
        if slot["side"] != 0 and slot["time_in_force"] == _GTD and slot["expire_ns"] <= venue_of(context)["now_ns"]:
            finish(context, place, _EXPIRED)
        place = slot["next"]
    bury_dead(context)


@rule
def _change_rules(context: Record) -> None:
    """Put dated rules in force that govern commands and opens from now on."""
    venue = venue_of(context)
    while venue["next_rule"] < context["rule_count"]:
        rules = rules_at(context, venue["next_rule"])
        if rules["valid_from_ns"] > venue["now_ns"]:
            return
        book = book_of(context, rules["instrument"])
        book["tick"], book["lot"], book["min_notional"] = rules["tick"], rules["lot"], rules["min_notional"]
        book["min_quantity"], book["max_quantity"] = rules["min_quantity"], rules["max_quantity"]
        venue["next_rule"] += 1


@rule
def _change_lots(context: Record, now_ns: int) -> None:
    """The same for the client half: the tick of its prices, and what is dust."""
    client = client_of(context)
    while client["next_rule"] < context["rule_count"]:
        rules = rules_at(context, client["next_rule"])
        if rules["valid_from_ns"] > now_ns:
            return
        position = position_of(context, rules["instrument"])
        position["tick"], position["lot"] = rules["tick"], rules["lot"]
        client["next_rule"] += 1


@rule
def _take_closes(context: Record, row: int) -> None:
    """The last prices of the client half."""
    count = context["instruments"]
    presence, close = (
        view_uint8(context["presence"], (row + 1) * count),
        view_int64(context["close"], (row + 1) * count),
    )
    for instrument in range(count):
        index = row * count + instrument
        if presence[index] != 0:
            position_of(context, instrument)["last_price"] = _marked(context, index, close[index])


@rule
def _take_closes_at_venue(context: Record, row: int) -> None:
    """The last prices of the venue half."""
    count = context["instruments"]
    presence, close = (
        view_uint8(context["presence"], (row + 1) * count),
        view_int64(context["close"], (row + 1) * count),
    )
    for instrument in range(count):
        index = row * count + instrument
        if presence[index] != 0:
            book_of(context, instrument)["last_price"] = _marked(context, index, close[index])


@rule
def _marked(context: Record, index: int, close: int) -> int:
    """The price that a close is valued at: the mark's where there is one."""
    if context["mark_close"] != 0:
        return mark_at(context, context["mark_close"], context["close"], index)
    return close


@rule
def record_equity(context: Record, decision: int) -> None:
    """Write down what the account is worth at a decision."""
    client = client_of(context)
    client["decision"] = decision
    if context["equity"] == 0:  # a run that jumps: its curve is drawn when somebody wants to see it
        return
    view_int64(context["equity"], decision + 1)[decision] = client["equity"]
    view_int64(context["exposure"], decision + 1)[decision] = client["exposure"]
    view_int64(context["cash_curve"], decision + 1)[decision] = client["cash"]


@rule
def _wake(context: Record, decision: int) -> int:
    stopped = 0
    if context["callback"] != 0 and view_uint8(context["wake"], decision + 1)[decision] == 1:
        stopped = call_back(context["callback"], decision)
    if context["wanted"] != 0 or context["signal"] != 0:
        call_rule(context, context["decide"], decision)
    drain(context)
    return stopped


@rule
def drain(context: Record) -> None:
    """Carry out the commands of the ring in order, increases of targets last: they shrink to what all others leave."""
    client, limited = client_of(context), context["limits"] != 0
    know_numbers(context, client["order_count"])  # also of orders that we refused ourselves
    if client["command_count"] == 0:
        return
    if limited:
        make_room(context)
    for increases in range(2):
        for place in range(client["command_count"]):
            if is_increase(command_at(context, place)) != increases:
                continue
            if not limited or call_rule(context, context["admit"], place) == 1:
                call_rule(context, context["execute"], place)
    client["carried"], client["command_count"] = client["command_count"], 0
    bury_dead(context)
