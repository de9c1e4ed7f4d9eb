"""Columns put side by side in compiled code are those that NumPy puts side by side."""

from __future__ import annotations

import numpy as np
import pytest

from tickwright.domain.panel import stacked
from tickwright.engine.float_panel import float_panel


@pytest.mark.parametrize("count", [1, 3, 4, 9])
@pytest.mark.parametrize("rows", [1, 255, 256, 700])
def test_a_panel_has_the_bits_and_extremes_of_each_column(count: int, rows: int) -> None:
    random = np.random.default_rng(rows * count)
    columns = [random.integers(-(2**50), 2**50, 2 * rows)[:: 1 + place % 2][:rows] for place in range(count)]
    divisors = 10.0 ** random.integers(0, 9, count)
    made, expected = float_panel(columns, divisors), stacked(columns, divisors)
    assert made.values.tobytes() == expected.values.tobytes()
    assert made.lowest.tolist() == expected.lowest.tolist()
    assert made.highest.tolist() == expected.highest.tolist()
