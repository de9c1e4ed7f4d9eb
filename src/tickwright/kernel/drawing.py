"""The equity curve of a finished spot run of one instrument, drawn from its fills when somebody wants to see it.

Invariants: cash moves with fills alone; equity is cash plus the position at its last close, rounded down, which are
the bits the loop writes when it marks bar by bar.
"""

from __future__ import annotations

from tickwright.kernel.arithmetic import mul_div_rounded_down
from tickwright.kernel.curve import is_quick, quick_value
from tickwright.kernel.layout import Record
from tickwright.kernel.prices import notional_of
from tickwright.kernel.reach import client_of, fill_at, position_of, view_context, view_int64
from tickwright.machine_code.compilation import entry, rule


@entry
def draw_curve(address: int, unused: int) -> int:
    """Write equity, exposure and cash after every decision."""
    context = view_context(address, 1)[0]
    client, decisions = client_of(context), context["decisions"]
    opened = view_int64(context["open_ns"], context["rows"])
    fills, cash, quantity, place, decision = client["fill_count"], client["initial_cash"], 0, 0, 0
    while decision < decisions:
        row, until = context["first_row"] + decision, decisions
        while place < fills and _seen_from(context, place) <= opened[row] + context["timeframe_ns"]:
            quantity += _received(context, place)
            cash += _earned(context, place)
            place += 1
        if place < fills:
            until = _decision_of(context, _seen_from(context, place), decision + 1)
        draw_alone(context, decision, until, cash, quantity)
        decision = until
    return 0


@rule
def _received(context: Record, place: int) -> int:
    """What a fill brought of the base, less than 0 for a sale."""
    fill = fill_at(context, place)
    if fill["side"] < 0:
        return -fill["quantity"]
    return fill["quantity"] - (fill["fee"] if fill["fee_asset"] != 0 else 0)


@rule
def _earned(context: Record, place: int) -> int:
    """What a fill brought of the cash, less than 0 for a buy."""
    fill, divisor = fill_at(context, place), position_of(context, 0)["divisor"]
    side = 1 if fill["side"] > 0 else -1
    notional = notional_of(fill["price"], fill["quantity"], divisor, side)
    return -side * notional - (0 if fill["fee_asset"] != 0 else fill["fee"])


@rule
def _seen_from(context: Record, place: int) -> int:
    """From which instant on a fill shows: one at an open comes after the decision of the same time."""
    return fill_at(context, place)["ts_ns"] + fill_at(context, place)["at_open"]


@rule
def _decision_of(context: Record, ts_ns: int, decision: int) -> int:
    """The first decision from this one on whose instant is not before a time."""
    opened = view_int64(context["open_ns"], context["rows"])
    first, decisions = context["first_row"], context["decisions"]
    while decision < decisions and opened[first + decision] + context["timeframe_ns"] < ts_ns:
        decision += 1
    return decision


@rule
def draw_alone(context: Record, first: int, end: int, cash: int, quantity: int) -> None:
    """Write the decisions of one instrument while nothing trades."""
    equity, exposure = view_int64(context["equity"], end), view_int64(context["exposure"], end)
    cashes, offset = view_int64(context["cash_curve"], end), context["first_row"]
    divisor = position_of(context, 0)["divisor"]
    close, inverse = view_int64(context["close"], offset + end), 1.0 / divisor
    if quantity == 0:
        for decision in range(first, end):
            equity[decision], exposure[decision], cashes[decision] = cash, 0, cash
    elif is_quick(context, quantity, divisor):
        for decision in range(first, end):
            value = quick_value(quantity, close[offset + decision], divisor, inverse)
            equity[decision], exposure[decision], cashes[decision] = cash + value, value, cash
    else:
        for decision in range(first, end):
            value = mul_div_rounded_down(quantity, close[offset + decision], divisor)
            equity[decision], exposure[decision], cashes[decision] = cash + value, value, cash
