"""Words for writing signals: conditions over arrays, without look-ahead.

Invariants: each function reads only the present and the past of its inputs (axis 0 is time); a comparison with NaN is
False; inputs are never changed; one- and two-dimensional arrays (time × instrument) are treated alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.domain.errors import UsageError
from tickwright.indicators.choice import choice
from tickwright.indicators.latch import latch

Condition = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


def hold(entry: npt.ArrayLike, exit: npt.ArrayLike) -> Condition:
    """True from a bar with `entry` until the next bar with `exit`; where both are true, the exit wins.

    >>> hold([False, True, False, False, True], exit=[False, False, False, True, False]).tolist()
    [False, True, True, False, True]
    """
    enters, leaves = np.broadcast_arrays(_condition(entry, "entry"), _condition(exit, "exit"))
    if enters.ndim == 0:
        raise UsageError("one value instead of one per bar", where="hold", expected="arrays")
    return latch(enters, leaves)


def where(condition: npt.ArrayLike, then: npt.ArrayLike, otherwise: npt.ArrayLike) -> Numbers:
    """`then` where the condition is true, `otherwise` elsewhere, as float64.

    >>> where([True, False], 0.2, 0.0).tolist()
    [0.2, 0.0]
    """
    asked = _condition(condition, "where")
    first, second = np.asarray(then, np.float64), np.asarray(otherwise, np.float64)
    if asked.ndim > 0 and first.ndim == second.ndim == 0:
        return choice(asked, float(first), float(second))
    return np.where(asked, first, second)


def rank(score: npt.ArrayLike) -> Numbers:
    """The place of each score among the scores of its instant: 1 is the highest, NaN stays NaN.

    Equal scores share the last of their places, so `rank(score) <= 5` never picks more than five and never depends on
    the order of symbols.

    >>> rank([[3.0, 1.0, 2.0, 3.0]]).tolist()
    [[2.0, 4.0, 3.0, 2.0]]
    """
    scores = np.asarray(score, np.float64)
    places = np.empty(scores.shape)
    for column in range(scores.shape[-1]):  # how many are at least as high: NaN is never counted
        places[..., column] = np.count_nonzero(scores >= scores[..., column : column + 1], axis=-1)
    return np.where(np.isnan(scores), np.nan, places)


def lag(values: npt.ArrayLike, bars: int = 1) -> Numbers:
    """The value `bars` bars ago, NaN before there is one.

    >>> lag([1.0, 2.0, 3.0]).tolist()
    [nan, 1.0, 2.0]
    """
    array = np.asarray(values, np.float64)
    if bars < 0:
        raise UsageError(f"a lag of {bars} bars looks ahead", where="lag", expected="0 or more")
    shifted = np.full(array.shape, np.nan)
    shifted[bars:] = array[: len(array) - bars] if bars <= len(array) else array[:0]
    return shifted


def crossed_above(left: npt.ArrayLike, right: npt.ArrayLike) -> Condition:
    """True at the bar where `left` is above `right` and was not on the bar before; False where either is unknown.

    >>> crossed_above([1.0, 3.0, 4.0], 2.0).tolist()
    [False, True, False]
    """
    over, under = np.broadcast_arrays(np.asarray(left, np.float64), np.asarray(right, np.float64))
    before = lag(over) <= lag(under)
    return (over > under) & before


def crossed_below(left: npt.ArrayLike, right: npt.ArrayLike) -> Condition:
    """True at the bar where `left` is below `right` and was not on the bar before; False where either is unknown.

    >>> crossed_below([3.0, 1.0, 0.0], 2.0).tolist()
    [False, True, False]
    """
    return crossed_above(right, left)


def _condition(value: Any, name: str) -> Condition:
    array = np.asarray(value)
    if array.dtype != np.bool_:
        raise UsageError(
            f"{name} holds {array.dtype} values", where="signals", expected="true and false, such as ind.rsi < 30"
        )
    return array
