"""Coarser bars made of finer ones: first open, highest high, lowest low, last close, summed volume.

Invariants: exact integers on the scales of the finer bars; only bars that are there take part, so a coarser bar without
any is missing and one with a hole inside stands; a volume that leaves 64 bits is refused, never wrapped.
"""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Bars, Int64Array, SeriesKey
from tickwright.domain.errors import DataError
from tickwright.domain.timeframe import Timeframe

_MOST = 9.2e18  # a little less than int64 holds, by more than a sum of floats can be off


def resampled(bars: Bars, timeframe: Timeframe) -> tuple[Bars, Int64Array]:
    """Bars of a multiple of the length, on its grid, and how many finer bars each was made of.

    >>> from tickwright.domain.instrument import InstrumentId
    >>> from tickwright.domain.timestamp import HOUR
    >>> key = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), Timeframe.parse("1h"))
    >>> close = np.array([10, 12, 11])
    >>> hours = Bars(key, np.array([0, 1, 3]) * HOUR, close, close, close, close, np.array([1, 2, 4]), 2, 0)
    >>> made, count = resampled(hours, Timeframe.parse("2h"))
    >>> made.high.tolist(), made.volume.tolist(), count.tolist()
    ([12, 11], [3, 4], [2, 1])
    """
    opens = bars.open_time_ns - (bars.open_time_ns - timeframe.floor(0)) % timeframe.length_ns
    starts = np.flatnonzero(np.diff(opens, prepend=opens[:1] - 1))
    return joined(bars, starts, opens[starts], timeframe), np.diff(np.append(starts, len(bars)))


def joined(bars: Bars, starts: Int64Array, open_time_ns: Int64Array, timeframe: Timeframe) -> Bars:
    """One bar per stretch of bars; each stretch has at least one bar and ends where the next starts."""
    lasts = np.append(starts[1:], len(bars))[: len(starts)] - 1
    return Bars(
        SeriesKey(bars.key.instrument, timeframe, bars.key.kind),
        open_time_ns,
        bars.open[starts],
        np.maximum.reduceat(bars.high, starts) if len(starts) else bars.high[:0],
        np.minimum.reduceat(bars.low, starts) if len(starts) else bars.low[:0],
        bars.close[lasts],
        summed(bars.volume, starts, where=str(bars.key)),
        bars.price_scale,
        bars.volume_scale,
    )


def summed(amounts: Int64Array, starts: Int64Array, *, where: str) -> Int64Array:
    """The sum of each stretch of amounts that are not negative; raises `DataError` where one leaves 64 bits.

    >>> summed(np.array([1, 2, 4]), np.array([0, 2]), where="here").tolist()
    [3, 4]
    """
    if not len(starts):
        return amounts[:0]
    if np.add.reduceat(amounts.astype(np.float64), starts).max() >= _MOST:
        raise DataError(
            f"volumes of {where} add up to more than 64 bits hold",
            where=where,
            expected="sums below 9.2e18 of the stored unit",
            hint="Import the series with fewer decimals of volume.",
        )
    return np.add.reduceat(amounts, starts)
