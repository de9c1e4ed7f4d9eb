"""Rows of candles, as a venue's file hands them over, to columns of exact integers.

Invariants: a row is (open ms, open, high, low, close, volume) with decimals as text; only candles that have ended are
kept; a row that cannot be read refuses the whole answer with its place. How a row fits its neighbours is not judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any

import numpy as np

from tickwright.adapters.exchanges.decimal_columns import scaled, scaled_together
from tickwright.domain.bars import PRICE_COLUMNS, Bars, Int64Array, SeriesKey
from tickwright.domain.errors import BadResponse
from tickwright.domain.timestamp import MILLISECOND

LAST_MILLISECOND = 9_000_000_000_000  # the year 2255: later instants do not fit into 64 bits of nanoseconds


def closed_bars(key: SeriesKey, rows: Sequence[Sequence[Any]], closed_ns: int) -> Bars:
    """The rows of (open ms, open, high, low, close, volume) whose candles ended by `closed_ns`, in exact integers."""
    opens = _open_times(rows)
    assert key.timeframe is not None
    closed = opens + key.timeframe.length_ns <= closed_ns
    rows, opens = list(compress(rows, closed)), opens[closed]
    texts = {name: _texts(rows, place, name) for place, name in enumerate(PRICE_COLUMNS, start=1)}
    (first, high, low, last), price_scale = scaled_together(texts, where="prices")
    volume, volume_scale = scaled(_texts(rows, 5, "volume"), where="volume")
    return Bars(key, opens, first, high, low, last, volume, price_scale, volume_scale)


def _open_times(rows: Sequence[Sequence[Any]]) -> Int64Array:
    for place, row in enumerate(rows):
        if type(row[0]) is not int or not 0 <= row[0] <= LAST_MILLISECOND:
            raise BadResponse(f"candle {place} opens at {row[0]!r}", expected="whole milliseconds")
    return np.array([row[0] for row in rows], np.int64) * MILLISECOND


def _texts(rows: Sequence[Sequence[Any]], place: int, name: str) -> list[str]:
    texts = [row[place] for row in rows]
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise BadResponse(f"the {name} of candle {row} is {text!r}", expected="decimal text")
    return texts
