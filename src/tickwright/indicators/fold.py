"""What every indicator is: a fold over a series, fed value by value or over whole arrays with the same result.

Invariants: an array function is its online update in a compiled loop, so both give the same bits; the result at a bar
depends only on values up to it; incomplete history is NaN, never a guess. A NaN or infinite input gives NaN there and
begins the history anew, unless the indicator says otherwise. Panels (time × instrument) are folded column by column.

`warmup` is the number of values before the first result that can be relied on: for windows all but one of the window's
values; for recursive averages as many as it takes until the seed's weight has fallen below one per cent.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.domain.errors import UsageError
from tickwright.indicators.memo import remembered

SEED_WEIGHT = 0.01


class Fold(ABC):
    """An indicator fed value by value."""

    warmup: int

    @abstractmethod
    def update(self, *values: float) -> float:
        """Take the next value (or the next bar's values) and give the indicator there, NaN while history is short."""


def fold_arrays(
    name: str,
    fold: Callable[..., Float64Array],
    inputs: tuple[npt.ArrayLike, ...],
    params: tuple[float, ...],
    warmup: int,
    *,
    panel: Callable[..., Float64Array | None] | None = None,
) -> Float64Array:
    """`fold(*inputs, *params)` over one-dimensional series or the columns of panels; remembered inside a run.

    `panel` does the same for all columns at once, row by row as a panel lies in memory, or answers None.
    """
    arrays = tuple([_series(value, name) for value in inputs])
    if len(arrays) > 1 and len({array.shape for array in arrays}) > 1:
        shapes = ", ".join(str(array.shape) for array in arrays)
        raise UsageError(f"series of different shapes: {shapes}", where=name, expected="one value per bar in each")

    def compute() -> npt.NDArray[Any]:
        if arrays[0].size == 0:
            return np.empty(arrays[0].shape)
        if arrays[0].ndim == 1:
            return fold(*(np.ascontiguousarray(array) for array in arrays), *params)
        whole = None if panel is None else panel(*(np.ascontiguousarray(array) for array in arrays), *params)
        if whole is not None:
            return whole
        result: Float64Array = np.empty(arrays[0].shape)
        for column in range(arrays[0].shape[-1]):
            result[:, column] = fold(*(np.ascontiguousarray(array[:, column]) for array in arrays), *params)
        return result

    return remembered(name, arrays, params, warmup, compute)


def window(n: int, name: str, least: int = 1) -> int:
    """A window length as an int; raises `UsageError` for anything but a whole number of at least `least`."""
    if isinstance(n, bool) or int(n) != n or n < least:
        raise UsageError(f"a window of {n!r}", where=name, expected=f"a whole number of {least} or more")
    return int(n)


def bars_until_seed_fades(alpha: float) -> int:
    """After how many updates the weight of a recursive average's seed has fallen below one per cent.

    >>> bars_until_seed_fades(2 / 21)
    47
    """
    return 0 if alpha >= 1 else math.ceil(math.log(SEED_WEIGHT) / math.log(1 - alpha))


def _series(value: npt.ArrayLike, name: str) -> Float64Array:
    array = np.asarray(value)
    if array.dtype.kind not in "iufb":
        raise UsageError(f"a series of {array.dtype}", where=name, expected="numbers")
    if array.ndim not in (1, 2):
        raise UsageError(
            f"an array of {array.ndim} dimensions", where=name, expected="one value per bar, or time × instrument"
        )
    return array if array.dtype == np.float64 else array.astype(np.float64)
