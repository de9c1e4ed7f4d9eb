"""Volume in base units, where a source counts it in the quote asset.

Invariants (rule book §2.3): the price of a bar's volume is (high + low + close) / 3; one exact division, rounded down
to 1e-8 of the base asset; a bar whose prices are no prices has a volume of 0.
"""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Int64Array

BASE_SCALE = 8
_INT64_ROOM = 2**63


def base_of_quote(
    quote: Int64Array, quote_scale: int, high: Int64Array, low: Int64Array, close: Int64Array, price_scale: int
) -> Int64Array | None:
    """Base units at `BASE_SCALE` decimals of quote volumes; None where one does not fit 64 bits.

    >>> base_of_quote(np.array([300]), 0, np.array([12]), np.array([8]), np.array([10]), 0).tolist()
    [3000000000]
    """
    up, down = 3 * 10 ** (BASE_SCALE + price_scale), 10**quote_scale
    sums = (high.astype(object) + low.astype(object) + close.astype(object)).tolist()
    units = [
        amount * up // (total * down) if total > 0 else 0
        for amount, total in zip(quote.tolist(), sums, strict=True)
    ]  # fmt: skip
    if units and max(map(abs, units)) >= _INT64_ROOM:
        return None
    return np.array(units, np.int64)
