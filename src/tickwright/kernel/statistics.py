"""Volume and volatility of the trailing window, known at each bar's open: the inputs of the cap and of impact.

Invariants (rule book §3.1-2): a window is (t-w, t] over bars closed at t, the bar's open time; both volume and returns
are of bars closed inside it; the sum of volumes is exact; the fold runs from the history anchor, bar by bar, so a run
in chunks or event by event has the same bits. What is known at a bar's open also prices the fills of its RANGE.
"""

from __future__ import annotations

import math

from tickwright.kernel.arithmetic import PPB, mul_div_rounded_down
from tickwright.kernel.layout import LAYOUT, NONE, WRONG_LAYOUT, Record
from tickwright.kernel.reach import book_of, view_context, view_float64, view_int64, view_uint8, window_of
from tickwright.machine_code.compilation import entry, rule


@rule
def _squared_return(before: int, after: int) -> float:
    change = math.log(after / before)
    return change * change


@rule
def _admit(context: Record, instrument: int, row: int) -> None:
    """Add a closed bar to the window."""
    index = row * context["instruments"] + instrument
    if view_uint8(context["presence"], index + 1)[index] == 0:
        return
    window = window_of(context, instrument)
    close = view_int64(context["close"], index + 1)[index]
    window["volume"] += view_int64(context["volume"], index + 1)[index]
    if window["bars"] > 0:
        window["squares"] += _squared_return(window["last_close"], close)
    window["bars"] += 1
    window["last_close"] = close


@rule
def _expire(context: Record, instrument: int, row: int) -> None:
    """Drop bars that closed at or before the window's start, as seen from a row's open."""
    window, count, rows = window_of(context, instrument), context["instruments"], context["rows"]
    presence = view_uint8(context["presence"], rows * count)
    close, volume = view_int64(context["close"], rows * count), view_int64(context["volume"], rows * count)
    open_ns = view_int64(context["open_ns"], rows)
    start = open_ns[row] - context["statistics_window_ns"]
    first = window["first_row"]
    while first < row and open_ns[first] + context["timeframe_ns"] <= start:
        index = first * count + instrument
        first += 1
        if presence[index] == 0:
            continue
        window["volume"] -= volume[index]
        window["bars"] -= 1
        following = first
        while following < row and presence[following * count + instrument] == 0:
            following += 1
        if window["bars"] <= 1:
            window["squares"] = 0.0
        elif following < row:
            window["squares"] -= _squared_return(close[index], close[following * count + instrument])
    window["first_row"] = first


@rule
def _publish(context: Record, instrument: int, row: int) -> None:
    """Write what is known at a row's open."""
    window, book = window_of(context, instrument), book_of(context, instrument)
    index = row * context["instruments"] + instrument
    bars = window["bars"]
    budget, volume, sigma = NONE, 0.0, 0.0
    if book["capped"] == 1 and bars > 0:
        if context["participation_ppb"] > 0:
            budget = mul_div_rounded_down(window["volume"], context["participation_ppb"], bars * PPB)
        volume = max(window["volume"] / bars * context["bars_per_day"] * book["unit"], context["volume_floor"])
    if bars > 1:
        sigma = math.sqrt(max(window["squares"], 0.0) / (bars - 1) * context["bars_per_day"])
    view_int64(context["open_budget"], index + 1)[index] = budget
    view_float64(context["daily_volume"], index + 1)[index] = volume
    view_float64(context["sigma"], index + 1)[index] = sigma


@entry
def extend_statistics(address: int, until: int) -> int:
    """Fill the statistics of every row before `until` whose bars before it are known."""
    context = view_context(address, 1)[0]
    if context["layout"] != LAYOUT:
        return WRONG_LAYOUT
    for instrument in range(context["instruments"]):
        window = window_of(context, instrument)
        for row in range(window["seen_rows"], until):
            if row > 0:
                _admit(context, instrument, row - 1)
            _expire(context, instrument, row)
            _publish(context, instrument, row)
        window["seen_rows"] = max(window["seen_rows"], until)
    return 0
