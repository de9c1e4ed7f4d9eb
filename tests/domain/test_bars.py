"""Candles in exact integers: scales that change nothing, a hash of values, the price unit of the rule book."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.domain.candles import HOUR, bars_of
from tickwright.domain.bars import price_unit_scale


def test_finer_scales_and_back_change_no_value_and_no_hash() -> None:
    bars = bars_of([101, 205, 333])
    finer = bars.rescaled(6, 8)
    assert finer.close.tolist() == [1_010_000, 2_050_000, 3_330_000]
    assert finer.prices("close").tolist() == bars.prices("close").tolist()
    assert finer.content_hash() == bars.content_hash()
    assert finer.coarsened().price_scale == 2


@pytest.mark.parametrize("column", ["open_time_ns", "open", "high", "low", "close", "volume"])
def test_one_changed_value_of_any_column_changes_the_hash(column: str) -> None:
    bars = bars_of([101, 205, 333])
    changed = getattr(bars, column).copy()
    changed[1] += 1
    assert replace(bars, **{column: changed}).content_hash() != bars.content_hash()


def test_the_same_values_of_another_symbol_have_another_hash() -> None:
    assert bars_of([101], base="ETH").content_hash() != bars_of([101]).content_hash()


def test_between_takes_its_start_and_leaves_its_end() -> None:
    bars = bars_of([1, 2, 3, 4])
    assert bars.between(HOUR.length_ns, 3 * HOUR.length_ns).close.tolist() == [2, 3]
    assert len(bars.between(9 * HOUR.length_ns, 10 * HOUR.length_ns)) == 0


@pytest.mark.parametrize(
    ("lowest", "scale", "unit_scale"),
    [
        (315_632, 2, 3),  # 3156.32: a cent is 0.03 bp, a tenth of a cent 0.003 bp
        (1_000_000, 2, 2),  # 10000.00: a cent is exactly 0.01 bp
        (999_999, 2, 3),
        (600, 8, 12),  # 0.00000600
    ],
)
def test_the_price_unit_is_at_most_a_hundredth_of_a_basis_point_of_the_lowest_price(
    lowest: int, scale: int, unit_scale: int
) -> None:
    bars = bars_of([lowest, 2 * lowest], price_scale=scale)
    assert price_unit_scale(bars) == unit_scale
    unit_in_lowest = 10 ** (unit_scale - scale) * lowest
    assert unit_in_lowest >= 1_000_000


def test_where_keeps_the_chosen_rows() -> None:
    assert bars_of([5, 6, 7]).where(np.array([True, False, True])).close.tolist() == [5, 7]


def test_floats_are_made_once_and_cannot_be_written_to() -> None:
    bars = bars_of([100, 250, 175])
    values, lowest, highest = bars.floats("close")
    assert (values.tolist(), lowest, highest) == (bars.prices("close").tolist(), 100, 250)
    assert bars.floats("close").values is values
    assert bars.new_floats("close").values is not values
    assert bars.floats("volume").values.tolist() == bars.volumes().tolist()
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 1.0
