"""What a strategy's `indicators` returned, as the strategy reads it: named arrays, one value per bar, read-only.

Invariant: a name that is not there is one sentence with the nearest spelling, never an AttributeError.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.domain.errors import UsageError
from tickwright.domain.spelling import did_you_mean

Array = npt.NDArray[Any]
Condition = npt.NDArray[np.bool_]


class Indicators:
    """Named arrays, one value per bar, read as attributes or items; they cannot be written to."""

    __slots__ = ("_arrays",)

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._arrays = dict(arrays)

    def __getattr__(self, name: str) -> Array:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Array:
        try:
            return self._arrays[name]
        except KeyError:
            hint = did_you_mean(name, self._arrays)
            raise UsageError(
                f"there is no indicator {name!r}", where="ind", expected="a name that indicators() returns", hint=hint
            ) from None

    def items(self) -> Iterable[tuple[str, Array]]:
        """Names with their arrays."""
        return self._arrays.items()

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __contains__(self, name: str) -> bool:
        return name in self._arrays
