"""What the six values of a row without names mean: ccxt's order, or jesse's.

ccxt answers (time, open, high, low, close, volume), jesse keeps (time, open, close, high, low, volume). The order in
which the more rows are possible candles (no price above the high or below the low) is the table's. A tie decides
nothing and needs none: a row that is possible in both orders has four equal prices and means the same in both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

CCXT_ORDER = ("timestamp", "open", "high", "low", "close", "volume")
JESSE_ORDER = ("timestamp", "open", "close", "high", "low", "volume")

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


def row_columns(columns: Sequence[pa.Array]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of six columns of text, in their order, and a note where they are jesse's.

    >>> texts = [pa.array([text]) for text in ("0", "2", "1.5", "3", "1", "9")]
    >>> row_columns(texts)[0]
    ('timestamp', 'open', 'close', 'high', 'low', 'volume')
    """
    prices = [_floats(column) for column in columns[1:5]]
    if _possible(prices, CCXT_ORDER) >= _possible(prices, JESSE_ORDER):
        return CCXT_ORDER, ()
    return JESSE_ORDER, ("values in jesse's order: time, open, close, high, low, volume",)


def _possible(prices: Sequence[np.ndarray], order: Sequence[str]) -> int:
    by_name = dict(zip(order[1:5], prices, strict=True))
    ends = [by_name["open"], by_name["close"]]
    inside = (by_name["high"] >= np.maximum(*ends)) & (by_name["low"] <= np.minimum(*ends))
    return int(inside.sum())


def _floats(text: pa.Array) -> np.ndarray:
    known = pc.if_else(pc.fill_null(pc.match_substring_regex(text, _NUMBER), False), text, "nan")
    floats: np.ndarray = known.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return floats
