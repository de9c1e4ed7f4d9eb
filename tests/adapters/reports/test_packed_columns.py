"""What a page unpacks is what was packed: the script's decoding, said again in Python."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwright.adapters.reports.packed_columns import (
    packed_instants,
    packed_integers,
    packed_magnitudes,
    packed_numbers,
)


def unpacked(column: dict[str, Any]) -> list[int]:
    values, value, shift, total = [], 0, 0, 0
    for byte in base64.b64decode(column["bytes"]):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            step = -(value + 1) // 2 if value % 2 else value // 2
            total = total + step if column["delta"] else step
            values.append(total)
            value, shift = 0, 0
    return values


def unpacked_instants(column: dict[str, Any]) -> list[int]:
    if "column" in column:
        return unpacked(column["column"])
    return [first + step * k for first, step, count in column["runs"] for k in range(count)]


@settings(max_examples=60)
@given(st.lists(st.integers(-(2**52), 2**52)), st.booleans())
def test_integers_come_back(values: list[int], delta: bool) -> None:
    assert unpacked(packed_integers(np.array(values, np.int64), delta=delta)) == values


def test_numbers_are_rounded_to_their_scale_and_nan_is_named() -> None:
    column = packed_numbers(np.array([1.005, np.nan, -2.5, np.inf]), scale=1)
    assert unpacked(column) == [10, 0, -25, 0]
    assert column["nulls"] == [[1, 1], [3, 1]]
    assert "nulls" not in packed_numbers(np.array([1.0]), scale=1)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 6), max_size=30))
def test_instants_come_back_whatever_their_steps(steps: list[int]) -> None:
    instants = np.cumsum(np.array(steps, np.int64)) * 60_000
    assert unpacked_instants(packed_instants(instants * 1_000_000)) == instants.tolist()


def test_instants_in_long_runs_stay_runs_whatever_the_holes() -> None:
    instants = np.arange(1000) * 60_000
    instants[400:] += 5 * 60_000
    column = packed_instants(instants * 1_000_000)
    assert column == {"runs": [[0, 60_000, 400], [405 * 60_000, 60_000, 600]]}


def test_even_instants_take_one_run() -> None:
    assert len(packed_instants(np.arange(61_000) * 3_600_000_000_000)["runs"]) == 1


def test_magnitudes_keep_their_size_to_a_thousandth_and_zero_exactly() -> None:
    values = np.array([0.0, 0.003, 1.0, 123.456, 9e6])
    column = packed_magnitudes(values)
    codes = np.frombuffer(base64.b64decode(column["bytes"]), "<u2")
    back = np.where(codes > 0, np.exp(column["low"] + (codes - 1.0) * column["step"]), 0.0)
    assert back == pytest.approx(values, rel=1e-3)
    assert packed_magnitudes(np.zeros(2))["step"] == 0.0
