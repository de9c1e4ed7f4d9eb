"""§1: every amount is a whole number of units, and rounding is always against us."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from tests.reference.words import Spec

PPB = 10**9


def parts_per_billion_up(rate: Fraction) -> int:
    """A rate as integer parts per billion, rounded up (§1.2: the half-spread)."""
    return ceil(rate * PPB)


def taker_price(side: int, reference: int, ppb: int) -> int:
    """§1.2: a taker buys at the ceiling and sells at the floor, never below one unit, not clamped to the bar."""
    if side > 0:
        return max(1, ceil(Fraction(reference * (PPB + ppb), PPB)))
    return max(1, floor(Fraction(reference * (PPB - ppb), PPB)))


def notional(spec: Spec, price: int, quantity: int) -> Fraction:
    """What a quantity is worth at a price, exactly, in money units."""
    scale = Fraction(10**spec.money_scale, 10 ** (spec.price_scale + spec.quantity_scale))
    return price * quantity * scale


def notional_paid(spec: Spec, price: int, quantity: int) -> int:
    """§1.3: notional rounds up when we pay."""
    return ceil(notional(spec, price, quantity))


def notional_received(spec: Spec, price: int, quantity: int) -> int:
    """§1.3: notional rounds down when we receive."""
    return floor(notional(spec, price, quantity))


def fee_up(amount: int, rate: Fraction) -> int:
    """§1.3: the fee is taken from the rounded amount and rounds up."""
    return ceil(amount * rate)


def whole_lots(quantity: int | Fraction, lot: int) -> int:
    """The largest multiple of the lot that is not above a quantity."""
    return max(0, floor(Fraction(quantity) / lot)) * lot


def passive(side: int, price: int | Fraction, tick: int) -> int:
    """§1.1: our limit prices round passively, buys down and sells up."""
    steps = Fraction(price) / tick
    return (floor(steps) if side > 0 else ceil(steps)) * tick


def away_from_market(side: int, price: int | Fraction, tick: int) -> int:
    """§1.1: stop levels round away from the market, buy stops up and sell stops down."""
    return passive(-side, price, tick)
