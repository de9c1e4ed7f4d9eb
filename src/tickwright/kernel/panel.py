"""Standing targets of several spot instruments with one cash, from change to change.

Invariants: while no order works, rows are only searched for targets that act; the orders of one instant are planned
from its equity and filled at the next open (reductions first, then increases shrunk together to the free cash), as the
general matcher does and with the same bits. What is not plain becomes real orders: all that is not yet filled is
handed to the general matcher, which goes row by row until no order works. The curve is drawn from the fills.
"""

from __future__ import annotations

import math

from tickwright.kernel.advance import close_row, drain, has_room, open_row
from tickwright.kernel.arithmetic import mul_div_rounded_down
from tickwright.kernel.client import value_of
from tickwright.kernel.compilation import entry, inlined, rule
from tickwright.kernel.curve import is_quick, quick_value
from tickwright.kernel.decisions import send_increase, send_reduction
from tickwright.kernel.fills import forget_decayed
from tickwright.kernel.layout import (
    LAYOUT,
    NEED_CAPACITY,
    NONE,
    UNLIMITED,
    WRONG_LAYOUT,
    Record,
    book_of,
    client_of,
    position_of,
    slot_at,
    venue_of,
    view_context,
    view_float64,
    view_int64,
    view_uint8,
)
from tickwright.kernel.memory import fetch
from tickwright.kernel.plain import buy_plainly, meets_open, plan, sell_plainly


@entry
def run_panel(address: int, unused: int) -> int:
    """Run to the end of the rows; it may come back for more capacity."""
    context = view_context(address, 1)[0]
    if context["layout"] != LAYOUT:
        return WRONG_LAYOUT
    venue, first = venue_of(context), context["first_row"]
    end, row = first + context["decisions"], venue["step"] // 2
    marked, everyone = row - 1, True
    for instrument in range(context["instruments"]):
        _inverses(context)[instrument] = 1.0 / position_of(context, instrument)["divisor"]
    while row < end:
        if not has_room(context):
            _take_closes(context, marked, row - 1)
            venue["step"] = 2 * row
            return NEED_CAPACITY
        if venue["head"] != NONE:
            _take_closes(context, marked, row - 1)
            _general_row(context, row)
            marked, everyone, row = row, True, row + 1
            continue
        acting = _find_acting(context, row - first, everyone)
        everyone = acting < 0 or _waiting(context)[0] != 0
        if acting != 0:
            _take_closes(context, marked, row)
            marked = row
            if acting > 0 and _plan(context, row, acting):
                everyone = not _trade(context, row, acting) or everyone
            else:
                venue["step"] = 2 * row + 1
                close_row(context, row)
                everyone = True
        row += 1
    _take_closes(context, marked, end - 1)
    _mark(context)
    venue["now_ns"], venue["step"] = _closed_ns(context, end - 1), 2 * end
    return 0


@rule
def _general_row(context: Record, row: int) -> None:
    venue_of(context)["step"] = 2 * row
    open_row(context, row)
    venue_of(context)["step"] = 2 * row + 1
    close_row(context, row)


@rule
def _acting(context: Record):  # type: ignore[no-untyped-def]
    """The instruments that act at this instant, in their order."""
    return view_int64(context["scratch"], context["instruments"])


@rule
def _planned(context: Record):  # type: ignore[no-untyped-def]
    """What each of them still has to trade: money to spend, or less than 0: lots to sell."""
    return view_int64(context["scratch"] + 8 * context["instruments"], context["instruments"])


@rule
def _numbers(context: Record):  # type: ignore[no-untyped-def]
    """The numbers of their orders."""
    return view_int64(context["scratch"] + 16 * context["instruments"], context["instruments"])


@rule
def _waiting(context: Record):  # type: ignore[no-untyped-def]
    """1 while an absent instrument has a target that is still to act."""
    return view_int64(context["scratch"] + 24 * context["instruments"], 1)


@rule
def _inverses(context: Record):  # type: ignore[no-untyped-def]
    """1 / divisor of every instrument, with which `quick_value` divides."""
    return view_float64(context["scratch"] + 24 * context["instruments"] + 8, context["instruments"])


@rule
def _closed_ns(context: Record, row: int) -> int:
    return view_int64(context["open_ns"], row + 1)[row] + context["timeframe_ns"]


@rule
def _find_acting(context: Record, decision: int, everyone: bool) -> int:
    """Note which instruments act at a decision and how many; -1 where a period decides.

    Unless `everyone` is asked, only targets whose bits differ from the row before are looked at.
    """
    count = context["instruments"]
    base, most = decision * count, 0
    wanted, bits = view_float64(context["wanted"], base + count), view_int64(context["wanted"], base + count)
    present = view_uint8(context["decision_presence"], base + count)
    _waiting(context)[0] = 0
    if context["on_change"] == 0:
        return _period_begins(context, base)
    for instrument in range(count):
        index = base + instrument
        if not everyone and bits[index] == bits[index - count]:
            continue
        position = position_of(context, instrument)
        if not math.isnan(wanted[index]):
            position["standing"] = wanted[index]
        if math.isnan(position["standing"]) or position["standing"] == position["acted"]:
            continue
        if present[index] == 0:
            _waiting(context)[0] = 1
        else:
            _acting(context)[most] = instrument
            most += 1
    return most


@rule
def _period_begins(context: Record, base: int) -> int:
    acts = view_uint8(context["acts"], base + context["instruments"])
    for index in range(base, base + context["instruments"]):
        if acts[index] != 0:
            return -1
    return 0


@rule
def _take_closes(context: Record, marked: int, row: int) -> None:
    """Last prices as after a row, when those after the row `marked` are known."""
    count = context["instruments"]
    presence, close = (
        view_uint8(context["presence"], (row + 1) * count),
        view_int64(context["close"], (row + 1) * count),
    )
    for instrument in range(count):
        last = row
        while last > marked and presence[last * count + instrument] == 0:
            last -= 1
        if last > marked:
            position_of(context, instrument)["last_price"] = close[last * count + instrument]
            book_of(context, instrument)["last_price"] = close[last * count + instrument]


@rule
def _mark(context: Record) -> None:
    """Equity and exposure at the last prices, as `client.mark`."""
    client = client_of(context)
    equity, exposure = client["cash"], 0
    for instrument in range(context["instruments"]):
        position = position_of(context, instrument)
        quantity, divisor = position["quantity"], position["divisor"]
        if quantity != 0:
            if is_quick(context, quantity, divisor):
                value = quick_value(quantity, position["last_price"], divisor, _inverses(context)[instrument])
            else:
                value = value_of(position)
            equity += value
            exposure += value
    client["equity"], client["exposure"] = equity, exposure


@rule
def _plan(context: Record, row: int, acting: int) -> bool:
    """Size every order of a row's close; False where one of them is not plain."""
    opened = context["open"] + 8 * (row + 1) * context["instruments"]
    for place in range(acting):
        fetch(opened + 8 * _acting(context)[place])
    _mark(context)
    for place in range(acting):
        instrument = _acting(context)[place]
        planned = plan(context, instrument, position_of(context, instrument)["standing"])
        if not meets_open(context, instrument, row + 1, planned):
            return False
        _planned(context)[place] = planned
    return True


@inlined
def _trade(context: Record, row: int, acting: int) -> bool:
    """Send the orders of a row's close and fill them at the next open; False where some had to be handed over."""
    venue, client = venue_of(context), client_of(context)
    client["now_ns"], client["decision"] = _closed_ns(context, row), row - context["first_row"]
    for place in range(acting):
        position = position_of(context, _acting(context)[place])
        position["acted"], position["unmet"] = position["standing"], 0
        if _planned(context)[place] != 0:
            _numbers(context)[place] = client["order_count"]
            client["order_count"] += 1
    venue["next_order"] = client["order_count"]
    venue["now_ns"], venue["step"] = view_int64(context["open_ns"], row + 2)[row + 1], 2 * (row + 1)
    if context["statistics"] == 1:
        forget_decayed(context)
    if not _sell_all(context, row + 1, acting) or not _shrink(context, acting):
        _hand_over(context, row, acting, 0)
        return False
    if not _buy_all(context, row + 1, acting):
        _hand_over(context, row, acting, 1)
        return False
    return True


@inlined
def _sell_all(context: Record, row: int, acting: int) -> bool:
    planned, numbers = _planned(context), _numbers(context)
    for place in range(acting):
        instrument = _acting(context)[place]
        if planned[place] < 0:
            index = row * context["instruments"] + instrument
            if not sell_plainly(context, instrument, index, -planned[place], numbers[place]):
                return False
            planned[place] = 0
    return True


@rule
def _shrink(context: Record, acting: int) -> bool:
    """Take the instant's shrink factor over all its increases (rule book §7.4); False where nothing is left of one."""
    planned, total, least, free = _planned(context), 0, UNLIMITED, max(0, venue_of(context)["cash"])
    for place in range(acting):
        if planned[place] > 0:
            total += planned[place]
            least = min(least, planned[place])
    if total <= free:
        return True
    if mul_div_rounded_down(least, free, total) <= 0:
        return False
    for place in range(acting):
        if planned[place] > 0:
            planned[place] = mul_div_rounded_down(planned[place], free, total)
            client_of(context)["targets_shrunk"] += 1
            position_of(context, _acting(context)[place])["unmet"] = 1
    return True


@inlined
def _buy_all(context: Record, row: int, acting: int) -> bool:
    planned, numbers = _planned(context), _numbers(context)
    for place in range(acting):
        instrument = _acting(context)[place]
        if planned[place] > 0:
            index = row * context["instruments"] + instrument
            if not buy_plainly(context, instrument, index, planned[place], numbers[place]):
                return False
            planned[place] = 0
    return True


@rule
def _hand_over(context: Record, row: int, acting: int, shrunk: int) -> None:
    """Make real orders of what is not filled yet, under the numbers they have; their open comes next."""
    venue, client = venue_of(context), client_of(context)
    decision, known = row - context["first_row"] + 1, client["order_count"]
    venue["step"], venue["now_ns"], client["now_ns"] = 2 * row + 1, _closed_ns(context, row), _closed_ns(context, row)
    for place in range(acting):
        planned, instrument = _planned(context)[place], _acting(context)[place]
        client["order_count"] = _numbers(context)[place]
        if planned < 0:
            send_reduction(context, instrument, -planned, decision)
        elif planned > 0:
            send_increase(context, instrument, 1, planned, decision)
    client["order_count"] = known
    drain(context)
    place = venue["head"]
    while place != NONE:
        slot_at(context, place)["shrunk"] = shrunk if slot_at(context, place)["side"] > 0 else 0
        place = slot_at(context, place)["next"]
