"""Returns of an equity curve, one per observation, the first against the initial capital.

Conventions every measure of this floor relies on: NaN in the equity means "not observed" and is neither a zero return
nor a period; a curve that reaches zero or less is wiped out, and what follows is no longer observed.
"""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Float64Array


def simple_returns(equity: Float64Array, initial: float) -> Float64Array:
    """E[t] / E[t-1] - 1 with E[-1] = `initial`; shape (n), cut after the observation that wipes the account out.

    NaN where the equity is NaN; the next known value is compared with the last known one.

    >>> import numpy as np
    >>> simple_returns(np.array([110.0, 99.0]), 100.0).round(4).tolist()
    [0.1, -0.1]
    >>> simple_returns(np.array([50.0, np.nan, 25.0, -5.0, 10.0]), 100.0).tolist()
    [-0.5, nan, -0.5, -1.2]
    """
    curve = until_wiped_out(equity)
    known = ~np.isnan(curve)
    values = curve[known]
    result = np.full(len(curve), np.nan)
    result[known] = values / np.concatenate(([initial], values[:-1])) - 1.0
    return result


def until_wiped_out(equity: Float64Array) -> Float64Array:
    """The curve up to and including its first value at or below zero."""
    gone = np.flatnonzero(equity <= 0.0)
    return equity[: gone[0] + 1] if len(gone) else equity


def observed(values: Float64Array) -> Float64Array:
    """The values that are not NaN."""
    return values[~np.isnan(values)]
