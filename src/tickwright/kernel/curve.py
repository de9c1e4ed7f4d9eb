"""A run's equity curve reduced to the statistics a sweep keeps: the deepest drawdown and the sums of its returns.

Invariants: the peak starts at the initial cash and counts while flat; a return is E[t]/E[t-1] - 1 per decision, the
first against the initial cash; after the curve has reached zero or less nothing more is observed. A drawdown is
measured at the lowest value since each peak, which is where E/peak - 1 is least: the same bits as bar by bar.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tickwright.kernel.arithmetic import code, mul_div_rounded_down
from tickwright.kernel.layout import Record
from tickwright.kernel.reach import client_of, position_of, view_context, view_float64, view_int64
from tickwright.machine_code.compilation import entry, rule
from tickwright.machine_code.views import view_of

CURVE: Final = np.dtype(
    [
        ("previous", "i8"),
        ("peak", "i8"),
        ("trough", "i8"),  # the lowest value since the peak
        ("held", "i8"),  # decisions with a position
        ("over", "i8"),  # 1 once the curve has reached zero or less
        ("deepest", "f8"),
        ("total", "f8"),
        ("squares", "f8"),
    ],
    align=True,
)
_view_curve = view_of(CURVE)
_BLOCK: Final = 256
BLOCK_ROOM: Final = 3 * _BLOCK + 1
"""How many numbers of `scratch` statistics need."""

_LARGEST: Final = 2**62
_EXACT_PRODUCT: Final = 1e15  # quotients below it are exact in float64 but for one unit; equity stays below 2^53


@rule
def curve_at(address: int) -> Record:
    """The statistics of a curve by address."""
    return _view_curve(address, 1)[0]


@rule
def begin_curve(curve: Record, initial: int) -> None:
    """Before the first decision: the initial cash."""
    curve["previous"], curve["peak"], curve["trough"] = initial, initial, initial
    curve["held"], curve["over"] = 0, 0
    curve["deepest"], curve["total"], curve["squares"] = 0.0, 0.0, 0.0


@rule
def _measure_trough(curve: Record) -> None:
    if curve["trough"] < curve["peak"]:
        curve["deepest"] = min(curve["deepest"], curve["trough"] / curve["peak"] - 1.0)


@rule
def observe(curve: Record, equity: int, exposed: int) -> None:
    """Count the equity of one decision; `exposed` is 1 with a position."""
    if curve["over"] == 1:
        return
    change = equity / curve["previous"] - 1.0
    curve["total"] += change
    curve["squares"] += change * change
    curve["previous"] = equity
    curve["held"] += exposed
    if equity > curve["peak"]:
        _measure_trough(curve)
        curve["peak"], curve["trough"] = equity, equity
    elif equity < curve["trough"]:
        curve["trough"] = equity
    if equity <= 0:
        curve["over"] = 1


@rule
def end_curve(curve: Record) -> None:
    """After the last decision."""
    _measure_trough(curve)


@rule
def is_quick(context: Record, quantity: int, divisor: int) -> bool:
    """Whether `quick_value` holds for a quantity at every close of the market."""
    return is_quick_below(context["highest_close"], quantity, divisor)


@rule
def is_quick_below(highest: int, quantity: int, divisor: int) -> bool:
    """Whether it holds at every price up to a highest one."""
    highest_value = float(quantity) * float(highest)
    return highest_value < _EXACT_PRODUCT * float(divisor) and highest_value < 9e18


@rule
def quick_value(quantity: int, close: int, divisor: int, inverse: float) -> int:
    """⌊quantity·close / divisor⌋ where values are small: a quotient in floating point is off by at most one."""
    product = quantity * close
    value = int(float(product) * inverse)
    rest = product - value * divisor
    return value + (1 if rest >= divisor else 0) - (1 if rest < 0 else 0)


@rule
def observe_rows(context: Record, curve: Record, first: int, last: int) -> None:
    """Count the closes of rows first..last of one instrument while nothing trades."""
    position, cash = position_of(context, 0), client_of(context)["cash"]
    quantity, divisor = position["quantity"], position["divisor"]
    if last < first:
        return
    if quantity == 0:
        observe(curve, cash, 0)
        return
    if 0 < cash < _EXACT_PRODUCT and is_quick(context, quantity, divisor):
        _observe_quickly(context, curve, first, last)
        return
    close = view_int64(context["close"], last + 1)
    for row in range(first, last + 1):
        value = mul_div_rounded_down(quantity, close[row], divisor)
        observe(curve, cash + value, 1 if value != 0 else 0)


@rule
def _observe_quickly(context: Record, curve: Record, first: int, last: int) -> None:
    """The same where values are small, block by block."""
    while first <= last:
        end = min(first + _BLOCK, last + 1)
        _observe_block(context, curve, first, end - first)
        first = end


@rule
def _observe_block(context: Record, curve: Record, first: int, count: int) -> None:
    """What does not depend on the bar before is worked out side by side; sums are added in order, bar by bar."""
    position, cash, room = position_of(context, 0), client_of(context)["cash"], context["scratch"]
    quantity, divisor, inverse = position["quantity"], position["divisor"], 1.0 / position["divisor"]
    close, equity = view_int64(context["close"] + 8 * first, count), view_int64(room, count)
    known, changes = view_float64(room + 8 * _BLOCK, count + 1), view_float64(room + 16 * _BLOCK + 8, count)
    known[0] = float(curve["previous"])
    highest, lowest, held = code(0), code(_LARGEST), code(0)
    for place in range(count):
        value = quick_value(quantity, close[place], divisor, inverse)
        worth = cash + value
        equity[place], known[place + 1] = worth, float(worth)
        held += 1 if value != 0 else 0
        highest, lowest = max(highest, worth), min(lowest, worth)
    for place in range(count):
        changes[place] = known[place + 1] / known[place] - 1.0
    total, squares = curve["total"], curve["squares"]
    for place in range(count):
        total += changes[place]
        squares += changes[place] * changes[place]
    curve["total"], curve["squares"] = total, squares
    curve["held"] += held
    curve["previous"] = equity[count - 1]
    if highest > curve["peak"]:
        _follow_peaks(curve, equity, count)
    else:
        curve["trough"] = min(curve["trough"], lowest)


@rule
def _follow_peaks(curve: Record, equity, count: int) -> None:  # type: ignore[no-untyped-def]
    peak, trough = curve["peak"], curve["trough"]
    for place in range(count):
        if equity[place] > peak:
            if trough < peak:
                curve["deepest"] = min(curve["deepest"], trough / peak - 1.0)
            peak, trough = equity[place], equity[place]
        trough = min(trough, equity[place])
    curve["peak"], curve["trough"] = peak, trough


@entry
def measure_curve(address: int, statistics: int) -> int:
    """Write the statistics of a finished run's curve to a `CURVE` record at an address."""
    context, curve = view_context(address, 1)[0], curve_at(statistics)
    decisions = context["decisions"]
    equity, exposure = view_int64(context["equity"], decisions), view_int64(context["exposure"], decisions)
    begin_curve(curve, client_of(context)["initial_cash"])
    for decision in range(decisions):
        observe(curve, equity[decision], 1 if exposure[decision] != 0 else 0)
    end_curve(curve)
    return 0
