"""Large arrays on memory that was used before: the first write to fresh memory costs more than what is computed there.

Invariants: the memory of an array is nobody else's until the array and every view on it are gone; what is in a new one
is undefined, as with `np.empty`; at most `MOST_IDLE` bytes lie idle. Small arrays are NumPy's own.
Known limit: an array in a circle of references gives its memory back when the collector comes by.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import prod
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
LEAST: Final = 2**18
MOST_IDLE: Final = 256 * 2**20
_idle: dict[int, list[Array]] = {}  # by size


def warm_empty(shape: int | tuple[int, ...], dtype: npt.DTypeLike = np.float64) -> Array:
    """An array with undefined contents.

    >>> warm_empty((2, 3)).shape
    (2, 3)
    """
    kind = np.dtype(dtype)
    size = prod(shape if isinstance(shape, tuple) else (shape,)) * kind.itemsize
    if size < LEAST:
        return np.empty(shape, kind)
    return np.ndarray(shape, kind, np.asarray(_Lease(_memory_of(_rounded_up(size)))))


def warm_zeros(shape: int | tuple[int, ...], dtype: npt.DTypeLike = np.float64) -> Array:
    """An array of zeros."""
    array = warm_empty(shape, dtype)
    array.fill(0)
    return array


def idle_bytes() -> int:
    """How much memory waits to be used again."""
    return sum(size * len(kept) for size, kept in list(_idle.items()))


class _Lease:
    """What an array and its views keep alive; when it goes, their memory is free."""

    __slots__ = ("__array_interface__", "_memory")

    def __init__(self, memory: Array) -> None:
        self._memory, self.__array_interface__ = memory, memory.__array_interface__

    def __del__(self, over: Callable[[], bool] = sys.is_finalizing) -> None:
        if not over():  # while the interpreter ends, the names of this module go first
            _keep(self._memory)


def _rounded_up(size: int) -> int:
    """A size a little larger, of which there are few: an eighth of the next lower power of two is a step."""
    step = 1 << (size.bit_length() - 4)
    return -(-size // step) * step


def _memory_of(size: int) -> Array:
    try:
        return _idle[size].pop()
    except (KeyError, IndexError):
        return np.empty(size, np.uint8)


def _keep(memory: Array) -> None:
    """Take memory back; what has no room is the system's again."""
    if idle_bytes() + memory.nbytes <= MOST_IDLE:
        _idle.setdefault(memory.nbytes, []).append(memory)
