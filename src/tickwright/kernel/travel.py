"""Commands on their way: where the candles that orders meet are no longer than the latency, it is a time.

Invariants (rule book §3.4): commands arrive in the order in which they left, each at the first row that opens once the
latency has passed, before that row's OPEN; until then the venue knows nothing of them. Exits that the venue makes
itself do not travel.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.kernel.layout import Record, code
from tickwright.kernel.orders import bury_dead, report_end
from tickwright.kernel.reach import call_rule, travelling_at, venue_of, view_int64
from tickwright.machine_code.compilation import rule

_NEW = code(records.CommandKind.NEW)
_END_OF_DATA = code(records.OrderState.END_OF_DATA)


@rule
def send_off(context: Record, command: Record) -> None:
    """Let a command leave now; room was seen to before the step."""
    venue = venue_of(context)
    place = venue["travel_end"]
    venue["travel_end"] += 1
    _copy(command, travelling_at(context, place))
    view_int64(context["arrives_ns"], context["travelling_capacity"])[place] = venue["now_ns"] + context["wait_ns"]


@rule
def arrive_now(context: Record) -> None:
    """Carry out the commands whose time has come."""
    venue = venue_of(context)
    arrives_ns = view_int64(context["arrives_ns"], context["travelling_capacity"])
    while venue["travel_first"] < venue["travel_end"] and arrives_ns[venue["travel_first"]] <= venue["now_ns"]:
        place = venue["travel_first"]
        venue["travel_first"] += 1
        call_rule(context, context["execute"], -1 - place)
    bury_dead(context)


@rule
def end_on_the_way(context: Record) -> None:
    """End the orders that no row is left for."""
    venue = venue_of(context)
    for place in range(venue["travel_first"], venue["travel_end"]):
        command = travelling_at(context, place)
        if command["kind"] == _NEW:
            report_end(context, command["order_id"], command["instrument"], _END_OF_DATA)
    venue["travel_first"] = venue["travel_end"]


@rule
def on_the_way(venue: Record) -> int:
    """How many commands have left and not arrived."""
    return venue["travel_end"] - venue["travel_first"]


@rule
def may_send_off(context: Record, commands: int) -> bool:
    """Whether so many more commands can leave; those that have arrived make room once they are the larger half."""
    venue = venue_of(context)
    if context["wait_ns"] == 0:
        return True
    first, count = venue["travel_first"], on_the_way(venue)
    if first > 0 and first >= count:
        arrives_ns = view_int64(context["arrives_ns"], context["travelling_capacity"])
        for place in range(count):
            _copy(travelling_at(context, first + place), travelling_at(context, place))
            arrives_ns[place] = arrives_ns[first + place]
        venue["travel_first"], venue["travel_end"] = 0, count
    return venue["travel_end"] + commands <= context["travelling_capacity"]


@rule
def _copy(command: Record, copy: Record) -> None:
    copy["order_id"], copy["quantity"], copy["cost"] = command["order_id"], command["quantity"], command["cost"]
    copy["limit_price"], copy["stop_price"], copy["trail"] = (
        command["limit_price"], command["stop_price"], command["trail"],
    )  # fmt: skip
    copy["expire_ns"], copy["oco"], copy["decision"] = command["expire_ns"], command["oco"], command["decision"]
    copy["exit_stop_ppb"], copy["exit_target_ppb"] = command["exit_stop_ppb"], command["exit_target_ppb"]
    copy["exit_trail_ppb"], copy["exit_max_bars"] = command["exit_trail_ppb"], command["exit_max_bars"]
    copy["tag"], copy["instrument"], copy["flags"] = command["tag"], command["instrument"], command["flags"]
    copy["kind"], copy["side"], copy["type"] = command["kind"], command["side"], command["type"]
    copy["time_in_force"], copy["reason"] = command["time_in_force"], command["reason"]
