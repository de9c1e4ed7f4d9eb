"""When a perpetual position is liquidated: its margin, its profit and what must stay, compared without rounding.

Invariants (rule book §6.1): safety(P) = margin + q·(P - entry) - MM(|q|·P); a position is liquidated at the first price
unit where it is not positive; a tier's upper end belongs to it. What another position adds to cross margin rounds down
by itself; a maintenance margin fixed at the entry rounds up.
"""

from __future__ import annotations

from tickwright.kernel.arithmetic import (
    OVERFLOW,
    PPB,
    mul_div_rounded_down,
    mul_div_rounded_up,
    scaled_down,
    scaled_up,
)
from tickwright.kernel.layout import Record
from tickwright.kernel.reach import book_of, tier_at, venue_of
from tickwright.machine_code.compilation import rule

FARTHEST = 10**15
"""No price is sought beyond it."""


@rule
def is_open_cross(book: Record) -> bool:
    """Whether a perpetual is held for which the whole account stands."""
    return book["perpetual"] == 1 and book["cross"] == 1 and book["position"] != 0


@rule
def cross_cash(context: Record) -> int:
    """The cash that stands behind positions on cross margin: all that is no isolated position's margin."""
    venue = venue_of(context)
    cash = venue["cash"] - venue["margin"]
    for instrument in range(context["instruments"]):
        book = book_of(context, instrument)
        if book["cross"] == 1:
            cash += book["margin"]
    return cash


@rule
def _tier_of(context: Record, book: Record, value: int) -> Record:
    """The tier a notional lies in."""
    place = book["end_tier"] - 1
    while place > book["first_tier"] and tier_at(context, place)["above"] >= value:
        place -= 1
    return tier_at(context, place)


@rule
def _surplus(context: Record, book: Record) -> int:
    """What a position adds to the account at the last mark: unrealised profit less maintenance margin, rounded down."""
    size, price, divisor = abs(book["position"]), book["last_price"], book["divisor"]
    tier = _tier_of(context, book, mul_div_rounded_up(price, size, divisor))
    if book["position"] > 0:
        return scaled_down(price, size, divisor, PPB - tier["rate_ppb"]) + tier["amount"] - book["basis"]
    return -scaled_up(price, size, divisor, PPB + tier["rate_ppb"]) + tier["amount"] - book["basis"]


@rule
def _backing(context: Record, instrument: int) -> int:
    """The money behind a position: its own margin, or the account with its other positions at their last marks."""
    book = book_of(context, instrument)
    if book["cross"] == 0:
        return book["margin"]
    money = cross_cash(context)
    for other in range(context["instruments"]):
        if other != instrument and is_open_cross(book_of(context, other)):
            money += _surplus(context, book_of(context, other))
    return money


@rule
def is_unsafe(context: Record, instrument: int, price: int) -> bool:
    """Whether a position is liquidated when its mark is here."""
    book = book_of(context, instrument)
    if book["perpetual"] == 0 or book["position"] == 0:
        return False
    return _is_beyond(context, book, _backing(context, instrument), price)


@rule
def _is_beyond(context: Record, book: Record, backing: int, price: int) -> bool:
    held, basis, divisor = book["position"], book["basis"], book["divisor"]
    value = mul_div_rounded_up(price, abs(held), divisor)
    if value == OVERFLOW:
        return held < 0
    if context["maintenance_at_entry"] == 1:
        tier = _tier_of(context, book, abs(basis))
        needed = mul_div_rounded_up(abs(basis), tier["rate_ppb"], PPB) - tier["amount"]
        if held > 0:
            return value <= basis + needed - backing
        return mul_div_rounded_down(price, -held, divisor) >= backing - basis - needed
    tier = _tier_of(context, book, value)
    if held > 0:
        left = scaled_up(price, held, divisor, PPB - tier["rate_ppb"])
        return left != OVERFLOW and left <= basis - backing - tier["amount"]
    owed = scaled_down(price, -held, divisor, PPB + tier["rate_ppb"])
    return owed == OVERFLOW or owed >= backing - basis + tier["amount"]


@rule
def liquidation_price(context: Record, instrument: int) -> int:
    """The first price unit on the losing side where a position is not safe; it is known to be unsafe at some price."""
    book, backing = book_of(context, instrument), _backing(context, instrument)
    unsafe, safe = (1, FARTHEST) if book["position"] > 0 else (FARTHEST, 0)
    while abs(safe - unsafe) > 1:
        middle = (unsafe + safe) // 2
        if _is_beyond(context, book, backing, middle):
            unsafe = middle
        else:
            safe = middle
    return unsafe
