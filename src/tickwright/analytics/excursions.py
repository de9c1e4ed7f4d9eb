"""Excursions: how far each trade was under water and ahead while it was held.

Source: J. Sweeney, "Campaign trading" (1996). Known limit: lows and highs of the bars a trade was open in are taken
whole, so the bar of a fill inside its range may count a move from before the fill.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tickwright.analytics.trades import Trades
from tickwright.domain.bars import Bars, Float64Array


@dataclass(frozen=True, slots=True)
class Excursions:
    """Per trade, as fractions of its entry price: `adverse` ≤ 0 and `favourable` ≥ 0; NaN without bars."""

    adverse: Float64Array
    favourable: Float64Array


def excursions(table: Trades, series: Sequence[Bars]) -> Excursions:
    """The worst and the best price of every trade against its average entry.

    `series` stands beside the run's instruments. A bar belongs to a trade when it opens before the exit and closes
    after the entry.
    """
    adverse, favourable = np.full(len(table), np.nan), np.full(len(table), np.nan)
    for place, bars in enumerate(series):
        rows = np.flatnonzero(table["instrument"] == place)
        if not len(rows) or not len(bars):
            continue
        lowest, highest = _extremes(table[rows], bars)
        entry, side = table["entry_price"][rows], table["side"][rows]
        below, above = lowest / entry - 1.0, highest / entry - 1.0
        adverse[rows] = np.minimum(np.where(side > 0, below, -above), 0.0)
        favourable[rows] = np.maximum(np.where(side > 0, above, -below), 0.0)
    return Excursions(adverse, favourable)


def _extremes(rows: Trades, bars: Bars) -> tuple[Float64Array, Float64Array]:
    """Lowest low and highest high of the bars each trade was open in; NaN where there is none."""
    length = bars.timeframe.length_ns
    first = np.searchsorted(bars.open_time_ns + length, rows["entry_ns"], "right")
    last = np.searchsorted(bars.open_time_ns, rows["exit_ns"])
    held = last > first
    bounds = np.stack((np.minimum(first, len(bars) - 1), np.where(held, last, first + 1)), axis=1).ravel()
    lows = np.minimum.reduceat(np.append(bars.prices("low"), np.inf), np.minimum(bounds, len(bars)))[::2]
    highs = np.maximum.reduceat(np.append(bars.prices("high"), -np.inf), np.minimum(bounds, len(bars)))[::2]
    return np.where(held, lows, np.nan), np.where(held, highs, np.nan)
