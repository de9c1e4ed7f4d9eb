"""Standing targets of several spot instruments with one cash, from change to change.

Invariants: every row is marked and its worth written to the curve; while no order works, rows are else only searched
for targets that act; the orders of one instant are planned from its equity and filled at the next open (reductions
first, then increases shrunk together to the free cash), as the general matcher does and with the same bits. What is
not plain becomes real orders: all that is not yet filled is handed to the general matcher, which goes row by row until
no order works. Between trades the prices and quantities of all instruments are kept side by side, so that a row is
marked in one sweep; the records know the last prices of who trades, and all of them before the general matcher looks.
"""

from __future__ import annotations

import math
from typing import Final

from tickwright.kernel.advance import close_row, drain, has_room, open_row, record_equity
from tickwright.kernel.arithmetic import mul_div_rounded_down
from tickwright.kernel.decisions import send_increase, send_reduction
from tickwright.kernel.fills import forget_decayed
from tickwright.kernel.layout import LAYOUT, NEED_CAPACITY, NONE, UNLIMITED, WRONG_LAYOUT, Record
from tickwright.kernel.marking import (
    CELLS,
    LINES,
    count_large,
    take_closes,
    take_over,
    take_quantity,
    worth_of_all,
    write_price,
    write_prices,
)
from tickwright.kernel.plain import buy_plainly, meets_open, plan, sell_plainly
from tickwright.kernel.reach import (
    client_of,
    position_of,
    slot_at,
    venue_of,
    view_context,
    view_float64,
    view_int64,
    view_uint8,
)
from tickwright.kernel.tiles import bring_open, bring_opens, fetch_open, lay_tile
from tickwright.machine_code.compilation import entry, inlined, rule

SCRATCH: Final = LINES + 4
"""How many int64 per instrument the run takes of `scratch`, and `CELLS` and one more in all."""


@entry
def run_panel(address: int, unused: int) -> int:
    """Run to the end of the rows; it may come back for more capacity."""
    context = view_context(address, 1)[0]
    if context["layout"] != LAYOUT:
        return WRONG_LAYOUT
    venue, first = venue_of(context), context["first_row"]
    end, row = first + context["decisions"], venue["step"] // 2
    take_over(context)
    asked, everyone = 0, True
    while row < end:
        works = venue["head"] != NONE
        if works:
            write_prices(context)
            if not has_room(context):
                venue["step"] = 2 * row
                return NEED_CAPACITY
        if context["columns"] != 0 and row + 1 >= context["tile_end"] and context["tile_end"] < end:
            lay_tile(context, row, end)
            count_large(context)
        if works:
            _general_row(context, row)
            take_over(context)
            everyone, row = True, row + 1
            continue
        _mark(context, row)
        if everyone:
            asked = _look_at(context, row, True)
        acting = _find_acting(context, row, asked)
        if acting != 0 and not has_room(context):
            write_prices(context)
            venue["step"] = 2 * row
            return NEED_CAPACITY
        everyone = acting < 0 or _waiting(context)[0] != 0
        asked = 0 if everyone or row + 1 == end else _look_at(context, row + 1, False)
        if acting > 0 and _plan(context, row, acting):
            everyone = not _trade(context, row, acting) or everyone
        elif acting != 0:
            write_prices(context)
            venue["step"] = 2 * row + 1
            close_row(context, row)
            everyone = True
        row += 1
    write_prices(context)
    venue["now_ns"], venue["step"] = _closed_ns(context, end - 1), 2 * end
    return 0


@rule
def _general_row(context: Record, row: int) -> None:
    bring_opens(context, row)
    venue_of(context)["step"] = 2 * row
    open_row(context, row)
    venue_of(context)["step"] = 2 * row + 1
    close_row(context, row)


@rule
def _line(context: Record, number: int):  # type: ignore[no-untyped-def]
    """A number per instrument, behind those of `marking`."""
    place = (LINES + number) * context["instruments"] + CELLS
    return view_int64(context["scratch"] + 8 * place, context["instruments"])


@rule
def _acting(context: Record):  # type: ignore[no-untyped-def]
    """The instruments that act at this instant, in their order."""
    return _line(context, 0)


@rule
def _planned(context: Record):  # type: ignore[no-untyped-def]
    """What each of them still has to trade: money to spend, or less than 0: lots to sell."""
    return _line(context, 1)


@rule
def _numbers(context: Record):  # type: ignore[no-untyped-def]
    """The numbers of their orders."""
    return _line(context, 2)


@rule
def _asked(context: Record):  # type: ignore[no-untyped-def]
    """The instruments whose target is looked at next, in their order."""
    return _line(context, 3)


@rule
def _waiting(context: Record):  # type: ignore[no-untyped-def]
    """1 while an absent instrument has a target that is still to act."""
    return view_int64(context["scratch"] + 8 * (SCRATCH * context["instruments"] + CELLS), 1)


@rule
def _closed_ns(context: Record, row: int) -> int:
    return view_int64(context["open_ns"], row + 1)[row] + context["timeframe_ns"]


@rule
def _mark(context: Record, row: int) -> None:
    """What the account is worth at a row's close, as `client.mark`, and on the curve."""
    client = client_of(context)
    take_closes(context, row)
    worth = worth_of_all(context)
    client["equity"], client["exposure"] = client["cash"] + worth, worth
    record_equity(context, row - context["first_row"])


@rule
def _look_at(context: Record, row: int, everyone: bool) -> int:
    """Note whose target may act at a row's close, and how many: those whose bits differ from the row before, or all.

    The opens they would trade at are brought near.
    """
    count, most = context["instruments"], 0
    asked, now = _asked(context), context["wanted"] + 8 * (row - context["first_row"]) * count
    if everyone:
        for instrument in range(count):
            asked[instrument] = instrument
        return count
    targets, before = view_int64(now, count), view_int64(now - 8 * count, count)
    if not _differ(targets, before):
        return 0
    for instrument in range(count):
        asked[most] = instrument
        most += 1 if targets[instrument] != before[instrument] else 0
    for place in range(most):
        fetch_open(context, asked[place], row + 1)
    return most


@rule
def _differ(targets, before) -> bool:  # type: ignore[no-untyped-def]
    """Whether any bit differs; asked of all at once, since mostly none does."""
    different = 0
    for instrument in range(len(targets)):
        different |= targets[instrument] ^ before[instrument]
    return different != 0


@rule
def _find_acting(context: Record, row: int, asked: int) -> int:
    """Note which of those asked act at a row's close and how many; -1 where a period decides."""
    count, most = context["instruments"], 0
    base = (row - context["first_row"]) * count
    _waiting(context)[0] = 0
    if context["on_change"] == 0:
        return _period_begins(context, base)
    wanted, present = (
        view_float64(context["wanted"] + 8 * base, count),
        view_uint8(context["presence"] + row * count, count),
    )
    for place in range(asked):
        instrument = _asked(context)[place]
        position = position_of(context, instrument)
        if not math.isnan(wanted[instrument]):
            position["standing"] = wanted[instrument]
        if math.isnan(position["standing"]) or position["standing"] == position["acted"]:
            continue
        if present[instrument] == 0:
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
def _plan(context: Record, row: int, acting: int) -> bool:
    """Size every order of a row's close; False where one of them is not plain."""
    for place in range(acting):
        instrument = _acting(context)[place]
        write_price(context, instrument)
        planned = plan(context, instrument, position_of(context, instrument)["standing"])
        if not meets_open(context, instrument, row + 1, planned):
            return False
        bring_open(context, instrument, row + 1)
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
            take_quantity(context, instrument)
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
            take_quantity(context, instrument)
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
