"""Benchmark: buy every symbol with equal parts of the capital at its first open, and hold.

Costs are stated: the entry pays `fee` (a fraction of its value) and nothing else; nothing is sold at the end. A symbol
that starts later keeps its part in cash until its first bar; in a hole its last close stands. Bars before the record
(history for indicators) are not bought.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tickwright.domain.bars import Bars, Float64Array, Int64Array


def buy_and_hold(series: Sequence[Bars], ts_ns: Int64Array, initial: float, *, fee: float = 0.0) -> Float64Array:
    """Equity of the benchmark at the instants `ts_ns` (bar closes), in the money of `initial`; shape (n).

    Buying for a part p spends it whole, fee included: the position is p / (open · (1 + fee)).
    """
    part = initial / len(series) if series else initial
    equity = np.zeros(len(ts_ns)) if series else np.full(len(ts_ns), initial)
    for bars in series:
        equity += _held(bars, ts_ns, part, fee)
    return equity


def _held(bars: Bars, ts_ns: Int64Array, part: float, fee: float) -> Float64Array:
    closes = bars.open_time_ns + bars.timeframe.length_ns
    entry = int(np.searchsorted(closes, ts_ns[0])) if len(ts_ns) else len(bars)
    if entry == len(bars):
        return np.full(len(ts_ns), part)
    growth = bars.prices("close") / (float(bars.prices("open")[entry]) * (1.0 + fee))
    place = np.searchsorted(closes, ts_ns, "right") - 1
    return np.where(place >= entry, part * growth[np.maximum(place, 0)], part)
