"""A perpetual position's books: what it cost, what closing a part of it realises, the margin behind it.

Invariants (rule book §1.3, §6): the basis has the sign of the quantity, so value - basis is the unrealised profit of
either side; a partial close removes its share of the basis rounded so that realised profit is lower, and releases its
share of the margin rounded down; opening sets notional / leverage aside, rounded up. Both halves book with these rules.
"""

from __future__ import annotations

from tickwright.kernel.arithmetic import OVERFLOW, UNLIMITED, mul_div_rounded_down, mul_div_rounded_up
from tickwright.kernel.layout import Record
from tickwright.kernel.prices import fee_rounded_up, notional_of
from tickwright.machine_code.compilation import rule

HUNDREDTHS = 100


@rule
def closing_of(held: int, side: int, quantity: int) -> int:
    """The part of a fill that closes what is held."""
    return min(quantity, abs(held)) if held * side < 0 else 0


@rule
def basis_of(basis: int, held: int, closing: int) -> int:
    """The basis that a close removes, rounded up."""
    if basis >= 0:
        return mul_div_rounded_up(basis, closing, abs(held))
    return -mul_div_rounded_down(-basis, closing, abs(held))


@rule
def realised_by(basis: int, held: int, side: int, closing: int, price: int, divisor: int) -> int:
    """The profit that closing a part at a price realises, fees apart."""
    if closing == 0:
        return 0
    return -side * notional_of(price, closing, divisor, side) - basis_of(basis, held, closing)


@rule
def basis_after(basis: int, held: int, side: int, quantity: int, price: int, divisor: int) -> int:
    """The basis after a fill; `held` is the quantity before it."""
    closing = closing_of(held, side, quantity)
    if closing > 0:
        basis -= basis_of(basis, held, closing)
    if closing < quantity:
        basis += side * _opened(side, quantity, closing, price, divisor)
    return basis


@rule
def _opened(side: int, quantity: int, closing: int, price: int, divisor: int) -> int:
    """The value of the part of a fill that opens: all of it less what closes, so that nothing is lost in rounding."""
    closed = notional_of(price, closing, divisor, side) if closing > 0 else 0
    return notional_of(price, quantity, divisor, side) - closed


@rule
def margin_for(book: Record, value: int) -> int:
    """The margin that a notional of at least 0 needs, rounded up."""
    return mul_div_rounded_up(value, HUNDREDTHS, book["leverage"])


@rule
def most_notional(book: Record, free: int) -> int:
    """The largest cost that free money carries at an instrument's leverage."""
    if free <= 0:
        return free
    most = mul_div_rounded_down(free, book["leverage"], HUNDREDTHS)
    return UNLIMITED if most == OVERFLOW else most


@rule
def needed_to_open(book: Record, side: int, price: int, quantity: int) -> int:
    """Margin and taker fee of the part of a quantity that opens; `OVERFLOW` where it does not fit."""
    opening = quantity - closing_of(book["position"], side, quantity)
    if opening == 0:
        return 0
    return margin_and_fee(book, price, opening)


@rule
def margin_and_fee(book: Record, price: int, quantity: int) -> int:
    """What a quantity needs at a price: margin and taker fee; `OVERFLOW` where it does not fit."""
    value = notional_of(price, quantity, book["divisor"], 1)
    if value == OVERFLOW:
        return OVERFLOW
    return margin_for(book, value) + fee_rounded_up(value, book["taker_fee_ppb"])


@rule
def trade_contracts(venue: Record, book: Record, side: int, quantity: int, price: int) -> int:
    """Book a fill to basis and margin, before the position itself changes; the cash it realises, fees apart."""
    held, divisor = book["position"], book["divisor"]
    closing = closing_of(held, side, quantity)
    realised = realised_by(book["basis"], held, side, closing, price, divisor)
    released = released_by(book, side, quantity)
    book["basis"] = basis_after(book["basis"], held, side, quantity, price, divisor)
    book["margin"] -= released
    venue["margin"] -= released
    if closing < quantity:
        margin = margin_for(book, _opened(side, quantity, closing, price, divisor))
        book["margin"] += margin
        venue["margin"] += margin
    return realised


@rule
def released_by(book: Record, side: int, quantity: int) -> int:
    """The margin that a fill of this quantity releases; of a margin that funding has used up, nothing is left."""
    closing = closing_of(book["position"], side, quantity)
    if closing == 0:
        return 0
    if book["margin"] >= 0:
        return mul_div_rounded_down(book["margin"], closing, abs(book["position"]))
    return -mul_div_rounded_up(-book["margin"], closing, abs(book["position"]))
