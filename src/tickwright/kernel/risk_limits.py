"""Our own limits, in the client half: which commands may leave, and the latches of daily loss and drawdown.

Invariants: what only makes a position smaller is never refused; a refused order ends by name before any venue sees it;
an order counts with its notional at its own limit or stop price, else at the last price, a rest by cost with what it
has left to spend; the reductions that targets of one instant ask for count before its increases; the latches look at
equity at each close, a day begins at 00:00 UTC, and the drawdown latch stays to the end of a run.
Known limit: between two closes nothing is looked at.
"""

from __future__ import annotations

from tickwright.domain import records
from tickwright.domain.timestamp import DAY
from tickwright.kernel.arithmetic import OVERFLOW, PPB, mul_div_rounded_down, mul_div_rounded_up, plus
from tickwright.kernel.client import end_order, value_of
from tickwright.kernel.decisions import new_command
from tickwright.kernel.layout import NONE, UNLIMITED, Record, code
from tickwright.kernel.open_orders import forget_open, note_open
from tickwright.kernel.reach import client_of, command_at, limits_of, order_at, position_of, view_context, view_int64
from tickwright.machine_code.compilation import entry, rule

_NEW = code(records.CommandKind.NEW)
_AMEND = code(records.CommandKind.AMEND)
_CANCEL = code(records.CommandKind.CANCEL)
_MARKET = code(records.OrderType.MARKET)
_REDUCE_ONLY = code(records.OrderFlag.REDUCE_ONLY)
_SIZED = code(records.OrderFlag.SIZED)
_FILLED = code(records.OrderState.FILLED)
_ORDER_NOTIONAL = code(records.OrderState.RISK_MAX_ORDER_NOTIONAL)
_POSITION_NOTIONAL = code(records.OrderState.RISK_MAX_POSITION_NOTIONAL)
_EXPOSURE = code(records.OrderState.RISK_MAX_EXPOSURE)
_OPEN_ORDERS = code(records.OrderState.RISK_MAX_OPEN_ORDERS)
_DAILY_LOSS = code(records.OrderState.RISK_DAILY_LOSS)
_DRAWDOWN = code(records.OrderState.RISK_DRAWDOWN)
_DAY_NS = code(DAY)


# ---- commands


@rule
def make_room(context: Record) -> None:
    """Let what targets cancel and reduce at this instant count before the increases that it makes room for."""
    for place in range(client_of(context)["command_count"]):
        command = command_at(context, place)
        if command["kind"] == _NEW and _is_sized_reduction(command["flags"]):
            note_open(context, command["order_id"])
        elif command["kind"] == _CANCEL and (order_at(context, command["order_id"])["flags"] & _SIZED) != 0:
            forget_open(context, command["order_id"])


@rule
def _is_sized_reduction(flags: int) -> bool:
    return (flags & _SIZED) != 0 and (flags & _REDUCE_ONLY) != 0


@entry
def admit(address: int, place: int) -> int:
    """1 where a command may leave; else 0: a new order has ended by name, an amended one stays as it is."""
    context = view_context(address, 1)[0]
    command = command_at(context, place)
    if command["kind"] == _NEW:
        return 1 if _admit_order(context, command["order_id"]) else 0
    if command["kind"] == _AMEND:
        return 1 if _admit_amend(context, command) else 0
    return 1


@rule
def _admit_order(context: Record, order_id: int) -> bool:
    order = order_at(context, order_id)
    if _is_sized_reduction(order["flags"]):
        return True  # counted before
    refusal = _refusal_of(context, order, 1)
    if refusal != 0:
        end_order(context, order_id, refusal, client_of(context)["now_ns"])
        return False
    note_open(context, order_id)
    return True


@rule
def _admit_amend(context: Record, command: Record) -> bool:
    """Judge the order as it would be, as if it were sent anew; one that does not grow may always be amended."""
    order = order_at(context, command["order_id"])
    if order["state"] >= _FILLED:
        return True
    quantity, limit, stop = order["quantity"], order["limit_price"], order["stop_price"]
    before = notional_sought(context, order)
    order["quantity"] = command["quantity"] if command["quantity"] > 0 else quantity
    order["limit_price"] = command["limit_price"] if command["limit_price"] > 0 else limit
    order["stop_price"] = command["stop_price"] if command["stop_price"] > 0 else stop
    refusal = 0
    if notional_sought(context, order) > before:
        forget_open(context, command["order_id"])
        refusal = _refusal_of(context, order, 0)
        note_open(context, command["order_id"])
    order["quantity"], order["limit_price"], order["stop_price"] = quantity, limit, stop
    if refusal != 0:
        limits_of(context)["amends_refused"] += 1
    return refusal == 0


@rule
def _refusal_of(context: Record, order: Record, is_new: int) -> int:
    """The name by which a limit refuses an order that is not among the open ones, 0 where none does."""
    limits = limits_of(context)
    if only_reduces(context, order):
        return 0
    if limits["drawdown_latched"] != 0:
        return _DRAWDOWN
    if limits["day_latched"] != 0:
        return _DAILY_LOSS
    if is_new == 1 and limits["open_orders"] != NONE and limits["open_count"] >= limits["open_orders"]:
        return _OPEN_ORDERS
    notional = notional_sought(context, order)
    if limits["order_notional"] != NONE and notional > limits["order_notional"]:
        return _ORDER_NOTIONAL
    if limits["position_notional"] != NONE:
        held = value_of(position_of(context, order["instrument"]))
        position = held if order["side"] > 0 else -held
        if plus(plus(position, _sought_beside(context, order)), notional) > limits["position_notional"]:
            return _POSITION_NOTIONAL
    if limits["exposure"] != NONE and plus(_exposure_ahead(context), notional) > limits["exposure"]:
        return _EXPOSURE
    return 0


@rule
def size_sought(context: Record, order: Record) -> int:
    """The quantity an order still wants; one by cost at the last price, rounded up."""
    if order["cost"] == 0:
        return max(0, order["quantity"] - order["filled"])
    position = position_of(context, order["instrument"])
    if position["last_price"] == 0:
        return UNLIMITED
    size = mul_div_rounded_up(max(0, order["cost"] - order["spent"]), position["divisor"], position["last_price"])
    return UNLIMITED if size == OVERFLOW else size


@rule
def notional_sought(context: Record, order: Record) -> int:
    """The money an order still moves, rounded up; without any price it counts as the largest amount."""
    if order["cost"] > 0:
        return max(0, order["cost"] - order["spent"])
    position = position_of(context, order["instrument"])
    price = order["limit_price"] if order["limit_price"] > 0 else order["stop_price"]
    price = price if price > 0 else position["last_price"]
    if price == 0:
        return UNLIMITED
    notional = mul_div_rounded_up(size_sought(context, order), price, position["divisor"])
    return UNLIMITED if notional == OVERFLOW else notional


@rule
def only_reduces(context: Record, order: Record) -> bool:
    """Whether an order, with all open ones of its side, cannot lead beyond flat."""
    if (order["flags"] & _REDUCE_ONLY) != 0:
        return True
    quantity = position_of(context, order["instrument"])["quantity"]
    held = quantity if order["side"] > 0 else -quantity
    if held >= 0:
        return False
    size = size_sought(context, order)
    numbers = view_int64(context["open_orders"], context["order_capacity"])
    for place in range(limits_of(context)["open_count"]):
        other = order_at(context, numbers[place])
        if _is_beside(order, other):
            size = plus(size, size_sought(context, other))
    return size <= -held


@rule
def _is_beside(order: Record, other: Record) -> bool:
    """Whether another order is of the same instrument and side, and not for reducing alone."""
    if other["order_id"] == order["order_id"] or (other["flags"] & _REDUCE_ONLY) != 0:
        return False
    return other["instrument"] == order["instrument"] and other["side"] == order["side"]


@rule
def _sought_beside(context: Record, order: Record) -> int:
    total, numbers = 0, view_int64(context["open_orders"], context["order_capacity"])
    for place in range(limits_of(context)["open_count"]):
        other = order_at(context, numbers[place])
        if _is_beside(order, other):
            total = plus(total, notional_sought(context, other))
    return total


@rule
def _exposure_ahead(context: Record) -> int:
    """Absolute position values less what market orders are about to reduce, and all that open orders may add."""
    total, numbers = 0, view_int64(context["open_orders"], context["order_capacity"])
    for instrument in range(context["instruments"]):
        position, leaving = position_of(context, instrument), 0
        for place in range(limits_of(context)["open_count"]):
            other = order_at(context, numbers[place])
            if other["instrument"] == instrument and leaves(position, other):
                leaving = plus(leaving, size_sought(context, other))
        left = max(0, abs(position["quantity"]) - leaving)
        if left > 0:
            total = plus(total, mul_div_rounded_up(left, position["last_price"], position["divisor"]))
    for place in range(limits_of(context)["open_count"]):
        other = order_at(context, numbers[place])
        if not leaves(position_of(context, other["instrument"]), other) and not only_reduces(context, other):
            total = plus(total, notional_sought(context, other))
    return total


@rule
def leaves(position: Record, order: Record) -> bool:
    """Whether an order is a market order on its way to make the position smaller."""
    return order["type"] == _MARKET and order["side"] * position["quantity"] < 0


# ---- latches


@rule
def watch_latches(context: Record) -> None:
    """Look at the equity of this close: let a new day begin, and let a latch fall."""
    limits, client = limits_of(context), client_of(context)
    equity, day = client["equity"], client["now_ns"] // _DAY_NS
    if day != limits["day"]:
        limits["day_equity"] = equity if client["now_ns"] % _DAY_NS == 0 else limits["last_equity"]
        limits["day"], limits["day_latched"] = day, 0
    limits["last_equity"], limits["peak_equity"] = equity, max(limits["peak_equity"], equity)
    if limits["day_latched"] == 0 and _lost(limits["day_equity"], equity, limits["daily_loss_ppb"]):
        limits["day_latched"] = 1
        limits["daily_losses"] += 1
        if limits["daily_losses"] == 1:
            limits["first_daily_loss_ns"] = client["now_ns"]
    if limits["drawdown_latched"] == 0 and _lost(limits["peak_equity"], equity, limits["drawdown_ppb"]):
        limits["drawdown_latched"], limits["drawdown_ns"] = 1, client["now_ns"]


@rule
def _lost(before: int, equity: int, most_ppb: int) -> bool:
    """Whether the fall from an equity has reached a share of it."""
    return most_ppb != NONE and before - equity >= mul_div_rounded_down(max(0, before), most_ppb, PPB)


@rule
def is_latched(context: Record) -> bool:
    """Whether a latch has fallen."""
    return limits_of(context)["day_latched"] != 0 or limits_of(context)["drawdown_latched"] != 0


@rule
def cancel_entries(context: Record) -> bool:
    """Ask for the cancel of open orders that could open or add, newest first; True when the ring is full of them."""
    client = client_of(context)
    while client["command_count"] < context["command_capacity"]:
        newest = _newest_entry(context)
        if newest == NONE:
            return False
        command = new_command(context)
        command["kind"], command["order_id"] = _CANCEL, newest
        forget_open(context, newest)
    return True


@rule
def _newest_entry(context: Record) -> int:
    """The newest open order that does not only reduce; NONE where all do."""
    newest, numbers = NONE, view_int64(context["open_orders"], context["order_capacity"])
    for place in range(limits_of(context)["open_count"]):
        if numbers[place] > newest and not only_reduces(context, order_at(context, numbers[place])):
            newest = numbers[place]
    return newest
