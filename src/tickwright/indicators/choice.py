"""One of two numbers wherever a condition holds or does not: the loop under `where`.

Stateless: a value depends on the condition at its own bar alone, so there is no warm-up.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.domain.warm_arrays import warm_empty
from tickwright.indicators.compiled import compiled

Condition = npt.NDArray[np.bool_]


@compiled
def _fill(result: Float64Array, condition: Condition, then: float, otherwise: float) -> None:
    for place in range(len(condition)):
        result[place] = then if condition[place] else otherwise


def choice(condition: Condition, then: float, otherwise: float) -> Float64Array:
    """`then` where the condition is true, `otherwise` elsewhere.

    >>> choice(np.array([[True, False]]), 0.2, 0.0).tolist()
    [[0.2, 0.0]]
    """
    result = warm_empty(condition.shape)
    _fill(result.reshape(-1), np.ascontiguousarray(condition).reshape(-1), then, otherwise)
    return result
