"""The best plan for a book that refills: a block at each end, and an even stream between.

Model: the book holds `density` units per unit of price on either side; a trade x pushes the price by x / density, and
of a push exp(-resilience) remains after the whole duration. Only the trader's own push is paid for, so the plan depends
on neither volatility nor price.
Sources: A. Obizhaeva and J. Wang, "Optimal trading strategy and supply/demand dynamics", Journal of Financial Markets
16 (2013); the form in discrete trades: A. Alfonsi, A. Fruth and A. Schied, Quantitative Finance 10 (2010).
Known limit: the simulated market forgets a trade all at once, a day after it (rule book §3.3), not gradually.
"""

from __future__ import annotations

import math

import numpy as np

from tickwright.domain.errors import UsageError
from tickwright.execution.schedule import Schedule, demand_plan


def obizhaeva_wang_schedule(quantity: float, trades: int, resilience: float) -> Schedule:
    """The cheapest plan of equally spaced trades, first and last at both ends of the duration.

    `resilience` is the refill rate times the duration: 0 for a book that never refills within it.

    >>> tuple(round(x) for x in obizhaeva_wang_schedule(100_000, 11, 2.0).slices[:3])
    (27537, 4992, 4992)
    """
    demand_plan("obizhaeva_wang_schedule", quantity, trades)
    if trades == 1:
        return Schedule(np.array([quantity]))
    refilled = -math.expm1(-_between(resilience, trades))
    block = quantity / ((trades - 2) * refilled + 2)
    slices = np.full(trades, block * refilled)
    slices[[0, -1]] = block
    return Schedule(slices)


def obizhaeva_wang_cost(schedule: Schedule, density: float, resilience: float) -> float:
    """What equally spaced trades cost above the price before the first, in quote units.

    >>> round(obizhaeva_wang_cost(obizhaeva_wang_schedule(100_000, 11, 2.0), 5_000, 2.0), 3)
    500831.394
    """
    if not 0 < density < math.inf:
        raise UsageError(f"the density is {density}", where="obizhaeva_wang_cost", expected="a number above 0")
    remains = math.exp(-_between(resilience, len(schedule)))
    cost = pushed = 0.0
    for traded in schedule.slices.tolist():
        cost += pushed * traded + traded * traded / (2 * density)
        pushed = (pushed + traded / density) * remains
    return cost


def _between(resilience: float, trades: int) -> float:
    """The resilience from one trade to the next."""
    if not 0 <= resilience < math.inf:
        raise UsageError(
            f"the resilience is {resilience}", where="obizhaeva_wang", expected="a finite number of at least 0"
        )
    return resilience / max(1, trades - 1)
