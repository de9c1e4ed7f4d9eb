"""Slices like the market's own volume: the volume-weighted average price.

The curve is what the caller expects to trade in each slice, such as the mean volume of that hour in the last thirty
days; where the market trades like the curve, and our orders move nothing, the average paid is the market's own.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tickwright.domain.errors import UsageError
from tickwright.execution.schedule import Schedule, demand_plan


def vwap_schedule(quantity: float, volumes: npt.ArrayLike) -> Schedule:
    """A quantity in slices proportional to the volume expected in each (any unit, at least one above 0).

    >>> vwap_schedule(10.0, [300, 100, 100]).slices.tolist()
    [6.0, 2.0, 2.0]
    """
    curve = np.asarray(volumes, np.float64)
    demand_plan("vwap_schedule", quantity, curve.size)
    if curve.ndim != 1 or not np.isfinite(curve).all() or (curve < 0).any() or not curve.sum() > 0:
        raise UsageError(
            "the volume curve has a number that is no volume, or nothing but 0",
            where="vwap_schedule",
            expected="finite numbers of at least 0, one of them above 0",
        )
    return Schedule(quantity * (curve / curve.sum()))
