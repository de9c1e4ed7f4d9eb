"""Which rows of a write a store takes; all stores use this.

Invariants: rows that break a candle rule are refused, each with its place and reason; what is taken is in order of time
and on the decimals the data really has.
"""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Bars, SeriesKey, SeriesKind
from tickwright.domain.candle_rules import broken_rules
from tickwright.domain.errors import DataError
from tickwright.domain.timestamp import iso
from tickwright.ports import RefusedRow

CANDLE_KINDS: tuple[SeriesKind, ...] = ("candles", "mark", "index")
"""The kinds whose rows are open, high, low, close and volume."""


def demand_candle_series(key: SeriesKey) -> None:
    """Refuse a series whose rows are no candles with a `DataError`."""
    if key.kind not in CANDLE_KINDS or key.timeframe is None:
        expected = "one of " + ", ".join(CANDLE_KINDS)
        raise DataError(f"a store keeps no rows of the kind {key.kind}", where=str(key), expected=expected)


def accepted(bars: Bars) -> tuple[Bars, list[RefusedRow]]:
    """The rows that fulfil the candle rules, and the others with their reasons."""
    broken = broken_rules(bars)
    refused = [RefusedRow(f"row {row + 1} ({iso(int(bars.open_time_ns[row]))})", reason) for row, reason in broken]
    if broken:
        keep = np.ones(len(bars), np.bool_)
        keep[[row for row, _ in broken]] = False
        bars = bars.where(keep)
        if np.any(np.diff(bars.open_time_ns) <= 0):
            sentence = "the rows are in no order of time"
            raise DataError(sentence, where=str(bars.key), expected="open times that increase")
    return bars.coarsened(), refused
