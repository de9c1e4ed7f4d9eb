"""A plan for one large order: how much to send in each of its slices.

Invariants: no slice is negative; together they are the quantity, exactly when counted in whole lots. A plan knows
neither side nor clock: the caller decides what a slice is (a bar, five minutes) and whether it buys or sells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.domain.errors import UsageError

_A_WHOLE_NUMBER = 1e-6  # of a lot: what float64 leaves over of a quantity that was meant to be whole lots


@dataclass(frozen=True, eq=False)
class Schedule:
    """The quantity of each slice, in base units, first to last."""

    slices: Float64Array

    def __post_init__(self) -> None:
        slices = np.array(self.slices, np.float64)
        if slices.ndim != 1 or not len(slices) or not np.isfinite(slices).all() or (slices < 0).any():
            raise UsageError("a schedule has a slice that is no quantity", where="Schedule", expected="numbers >= 0")
        slices.setflags(write=False)
        object.__setattr__(self, "slices", slices)

    def __len__(self) -> int:
        return len(self.slices)

    @property
    def quantity(self) -> float:
        """The whole quantity, in base units."""
        return float(self.slices.sum())

    @property
    def left(self) -> Float64Array:
        """What is left before the first slice and after each, one number more than slices; the last is 0."""
        return np.concatenate((np.cumsum(self.slices[::-1])[::-1], [0.0]))

    def due(self, slices: int) -> float:
        """What should have been sent once so many slices have begun; all of it after the last.

        >>> Schedule(np.array([5.0, 3.0, 2.0])).due(2)
        8.0
        """
        return float(self.slices[: max(0, slices)].sum())

    def in_lots(self, lot: float) -> npt.NDArray[np.int64]:
        """Each slice as a whole number of lots; what has been sent is never more than half a lot off the plan.

        Raises `UsageError` where the whole quantity is not whole lots.

        >>> Schedule(np.array([1.0, 1.0, 1.0])).in_lots(1.5).tolist()
        [1, 0, 1]
        """
        if not lot > 0:
            raise UsageError(f"a lot is {lot}", where="Schedule.in_lots", expected="more than 0")
        total = self.quantity / lot
        if abs(total - round(total)) > _A_WHOLE_NUMBER:
            raise UsageError(
                f"{self.quantity:g} is not a whole number of lots of {lot:g}",
                where="Schedule.in_lots",
                expected="a quantity in whole lots",
            )
        sent = np.rint(np.cumsum(self.slices) / lot).astype(np.int64)
        sent[-1] = round(total)
        lots: npt.NDArray[np.int64] = np.diff(np.minimum(sent, sent[-1]), prepend=0)
        return lots


def demand_plan(where: str, quantity: float, slices: int) -> None:
    """Refuse what no plan can be made for."""
    if not (quantity > 0 and np.isfinite(quantity)):
        raise UsageError(f"the quantity is {quantity}", where=where, expected="a finite number above 0")
    if slices < 1:
        raise UsageError(f"there are {slices} slices", where=where, expected="at least 1")
