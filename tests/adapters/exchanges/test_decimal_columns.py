"""Decimal text to integers: exactly, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwright.adapters.exchanges.decimal_columns import scaled, scaled_together
from tickwright.domain.errors import BadResponse

PLAIN = st.decimals(min_value=0, max_value=10**6, places=8, allow_nan=False).map(lambda value: f"{value:.8f}")
ODD = st.decimals(min_value=Decimal("1e-9"), max_value=10**6, allow_nan=False).map(lambda value: f"{round(value, 9):e}")


@given(st.lists(st.one_of(PLAIN, ODD), max_size=30))
def test_the_integers_are_the_text_exactly_on_the_coarsest_scale(texts: list[str]) -> None:
    units, scale = scaled(texts, where="x")
    assert [Decimal(int(unit)).scaleb(-scale) for unit in units] == [Decimal(text) for text in texts]
    assert scale == 0 or any(unit % 10 for unit in units.tolist())


def test_seventeen_digits_that_no_float_holds_stay() -> None:
    units, scale = scaled(["12345678901.23456789"], where="x")
    assert (units.tolist(), scale) == ([1234567890123456789], 8)


def test_a_scale_that_would_not_fit_is_reduced_where_nothing_is_lost() -> None:
    """1e13 with eight zero decimals: 1e21 units do not fit into 64 bits, 1e13 at scale 0 do."""
    units, scale = scaled(["10000000000000.00000000", "3.00000000"], where="x")
    assert (units.tolist(), scale) == ([10_000_000_000_000, 3], 0)


def test_columns_that_do_not_fit_one_scale_are_refused_and_never_wrapped() -> None:
    """9e12 fits at scale 0, eight decimals fit alone; together they would need 9e20 units."""
    with pytest.raises(BadResponse, match="the open is too large at 8 decimals"):
        scaled_together({"open": ["9000000000000"], "close": ["0.12345678"]}, where="prices")


def test_what_does_not_fit_names_its_row() -> None:
    with pytest.raises(BadResponse, match=r"volume, row 1: 10000000000000\.00000001 is too large at 8 decimals"):
        scaled(["1.00000001", "10000000000000.00000001"], where="volume")


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-Infinity", "", "abc", "1,5", "0x10", "1e308", "1e-300", "1_0", " 1"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadResponse, match="row 1"):
        scaled(["1.0", text], where="x")


def test_signs_and_exponents_pass() -> None:
    units, scale = scaled(["-0.5", "1e-7", "2E+1"], where="x")
    assert (units.tolist(), scale) == ([-5_000_000, 1, 200_000_000], 7)


def test_no_rows_have_scale_zero() -> None:
    units, scale = scaled([], where="x")
    assert (len(units), scale) == (0, 0)
