"""Columns of whole numbers put side by side as one panel of floats: what a strategy over all symbols reads.

Invariant: a cell is `units / divisor`, rounded once. The columns are taken a piece at a time, so that the rows being
written stay in the nearer caches, and their extremes are noted on the way.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array, Int64Array
from tickwright.indicators.compiled import compiled

_ROWS = 2048


@compiled
def _lay(
    panel: Float64Array, place: int, units: Int64Array, divisor: float, first: int, extremes: npt.NDArray[np.int64]
) -> None:
    lowest, highest = extremes[0, place], extremes[1, place]
    for row in range(first, min(first + _ROWS, len(units))):
        lowest, highest = min(lowest, units[row]), max(highest, units[row])
    extremes[0, place], extremes[1, place] = lowest, highest
    for row in range(first, min(first + _ROWS, len(units))):
        panel[row, place] = units[row] / divisor


def side_by_side(columns: Sequence[Int64Array], divisors: Float64Array) -> tuple[Float64Array, npt.NDArray[np.int64]]:
    """Time × column of columns of one length, each over its divisor; and the lowest and highest units of each.

    >>> panel, extremes = side_by_side([np.array([150, 250]), np.array([7, 9])], np.array([100.0, 10.0]))
    >>> panel.tolist(), extremes.tolist()
    ([[1.5, 0.7], [2.5, 0.9]], [[150, 7], [250, 9]])
    """
    rows, whole = len(columns[0]), [np.ascontiguousarray(column) for column in columns]
    panel = np.empty((rows, len(columns)))
    limits = np.iinfo(np.int64)
    extremes = np.repeat(np.array([[limits.max], [limits.min]]), len(columns), axis=1)
    for first in range(0, rows, _ROWS):
        for place, units in enumerate(whole):
            _lay(panel, place, units, divisors[place], first, extremes)
    return panel, extremes
