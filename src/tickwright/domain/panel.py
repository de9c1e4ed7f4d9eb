"""Columns of several series as one panel of floats, time-major.

Invariant: a cell is a series' whole number over its divisor, rounded once, whoever put the columns side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tickwright.domain.bars import Float64Array, Int64Array


class Panel(NamedTuple):
    """Floats, time × column, with the lowest and highest whole number of each column."""

    values: Float64Array
    lowest: Int64Array
    highest: Int64Array


def stacked(columns: Sequence[Int64Array], divisors: Float64Array) -> Panel:
    """The panel of columns of one length.

    >>> stacked([np.array([150, 250]), np.array([7, 9])], np.array([100.0, 10.0])).values.tolist()
    [[1.5, 0.7], [2.5, 0.9]]
    """
    units = np.stack(columns, axis=1)
    return Panel(units / divisors, units.min(axis=0), units.max(axis=0))
