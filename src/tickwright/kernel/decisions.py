"""From targets to commands: which targets act, how large the orders are, what is cancelled first.

Invariants (rule book §7): all targets of one instant are sized from equity at that instant's closes; reductions are by
quantity, increases by cost with the fee inside; a target counts to the nearest ppb; NaN neither acts nor resets; a
change on an absent bar waits for the next one; results do not depend on symbol order.
"""

from __future__ import annotations

import math

from tickwright.domain import records
from tickwright.kernel.arithmetic import PPB, floored_to, mul_div_rounded_down, mul_div_rounded_up
from tickwright.kernel.client import clear_order, end_order, in_lots, settle_block
from tickwright.kernel.layout import NONE, Record, code
from tickwright.kernel.reach import client_of, command_at, order_at, position_of, view_context, view_float64, view_uint8
from tickwright.machine_code.compilation import entry, rule

_NEW = code(records.CommandKind.NEW)
_CANCEL = code(records.CommandKind.CANCEL)
_MARKET = code(records.OrderType.MARKET)
_SIZED = code(records.OrderFlag.SIZED)
_MAKES_PARTS = code(records.OrderFlag.MAKES_PARTS)
_REDUCE_ONLY = code(records.OrderFlag.REDUCE_ONLY)
_EXITS_BY_MARK = code(records.OrderFlag.EXITS_BY_MARK)
_SIGNAL = code(records.Reason.SIGNAL)
_WARMUP = code(records.OrderState.RISK_WARMUP)


@entry
def decide(address: int, decision: int) -> int:
    """Turn the targets of one instant into commands."""
    context = view_context(address, 1)[0]
    count = context["instruments"]
    present = view_uint8(context["decision_presence"], (decision + 1) * count)
    for instrument in range(count):
        index = decision * count + instrument
        position, wanted = position_of(context, instrument), wanted_at(context, index)
        if not math.isnan(wanted):
            position["standing"], position["decided_ns"] = wanted, client_of(context)["now_ns"]
        settle_block(position)
        may_act = context["acts"] == 0 or view_uint8(context["acts"], index + 1)[index] != 0
        if present[index] != 0 and may_act and _acts_now(context, instrument, wanted):
            size(context, instrument, position["standing"], decision + 1)
    return 0


@rule
def wanted_at(context: Record, index: int) -> float:
    """A target, from the table of numbers or from the signal of one instrument."""
    if context["signal"] != 0:
        return float(view_uint8(context["signal"], index + 1)[index])
    return view_float64(context["wanted"], index + 1)[index]


@rule
def shares_of(context: Record) -> int:
    """By how many an equity is divided for one symbol's share: 1 for weights, the number of symbols for targets."""
    return 1 if context["share_of_equity"] == 1 else context["instruments"]


@rule
def _acts_now(context: Record, instrument: int, wanted: float) -> bool:
    if context["on_change"] == 0:
        return not math.isnan(wanted) and _strays(context, position_of(context, instrument), wanted)
    return acts_on_change(context, instrument)


@rule
def acts_on_change(context: Record, instrument: int) -> bool:
    """Whether the standing target differs from the one acted on, or is to be tried again."""
    position = position_of(context, instrument)
    if math.isnan(position["standing"]):
        return False
    if position["standing"] != position["acted"]:
        return True
    unfinished = position["unmet"] == 1 or position["increase"] != NONE or position["reduction"] != NONE
    return context["retry"] == 1 and unfinished


@rule
def _strays(context: Record, position: Record, wanted: float) -> bool:
    equity = client_of(context)["equity"]
    lots = in_lots(position["quantity"], position["lot"])
    held = float(lots) * float(position["last_price"]) / float(position["divisor"])
    return equity > 0 and abs(held * shares_of(context) / float(equity) - wanted) > context["band"]


@rule
def target_value(context: Record, target: float) -> int:
    """The money a target stands for, without its sign: a target counts to the nearest ppb."""
    ppb = round(abs(target) * PPB)
    return mul_div_rounded_down(max(0, client_of(context)["equity"]), ppb, PPB * shares_of(context))


@rule
def size(context: Record, instrument: int, target: float, decision: int) -> None:
    """Cancel the instrument's unfinished rest and send what leads from the position held to the target."""
    position = position_of(context, instrument)
    position["acted"], position["unmet"] = target, 0
    _cancel_rest(context, position)
    lots, side = in_lots(position["quantity"], position["lot"]), 1 if target > 0 else -1
    wanted = target_value(context, target)
    if lots != 0 and (target == 0 or (lots > 0) != (target > 0)):
        send_reduction(context, instrument, abs(lots), decision)
        lots = 0
    if target == 0:
        return
    held = mul_div_rounded_up(abs(lots), position["last_price"], position["divisor"])
    if wanted < held:
        kept = mul_div_rounded_up(wanted, position["divisor"], position["last_price"])
        send_reduction(context, instrument, floored_to(max(0, abs(lots) - kept), position["lot"]), decision)
    elif wanted > held and position["blocked"] != side:
        send_increase(context, instrument, side, wanted - held, decision)


@rule
def _cancel_rest(context: Record, position: Record) -> None:
    for order_id in (position["increase"], position["reduction"]):
        if order_id != NONE:
            command = new_command(context)
            command["kind"], command["order_id"] = _CANCEL, order_id
    position["increase"], position["reduction"] = NONE, NONE


@rule
def send_reduction(context: Record, instrument: int, quantity: int, decision: int) -> None:
    """Send a reduction by quantity, if there is one."""
    if quantity <= 0:
        return
    position, command = position_of(context, instrument), new_command(context)
    command["kind"], command["instrument"], command["type"] = _NEW, instrument, _MARKET
    command["side"] = -1 if position["quantity"] > 0 else 1
    command["quantity"], command["flags"], command["decision"] = quantity, _SIZED | _REDUCE_ONLY, decision
    position["reduction"] = send(context, command)


@rule
def send_increase(context: Record, instrument: int, side: int, cost: int, decision: int) -> None:
    """Send an increase by cost with the exits of its decision."""
    command = new_command(context)
    command["kind"], command["instrument"], command["type"] = _NEW, instrument, _MARKET
    flags = _SIZED | _MAKES_PARTS if context["exits"] == 1 else _SIZED
    command["side"], command["cost"], command["flags"], command["decision"] = side, cost, flags, decision
    _attach_exits(context, instrument, command, decision - 1)
    position_of(context, instrument)["increase"] = send(context, command)


@rule
def _attach_exits(context: Record, instrument: int, command: Record, decision: int) -> None:
    if context["exits"] == 0:
        return
    index = 0 if context["exits_alike"] == 1 else decision * context["instruments"] + instrument
    command["exit_stop_ppb"] = _distance(view_float64(context["exit_stop"], index + 1)[index])
    command["exit_target_ppb"] = _distance(view_float64(context["exit_target"], index + 1)[index])
    command["exit_trail_ppb"] = _distance(view_float64(context["exit_trail"], index + 1)[index])
    command["exit_max_bars"] = context["exit_max_bars"]
    command["flags"] |= _EXITS_BY_MARK if context["exits_by_mark"] == 1 else 0


@rule
def _distance(fraction: float) -> int:
    """A distance to the nearest ppb; NaN is none."""
    return 0 if math.isnan(fraction) else round(fraction * PPB)


@rule
def new_command(context: Record) -> Record:
    """The next place of the command ring, cleared."""
    client = client_of(context)
    command = command_at(context, client["command_count"])
    client["command_count"] += 1
    command["order_id"], command["quantity"], command["cost"] = NONE, 0, 0
    command["limit_price"], command["stop_price"], command["trail"], command["expire_ns"] = 0, 0, 0, 0
    command["oco"], command["decision"], command["tag"] = 0, 0, NONE
    command["exit_stop_ppb"], command["exit_target_ppb"] = 0, 0
    command["exit_trail_ppb"], command["exit_max_bars"] = 0, 0
    command["instrument"], command["flags"], command["kind"], command["side"] = NONE, 0, 0, 1
    command["type"], command["time_in_force"], command["reason"] = 0, 0, _SIGNAL
    return command


@rule
def send(context: Record, command: Record) -> int:
    """Give a new order its number and its record in the client half."""
    client = client_of(context)
    order_id = client["order_count"]
    client["order_count"] += 1
    command["order_id"] = order_id
    order = order_at(context, order_id)
    clear_order(order)
    order["order_id"], order["ts_sent_ns"] = order_id, client["now_ns"]
    order["quantity"], order["cost"], order["decision"] = command["quantity"], command["cost"], command["decision"]
    order["limit_price"], order["stop_price"], order["tag"] = (
        command["limit_price"], command["stop_price"], command["tag"],
    )  # fmt: skip
    order["instrument"], order["flags"], order["side"] = command["instrument"], command["flags"], command["side"]
    order["type"], order["time_in_force"], order["reason"] = (
        command["type"],
        command["time_in_force"],
        command["reason"],
    )
    return order_id


@rule
def is_increase(command: Record) -> int:
    """1 for what leads a position up to its target."""
    sized = (command["flags"] & _SIZED) != 0 and (command["flags"] & _REDUCE_ONLY) == 0
    return 1 if sized and command["kind"] == _NEW else 0


@rule
def check_and_send(context: Record) -> int:
    """Number the order at the end of the command ring; one sent before the warm-up ends at once, refused by name."""
    client = client_of(context)
    command = command_at(context, client["command_count"] - 1)
    order_id = send(context, command)
    if client["decision"] < position_of(context, command["instrument"])["warmup"]:
        end_order(context, order_id, _WARMUP, client["now_ns"])
        client["command_count"] -= 1
    return order_id
