"""One of two numbers wherever a condition holds or does not: the loop under `where`.

Stateless: a value depends on the condition at its own bar alone, so there is no warm-up.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.domain.warm_arrays import warm_empty
from tickwright.machine_code.compilation import entry_of
from tickwright.machine_code.views import view_of

Condition = npt.NDArray[np.bool_]
_view_float64, _view_uint8 = view_of(np.dtype(np.float64)), view_of(np.dtype(np.uint8))


@entry_of("iiiff")
def _fill(result: int, condition: int, count: int, then: float, otherwise: float) -> int:
    """Arrays come by address."""
    answers, holds = _view_float64(result, count), _view_uint8(condition, count)
    for place in range(count):
        answers[place] = then if holds[place] != 0 else otherwise
    return 0


def choice(condition: Condition, then: float, otherwise: float) -> Float64Array:
    """`then` where the condition is true, `otherwise` elsewhere.

    >>> choice(np.array([[True, False]]), 0.2, 0.0).tolist()
    [[0.2, 0.0]]
    """
    holds, result = np.ascontiguousarray(condition), warm_empty(condition.shape)
    _fill(result.ctypes.data, holds.ctypes.data, result.size, then, otherwise)
    return result
