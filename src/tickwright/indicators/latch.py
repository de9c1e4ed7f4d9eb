"""A latch: on from an entry until an exit. The fold under `hold`.

Where entry and exit come together, the exit wins. It is off before its first entry and never unknown, so its warm-up
is none: what it reads has its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.indicators.compiled import compiled

Condition = npt.NDArray[np.bool_]


@compiled
def _fold(entries: Condition, exits: Condition) -> Condition:
    """Time × column, each column its own latch."""
    result = np.zeros(entries.shape, np.bool_)
    for column in range(entries.shape[1]):
        on = False
        for bar in range(len(entries)):
            on = (on or entries[bar, column]) and not exits[bar, column]
            result[bar, column] = on
    return result


class Latch:
    """`latch`, value by value.

    >>> on = Latch()
    >>> [on.update(entry, leave) for entry, leave in ((True, False), (False, False), (True, True))]
    [True, True, False]
    """

    warmup = 0

    def __init__(self) -> None:
        self._on = False

    def update(self, entry: Any, leave: Any) -> bool:
        """Whether it is on after the next bar."""
        self._on = (self._on or bool(entry)) and not bool(leave)
        return self._on


def latch(entries: Condition, exits: Condition) -> Condition:
    """On from a bar with an entry until the next bar with an exit; both of one shape.

    >>> latch(np.array([True, False, True]), np.array([False, True, False])).tolist()
    [True, False, True]
    """
    if entries.size == 0:
        return np.zeros(entries.shape, np.bool_)
    by_column = (len(entries), -1)
    on = _fold(np.ascontiguousarray(entries).reshape(by_column), np.ascontiguousarray(exits).reshape(by_column))
    return on.reshape(entries.shape)
