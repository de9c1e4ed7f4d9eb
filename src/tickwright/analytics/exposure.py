"""Exposure: the share of time with a position."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def exposure(position_value: npt.NDArray[np.float64] | npt.NDArray[np.int64]) -> float:
    """The share of bar closes at which the sum of absolute position values was not zero; NaN without bars.

    >>> import numpy as np
    >>> exposure(np.array([0, 5, 5, 0]))
    0.5
    """
    return float(np.mean(position_value != 0)) if len(position_value) else float("nan")
