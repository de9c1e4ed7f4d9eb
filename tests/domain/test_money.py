"""Scaled integers: exact, with the direction of every rounding in its name."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwright.domain.errors import DataError
from tickwright.domain.money import (
    INT64_MAX,
    amount,
    amount_text,
    decimals_of,
    units_exact,
    units_rounded_down,
    units_rounded_up,
)

SCALES = st.integers(0, 12)


@given(st.integers(-INT64_MAX, INT64_MAX), SCALES)
def test_units_survive_their_amount(units: int, scale: int) -> None:
    assert units_exact(amount(units, scale), scale) == units
    assert Decimal(amount_text(units, scale)) * 10**scale == units


@given(st.decimals(-(10**6), 10**6, places=9), st.integers(0, 8))
def test_rounding_goes_the_way_its_name_says(value: Decimal, scale: int) -> None:
    down, up = units_rounded_down(value, scale), units_rounded_up(value, scale)
    assert Decimal(down).scaleb(-scale) <= value <= Decimal(up).scaleb(-scale)
    assert up - down <= 1


@pytest.mark.parametrize(("text", "decimals"), [("0", 0), ("100", 0), ("1e3", 0), ("0.10", 1), ("1E-8", 8)])
def test_trailing_zeros_are_not_decimals(text: str, decimals: int) -> None:
    assert decimals_of(Decimal(text)) == decimals


def test_text_is_never_in_exponent_form() -> None:
    assert [amount_text(units, scale) for units, scale in ((10**18, 0), (1, 12), (-25, 1), (0, 8))] == [
        "1000000000000000000", "0.000000000001", "-2.5", "0",
    ]  # fmt: skip


def test_an_amount_finer_than_its_scale_is_refused_not_rounded() -> None:
    with pytest.raises(DataError, match=r"fee: 0\.125 is finer than 2 decimals"):
        units_exact(Decimal("0.125"), 2, where="fee")


def test_an_amount_beyond_64_bits_is_refused_not_wrapped() -> None:
    with pytest.raises(DataError, match="does not fit into 64 bits"):
        units_rounded_down(Decimal(INT64_MAX) + 1, 0)


@pytest.mark.parametrize("text", ["NaN", "Infinity"])
def test_what_is_not_finite_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="not a finite number"):
        decimals_of(Decimal(text))
