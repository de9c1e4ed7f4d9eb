"""The last prices and quantities of all instruments side by side, so that a row of a panel is marked in one sweep.

Invariants: equity is cash plus each position at its last close, every value rounded down, which are the bits that
`client.mark` gives; an absent bar keeps the last close. While a panel runs, prices are kept here: the records learn
them from `write_price` (one instrument) and `write_prices` (all, before a tile is laid over the one they stand in), and
what the records held comes from `take_over`.
Known limits: spot only, so a position is never negative and exposure is worth.
"""

from __future__ import annotations

from typing import Final

from tickwright.kernel.arithmetic import mul_div_rounded_down
from tickwright.kernel.curve import is_quick_below, quick_value
from tickwright.kernel.layout import Record
from tickwright.kernel.reach import book_of, position_of, view_float64, view_int64, view_uint8
from tickwright.machine_code.compilation import rule

LINES: Final = 4
"""How many int64 per instrument this takes of `scratch`, from its beginning; `CELLS` more in all follow."""
CELLS: Final = 2


@rule
def _quantities(context: Record):  # type: ignore[no-untyped-def]
    return view_int64(context["scratch"], context["instruments"])


@rule
def _own_prices(context: Record) -> int:
    """The address of a line for prices that stand nowhere else side by side."""
    return context["scratch"] + 8 * context["instruments"]


@rule
def _prices(context: Record):  # type: ignore[no-untyped-def]
    return view_int64(_price_place(context)[0], context["instruments"])


@rule
def _price_place(context: Record):  # type: ignore[no-untyped-def]
    """The address of the last prices: the line of their own, or the row of closes itself."""
    return view_int64(context["scratch"] + 8 * (LINES * context["instruments"] + 1), 1)


@rule
def _divisors(context: Record):  # type: ignore[no-untyped-def]
    return view_int64(context["scratch"] + 16 * context["instruments"], context["instruments"])


@rule
def _inverses(context: Record):  # type: ignore[no-untyped-def]
    """1 / divisor, with which `quick_value` divides."""
    return view_float64(context["scratch"] + 24 * context["instruments"], context["instruments"])


@rule
def _large(context: Record):  # type: ignore[no-untyped-def]
    """How many positions are too large for `quick_value`."""
    return view_int64(context["scratch"] + 8 * LINES * context["instruments"], 1)


@rule
def take_over(context: Record) -> None:
    """Take prices and quantities from the records."""
    _price_place(context)[0] = _own_prices(context)
    for instrument in range(context["instruments"]):
        position = position_of(context, instrument)
        _quantities(context)[instrument], _prices(context)[instrument] = position["quantity"], position["last_price"]
        _divisors(context)[instrument] = position["divisor"]
        _inverses(context)[instrument] = 1.0 / position["divisor"]
    count_large(context)


@rule
def count_large(context: Record) -> None:
    """Judge all positions by the highest closes: before first use, and whenever these have risen."""
    large = 0
    for instrument in range(context["instruments"]):
        large += _is_large(context, instrument, _quantities(context)[instrument])
    _large(context)[0] = large


@rule
def _is_large(context: Record, instrument: int, quantity: int) -> int:
    highest = view_int64(context["highest_closes"], context["instruments"])[instrument]
    return 0 if is_quick_below(highest, quantity, _divisors(context)[instrument]) else 1


@rule
def take_quantity(context: Record, instrument: int) -> None:
    """Take what a fill left of an instrument."""
    old, new = _quantities(context)[instrument], position_of(context, instrument)["quantity"]
    _large(context)[0] += _is_large(context, instrument, new) - _is_large(context, instrument, old)
    _quantities(context)[instrument] = new


@rule
def take_closes(context: Record, row: int) -> None:
    """The last prices as after a row."""
    count, index = context["instruments"], row * context["instruments"]
    if context["holes"] == 0:
        _price_place(context)[0] = context["close"] + 8 * index
        return
    presence, close = view_uint8(context["presence"] + index, count), view_int64(context["close"] + 8 * index, count)
    prices = _prices(context)
    for instrument in range(count):
        prices[instrument] = close[instrument] if presence[instrument] != 0 else prices[instrument]


@rule
def worth_of_all(context: Record) -> int:
    """What all positions are worth at the last prices."""
    quantities, prices, divisors = _quantities(context), _prices(context), _divisors(context)
    worth = 0
    if _large(context)[0] == 0:
        inverses = _inverses(context)
        for instrument in range(context["instruments"]):
            worth += quick_value(quantities[instrument], prices[instrument], divisors[instrument], inverses[instrument])
        return worth
    for instrument in range(context["instruments"]):
        if quantities[instrument] != 0:
            worth += mul_div_rounded_down(quantities[instrument], prices[instrument], divisors[instrument])
    return worth


@rule
def write_price(context: Record, instrument: int) -> None:
    """Let both halves know an instrument's last price."""
    position_of(context, instrument)["last_price"] = _prices(context)[instrument]
    book_of(context, instrument)["last_price"] = _prices(context)[instrument]


@rule
def write_prices(context: Record) -> None:
    """Let them know all."""
    for instrument in range(context["instruments"]):
        write_price(context, instrument)
