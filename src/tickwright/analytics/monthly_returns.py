"""Returns of calendar months and years (UTC), compounded from the equity at their last bar closes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tickwright.domain.bars import Float64Array, Int64Array


@dataclass(frozen=True, slots=True)
class MonthlyReturns:
    """`months[y, m]` is the return of month m + 1 of `years[y]`, NaN where the record has no bar; `totals` per year."""

    years: Int64Array
    months: Float64Array
    totals: Float64Array


def monthly_returns(ts_ns: Int64Array, equity: Float64Array, initial: float) -> MonthlyReturns:
    """Month and year returns of a curve whose observations are bar closes.

    A bar that closes at midnight of the first belongs to the month it was open in. The first month counts from the
    initial capital; NaN observations are left out.

    >>> import numpy as np
    >>> from tickwright.domain.timestamp import parse_instant
    >>> closes = np.array([parse_instant("2024-02-01"), parse_instant("2024-02-02")])
    >>> table = monthly_returns(closes, np.array([110.0, 99.0]), 100.0)
    >>> table.years.tolist(), table.months[0, :2].round(4).tolist(), table.totals.round(4).tolist()
    ([2024], [0.1, -0.1], [-0.01])
    """
    known = ~np.isnan(equity)
    values, instants = equity[known], ts_ns[known]
    if not len(values):
        return MonthlyReturns(np.empty(0, np.int64), np.empty((0, 12)), np.empty(0))
    month = (instants - 1).astype("M8[ns]").astype("M8[M]").astype(np.int64)
    lasts = np.flatnonzero(np.append(np.diff(month) > 0, True))
    number = month[lasts]
    returns = values[lasts] / np.concatenate(([initial], values[lasts[:-1]])) - 1.0
    years = np.arange(1970 + number[0] // 12, 1970 + number[-1] // 12 + 1)
    months = np.full((len(years), 12), np.nan)
    months[1970 + number // 12 - years[0], number % 12] = returns
    return MonthlyReturns(years, months, np.nanprod(1.0 + months, axis=1) - 1.0)
