"""Equal slices: the time-weighted average price, for who knows nothing about when the market trades."""

from __future__ import annotations

import numpy as np

from tickwright.execution.schedule import Schedule, demand_plan


def twap_schedule(quantity: float, slices: int) -> Schedule:
    """A quantity in equal slices.

    >>> twap_schedule(6.0, 3).slices.tolist()
    [2.0, 2.0, 2.0]
    """
    demand_plan("twap_schedule", quantity, slices)
    return Schedule(np.full(slices, quantity / slices))
