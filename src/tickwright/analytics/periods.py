"""Calendar arithmetic of performance measures: how many observations a year holds, and how long a record is.

Declared once for every measure: ratios are annualised on a year of 365 days, because crypto trades every day; growth
per year uses calendar time in mean years of 365.25 days. Instants are bar closes and strictly increasing.
"""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Int64Array
from tickwright.domain.errors import DataError
from tickwright.domain.timestamp import DAY, iso

TRADING_YEAR_NS = 365 * DAY
MEAN_YEAR_NS = 36525 * DAY // 100

_REGULAR_SHARE = 0.9


def spacing_ns(ts_ns: Int64Array) -> int:
    """The usual distance between two observations (their median); a day when there are fewer than two.

    Raises `DataError` when an instant is repeated or earlier than the one before it.
    """
    if len(ts_ns) < 2:
        return DAY
    steps = np.diff(ts_ns)
    if steps.min() <= 0:
        place = int(np.argmin(steps > 0)) + 1
        raise DataError(
            f"instant {iso(int(ts_ns[place]))} comes after {iso(int(ts_ns[place - 1]))}",
            where=f"observation {place}",
            expected="strictly increasing times",
        )
    return int(np.median(steps))


def periods_per_year(ts_ns: Int64Array) -> float:
    """Observations in a year of 365 days: 365 for daily bars, 8760 for hourly ones.

    A series whose steps are mostly (90 %) its usual step is annualised by that step, so an outage changes nothing; an
    irregular one by the observations it really has per year of calendar time.

    >>> import numpy as np
    >>> periods_per_year(np.arange(100) * 3_600_000_000_000)
    8760.0
    """
    step = spacing_ns(ts_ns)
    if len(ts_ns) < 2 or np.mean(np.diff(ts_ns) == step) >= _REGULAR_SHARE:
        return TRADING_YEAR_NS / step
    return (len(ts_ns) - 1) * TRADING_YEAR_NS / float(ts_ns[-1] - ts_ns[0])


def start_ns(ts_ns: Int64Array) -> int:
    """The instant the record begins: the open of the bar whose close is the first observation."""
    return int(ts_ns[0]) - spacing_ns(ts_ns)


def calendar_years(begin_ns: int, end_ns: int) -> float:
    """Length of a span in mean years of 365.25 days.

    >>> from tickwright.domain.timestamp import parse_instant
    >>> calendar_years(parse_instant("2020-01-01"), parse_instant("2024-01-01"))
    4.0
    """
    return (end_ns - begin_ns) / MEAN_YEAR_NS
