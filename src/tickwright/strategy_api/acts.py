"""When a standing target acts: at every change of its value, or once a period when it has drifted out of a band.

Invariants (rule book §7): a target is compared by value with the last value acted on, which starts at 0; NaN neither
acts nor resets; drift alone never trades under `on_change`. Periods start Monday 00:00 UTC, days at 00:00. An instant
is a bar's close: the bar that closes on Monday 00:00 acts for the week that begins there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Int64Array
from tickwright.domain.errors import UsageError
from tickwright.domain.timeframe import Timeframe


@dataclass(frozen=True, slots=True)
class Acts:
    """When a strategy's targets act.

    `period` is None for every change of value; otherwise a target acts at the first instant of each period if its
    value lies further than `band` (a fraction of the share) from it. With `retry` it acts again on each bar while its
    last decision has a refused, shrunk or unfilled order.
    """

    period: Timeframe | None = None
    band: float = 0.0
    retry: bool = False

    def first_instants(self, close_time_ns: Int64Array) -> npt.NDArray[np.bool_]:
        """True at each bar that is the first wake of its period; without a period, at every bar.

        The very first bar counts as one. A symbol that is absent at the start of a period acts at its next bar of it,
        because only its own bars are asked.
        """
        if self.period is None or len(close_time_ns) == 0:
            return np.ones(len(close_time_ns), np.bool_)
        origin = self.period.floor(int(close_time_ns[0]))
        place = (close_time_ns - origin) // self.period.length_ns
        return np.concatenate((np.ones(1, np.bool_), place[1:] != place[:-1]))


on_change = Acts()
"""Act whenever the value of a target changes; the default."""


def every(period: str, band: float = 0.0) -> Acts:
    """Act at the first instant of each period, where a value lies further than `band` from its target.

    >>> every("1w", band=0.02).period.name
    '1w'
    """
    if not (math.isfinite(band) and band >= 0):
        raise UsageError(f"a band of {band!r}", where="every", expected="a fraction of 0 or more, such as 0.02")
    return Acts(Timeframe.parse(period, where="every"), float(band))


def retry(acts: Acts = on_change) -> Acts:
    """The same, acting again on each bar while the last decision has a refused, shrunk or unfilled order."""
    return replace(acts, retry=True)
