"""Six values without names: the order that makes possible candles is the table's."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from tickwright.adapters.storage.files.row_order import CCXT_ORDER, JESSE_ORDER, row_columns


def columns(rows: list[tuple[object, ...]]) -> list[pa.Array]:
    return [pa.array([str(row[place]) for row in rows]) for place in range(6)]


@pytest.mark.parametrize(("order", "noted"), [(CCXT_ORDER, 0), (JESSE_ORDER, 1)])
def test_the_order_of_possible_candles_is_found(order: tuple[str, ...], noted: int) -> None:
    candles = [{"timestamp": n, "open": 10, "high": 12, "low": 9, "close": 11, "volume": 1} for n in range(3)]
    flat = {"timestamp": 3, "open": 10, "high": 10, "low": 10, "close": 10, "volume": 0}
    rows = [tuple(candle[name] for name in order) for candle in (*candles, flat)]
    names, notes = row_columns(columns(rows))
    assert (names, len(notes)) == (order, noted)


def test_bad_rows_do_not_turn_the_order_of_the_others() -> None:
    rows = [(0, 10, 12, 9, 11, 1), (1, 10, 12, 9, 11, 1), (2, 10, 11, 12, 9, 1), (3, "nan", "x", "", None, 1)]
    assert row_columns(columns(rows))[0] == CCXT_ORDER


def test_a_row_possible_in_both_orders_means_the_same_in_both() -> None:
    """Every row of four small prices that both orders allow has four equal prices."""
    grid = np.stack(np.meshgrid(*[np.arange(3)] * 4), -1).reshape(-1, 4)
    first, second, third, fourth = grid.T
    ccxt = (second >= np.maximum(first, fourth)) & (third <= np.minimum(first, fourth))
    jesse = (third >= np.maximum(first, second)) & (fourth <= np.minimum(first, second))
    both = grid[ccxt & jesse]
    assert len(both) == 3
    assert (both == both[:, :1]).all()
