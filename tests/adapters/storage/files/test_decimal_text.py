"""Decimal text as exact integers, against Python's own Decimal."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwright.adapters.storage.files.decimal_text import scaled


@given(
    st.lists(
        st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9), min_size=1
    )
)
def test_units_times_scale_is_the_written_value(values: list[Decimal]) -> None:
    column = scaled(pa.array([str(value) for value in values]), "close")
    assert not column.problems
    assert [Decimal(int(units)).scaleb(-column.scale) for units in column.units] == values


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the close is empty"),
        (".", "the close '.' is not a number"),
        ("1,5", "the close '1,5' is not a number"),
        ("NaN", "the close NaN is not a finite number"),
        ("-Infinity", "the close -Infinity is not a finite number"),
        ("1e400", "the close 1e400 is beyond 64 bits"),
    ],
)
def test_what_is_no_number_is_named(text: str, reason: str) -> None:
    assert scaled(pa.array(["1.5", text]), "close").problems == {1: reason}


def test_one_absurdly_fine_value_does_not_spoil_the_column() -> None:
    column = scaled(pa.array(["100000.5", "0.00000000000000000000000001"]), "close")
    assert list(column.problems) == [1]
    assert column.units[0] * 10.0**-column.scale == pytest.approx(100000.5)
