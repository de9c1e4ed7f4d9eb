"""Exact products of 64-bit integers, rounded once in a stated direction.

Invariants: arguments are not negative and the divisor is positive; the product is exact (128 bits); a result that does
not fit into 63 bits is `OVERFLOW`, which callers turn into a refusal, never into a wrapped number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np

from tickwright.machine_code.compilation import COMPILED, rule

code = cast("Callable[[Any], int]", np.int64)
"""Constants that rules are called with: as a Python int, each would compile a rule of its own."""

OVERFLOW: Final = code(-1)
PPB: Final = code(1_000_000_000)
UNLIMITED: Final = code(2**62)
_INT64_MAX: Final = 2**63 - 1
_SAFE_PRODUCT: Final = 9.2e18
_LARGEST_ESTIMATE: Final = 2.0**50
_LARGEST_DIVISOR: Final = 2**60
_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)
_ONE: Final = np.uint64(1)
_ZERO: Final = np.uint64(0)
_BASE: Final = np.uint64(1 << 32)


@rule
def _wide_product(a, b):  # type: ignore[no-untyped-def]
    """The high and low 64 bits of a product of unsigned integers."""
    a_low, a_high, b_low, b_high = a & _LOW, a >> _HALF, b & _LOW, b >> _HALF
    low = a_low * b_low
    middle = a_high * b_low + (low >> _HALF)
    other = a_low * b_high + (middle & _LOW)
    return a_high * b_high + (middle >> _HALF) + (other >> _HALF), (other << _HALF) | (low & _LOW)


@rule
def _digit(high, next_half, top, bottom):  # type: ignore[no-untyped-def]
    """One 32-bit digit of a quotient by Knuth's algorithm D for a normalised divisor (`top`, `bottom` halves)."""
    guess = high // top
    rest = high - guess * top
    while guess >= _BASE or guess * bottom > ((rest << _HALF) | next_half):
        guess -= _ONE
        rest += top
        if rest >= _BASE:
            break
    return guess


@rule
def _wide_quotient(high, low, divisor):  # type: ignore[no-untyped-def]
    """Quotient and remainder of a 128-bit number by a 64-bit one; the quotient must fit (high < divisor)."""
    shift = _ZERO
    while (divisor >> np.uint64(63)) == _ZERO:
        divisor = divisor << _ONE
        shift += _ONE
    if shift > _ZERO:
        high = (high << shift) | (low >> (np.uint64(64) - shift))
        low = low << shift
    top, bottom = divisor >> _HALF, divisor & _LOW
    first = _digit(high, low >> _HALF, top, bottom)
    middle = ((high << _HALF) | (low >> _HALF)) - first * divisor
    second = _digit(middle, low & _LOW, top, bottom)
    rest = ((middle << _HALF) | (low & _LOW)) - second * divisor
    return (first << _HALF) | second, rest >> shift


def _wrapped_remainder(a, b, quotient, c):  # type: ignore[no-untyped-def]
    """a·b - quotient·c where it is known to fit into 63 bits: what wraps around comes back."""
    return code(np.uint64(a) * np.uint64(b) - np.uint64(quotient) * np.uint64(c))


def _python_remainder(a: int, b: int, quotient: int, c: int) -> int:
    return int(a) * int(b) - int(quotient) * int(c)


_remainder = rule(_wrapped_remainder) if COMPILED else _python_remainder


@rule
def _is_estimable(a, b, c) -> bool:  # type: ignore[no-untyped-def]
    """Whether five roundings put the quotient off by less than one, and a few divisors fit into 63 bits."""
    return float(a) * float(b) < _LARGEST_ESTIMATE * float(c) and c < _LARGEST_DIVISOR


@rule
def _estimated_mul_div(a, b, c, up):  # type: ignore[no-untyped-def]
    """⌊a·b / c⌋ or ⌈a·b / c⌉ where it is small: its estimate in floating point is off by a few units at most."""
    quotient = code(float(a) * float(b) / float(c))
    rest = _remainder(a, b, quotient, c)
    while rest < 0:
        quotient, rest = quotient - 1, rest + c
    while rest >= c:
        quotient, rest = quotient + 1, rest - c
    return quotient + 1 if up and rest != 0 else quotient


@rule
def _limbs_mul_div(a, b, c, up):  # type: ignore[no-untyped-def]
    if _is_estimable(a, b, c):
        return _estimated_mul_div(a, b, c, up)
    high, low = _wide_product(np.uint64(a), np.uint64(b))
    divisor = np.uint64(c)
    if high >= divisor:
        return OVERFLOW
    quotient, rest = _wide_quotient(high, low, divisor)
    if up and rest != _ZERO:
        quotient += _ONE
    if quotient > np.uint64(_INT64_MAX):
        return OVERFLOW
    return code(quotient)


def _python_mul_div(a: int, b: int, c: int, up: bool) -> int:
    product = int(a) * int(b)
    quotient = -(-product // int(c)) if up else product // int(c)
    return quotient if quotient <= _INT64_MAX else OVERFLOW


_exact_mul_div = _limbs_mul_div if COMPILED else _python_mul_div


@rule
def mul_div_rounded_down(a, b, c):  # type: ignore[no-untyped-def]
    """⌊a·b / c⌋."""
    if float(a) * float(b) < _SAFE_PRODUCT:
        return (a * b) // c
    return _exact_mul_div(a, b, c, False)


@rule
def mul_div_rounded_up(a, b, c):  # type: ignore[no-untyped-def]
    """⌈a·b / c⌉."""
    if float(a) * float(b) < _SAFE_PRODUCT:
        product = a * b
        quotient = product // c
        return quotient + 1 if product - quotient * c > 0 else quotient
    return _exact_mul_div(a, b, c, True)


@rule
def _scaled(a, b, c, ppb, up):  # type: ignore[no-untyped-def]
    whole = mul_div_rounded_down(a, b, c)
    if whole == OVERFLOW:
        return OVERFLOW
    rest = _remainder(a, b, whole, c)
    billions, units = whole // PPB, whole % PPB
    if float(ppb) * float(billions) > _SAFE_PRODUCT / 2.0:
        return OVERFLOW
    if up:
        return ppb * billions + (ppb * units + mul_div_rounded_up(ppb, rest, c) + PPB - 1) // PPB
    return ppb * billions + (ppb * units + mul_div_rounded_down(ppb, rest, c)) // PPB


@rule
def scaled_down(a, b, c, ppb):  # type: ignore[no-untyped-def]
    """⌊a·b/c · ppb/10⁹⌋, rounded once; ppb of at most 4·10⁹."""
    return _scaled(a, b, c, ppb, False)


@rule
def scaled_up(a, b, c, ppb):  # type: ignore[no-untyped-def]
    """⌈a·b/c · ppb/10⁹⌉, rounded once; ppb of at most 4·10⁹."""
    return _scaled(a, b, c, ppb, True)


@rule
def floored_to(value, step):  # type: ignore[no-untyped-def]
    """The largest multiple of a positive step not above a value of at least 0."""
    return value - value % step


@rule
def plus(first: int, second: int) -> int:
    """A sum of amounts that stops at the largest instead of wrapping; the second is not negative."""
    return UNLIMITED if first > UNLIMITED - second else first + second
