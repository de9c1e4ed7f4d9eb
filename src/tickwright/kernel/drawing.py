"""The equity curve of a finished spot run, drawn from its fills when somebody wants to see it.

Invariants: cash moves with fills alone; equity is cash plus each position at its last close, every value rounded down,
which are the bits the loop writes when it marks bar by bar; an absent bar keeps the last close.
"""

from __future__ import annotations

import numpy as np

from tickwright.kernel.arithmetic import mul_div_rounded_down
from tickwright.kernel.compilation import entry, rule
from tickwright.kernel.curve import is_quick, quick_value
from tickwright.kernel.layout import (
    Record,
    client_of,
    fill_at,
    position_of,
    view_context,
    view_int64,
    view_uint8,
)
from tickwright.kernel.prices import notional_of


@entry
def draw_curve(address: int, unused: int) -> int:
    """Write equity, exposure and cash after every decision."""
    context = view_context(address, 1)[0]
    client, count, decisions = client_of(context), context["instruments"], context["decisions"]
    quantity, last, held = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
    opened, fills, cash, place, decision = (
        view_int64(context["open_ns"], context["rows"]), client["fill_count"], client["initial_cash"], 0, 0,
    )  # fmt: skip
    while decision < decisions:
        row = context["first_row"] + decision
        while place < fills and _seen_from(context, place) <= opened[row] + context["timeframe_ns"]:
            cash += _apply(context, place, quantity)
            place += 1
        most, until = 0, decisions
        for instrument in range(count):
            if quantity[instrument] != 0:
                held[most] = instrument
                most += 1
        if place < fills:
            until = _decision_of(context, _seen_from(context, place), decision + 1)
        if count == 1:
            draw_alone(context, decision, until, cash, quantity[0])
        else:
            _draw_panel(context, decision, until, cash, quantity, last, held[:most])
        decision = until
    return 0


@rule
def _apply(context: Record, place: int, quantity):  # type: ignore[no-untyped-def]
    """Move what a fill moved; the cash it brought."""
    fill = fill_at(context, place)
    side, in_base = 1 if fill["side"] > 0 else -1, fill["fee_asset"] != 0
    divisor = position_of(context, fill["instrument"])["divisor"]
    notional = notional_of(fill["price"], fill["quantity"], divisor, side)
    quantity[fill["instrument"]] += side * fill["quantity"] - (fill["fee"] if in_base else 0)
    return -side * notional - (0 if in_base else fill["fee"])


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


@rule
def _draw_panel(context: Record, first: int, end: int, cash: int, quantity, last, held):  # type: ignore[no-untyped-def]
    """The same over the instruments that are held."""
    count, offset = context["instruments"], context["first_row"]
    equity, exposure = view_int64(context["equity"], end), view_int64(context["exposure"], end)
    cashes = view_int64(context["cash_curve"], end)
    close = view_int64(context["close"], (offset + end) * count)
    presence = view_uint8(context["presence"], (offset + end) * count)
    for decision in range(first, end):
        row, worth = (offset + decision) * count, 0
        for instrument in held:
            if presence[row + instrument] != 0:
                last[instrument] = close[row + instrument]
            divisor = position_of(context, instrument)["divisor"]
            if is_quick(context, quantity[instrument], divisor):
                worth += quick_value(quantity[instrument], last[instrument], divisor, 1.0 / divisor)
            else:
                worth += mul_div_rounded_down(quantity[instrument], last[instrument], divisor)
        equity[decision], exposure[decision], cashes[decision] = cash + worth, worth, cash
