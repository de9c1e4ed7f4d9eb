"""Products by 128-bit intermediates are those of Python's unbounded integers."""

from __future__ import annotations

import numba
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tickwright.kernel.arithmetic import OVERFLOW, floored_to, mul_div_rounded_down, mul_div_rounded_up

INT64_MAX = 2**63 - 1
NUMBERS = st.integers(0, 62).flatmap(lambda bits: st.integers(0, 2**bits))


@numba.njit
def both(a, b, c):  # type: ignore[no-untyped-def]
    """The two roundings from compiled code."""
    return mul_div_rounded_down(a, b, c), mul_div_rounded_up(a, b, c)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(a=NUMBERS, b=NUMBERS, c=NUMBERS.map(lambda value: value + 1))
@example(a=INT64_MAX, b=INT64_MAX, c=INT64_MAX)
@example(a=3, b=3_074_457_345_618_258_603, c=1)
@example(a=INT64_MAX, b=2, c=1)
@example(a=0, b=0, c=1)
@example(a=2**62, b=2**47, c=2**60 - 1)
@example(a=2**62 - 1, b=2**48, c=2**60)
@example(a=10**18 * 9, b=10**9 - 1, c=10**13)
def test_products_are_exact_and_overflow_is_named(a: int, b: int, c: int) -> None:
    down, up = a * b // c, -(-(a * b) // c)
    wanted = (down if down <= INT64_MAX else OVERFLOW, up if up <= INT64_MAX else OVERFLOW)
    assert both(a, b, c) == wanted


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    quotient=st.integers(1, 2**50), c=st.integers(2**14, 2**60), b=st.integers(1, 2**62), off=st.integers(-1, 1),
)  # fmt: skip
def test_products_beside_a_whole_quotient_are_exact(quotient: int, c: int, b: int, off: int) -> None:
    """Where an estimate is most likely to fall on the wrong side."""
    a = min(max(quotient * c // b + off, 0), INT64_MAX)
    assert both(a, b, c) == (a * b // c, -(-(a * b) // c))


def test_flooring_to_a_step_keeps_whole_steps() -> None:
    assert [int(getattr(floored_to, "py_func", floored_to)(value, 250)) for value in (0, 249, 250, 999)] == [
        0,
        0,
        250,
        750,
    ]
