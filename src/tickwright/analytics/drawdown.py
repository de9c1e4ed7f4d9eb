"""Drawdowns: how far, when and for how long the equity was below its highest value so far.

The peak starts at the initial capital, so a loss on the first bar counts. A drawdown starts at the instant of its peak
and ends at the first instant the peak is reached again; one that has not recovered ends with the record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tickwright.analytics.periods import start_ns
from tickwright.analytics.returns import until_wiped_out
from tickwright.domain.bars import Float64Array, Int64Array


@dataclass(frozen=True, slots=True)
class Drawdown:
    """One drawdown: instants of peak, lowest point and recovery (UTC nanoseconds), and its depth (≤ 0, a fraction)."""

    depth: float
    start_ns: int
    trough_ns: int
    end_ns: int
    recovered: bool

    @property
    def duration_ns(self) -> int:
        """From peak to recovery, or to the end of the record."""
        return self.end_ns - self.start_ns


def underwater(equity: Float64Array, initial: float) -> Float64Array:
    """E / (highest E so far, initial capital included) - 1 at each observation; NaN where the equity is NaN.

    >>> import numpy as np
    >>> underwater(np.array([90.0, 120.0, 60.0]), 100.0).round(12).tolist()
    [-0.1, 0.0, -0.5]
    """
    peak = np.maximum(np.fmax.accumulate(equity), initial) if len(equity) else equity
    return equity / peak - 1.0


def max_drawdown(equity: Float64Array, initial: float) -> float:
    """The deepest value of `underwater`, ≤ 0; NaN without an observation. After a wipe-out nothing is observed.

    >>> import numpy as np
    >>> round(max_drawdown(np.array([90.0, 90.0]), 100.0), 12)
    -0.1
    """
    depths = underwater(until_wiped_out(equity), initial)
    known = depths[~np.isnan(depths)]
    return float(known.min()) if len(known) else float("nan")


def drawdowns(ts_ns: Int64Array, equity: Float64Array, initial: float, *, largest: int | None = None) -> list[Drawdown]:
    """Every drawdown of a curve, deepest first (at most `largest` of them).

    `ts_ns` are the observations' instants; the initial capital stands one usual step before the first.
    """
    curve = until_wiped_out(equity)
    known = ~np.isnan(curve)
    if not known.any():
        return []
    depths = np.concatenate(([0.0], underwater(curve[known], initial)))
    instants = np.concatenate(([start_ns(ts_ns)], ts_ns[: len(curve)][known]))
    below = np.concatenate((depths < 0.0, [False]))
    firsts = np.flatnonzero(below[1:] & ~below[:-1]) + 1
    ends = np.flatnonzero(below[:-1] & ~below[1:]) + 1
    lowest = np.minimum.reduceat(depths, firsts) if len(firsts) else depths[:0]
    chosen = np.argsort(lowest, kind="stable")[:largest]
    return [_drawdown(depths, instants, int(firsts[k]), int(ends[k])) for k in chosen]


def _drawdown(depths: Float64Array, instants: Int64Array, first: int, end: int) -> Drawdown:
    trough = first + int(np.argmin(depths[first:end]))
    recovered = end < len(depths)
    return Drawdown(
        depth=float(depths[trough]),
        start_ns=int(instants[first - 1]),
        trough_ns=int(instants[trough]),
        end_ns=int(instants[end if recovered else end - 1]),
        recovered=recovered,
    )
