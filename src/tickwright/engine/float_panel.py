"""The panel of floats that a strategy over all symbols reads, out of the columns of the store, in compiled code."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tickwright.domain.bars import Float64Array, Int64Array
from tickwright.domain.market import Market
from tickwright.domain.panel import Panel
from tickwright.domain.warm_arrays import warm_empty
from tickwright.kernel.floats import FLOATS, lay_floats
from tickwright.strategy_api.views import Lay

_LIMITS = np.iinfo(np.int64)


def kept_at(market: Market) -> Lay:
    """Panels that are made once for all runs over a market."""
    return lambda name, columns, divisors: market.panel(name, lambda: float_panel(columns, divisors))


def made_anew(name: str, columns: Sequence[Int64Array], divisors: Float64Array) -> Panel:
    """A panel that goes with the run."""
    return float_panel(columns, divisors)


def float_panel(columns: Sequence[Int64Array], divisors: Float64Array) -> Panel:
    """Columns of one length side by side, each over its divisor, and the lowest and highest units of each."""
    whole = [np.ascontiguousarray(column, np.int64) for column in columns]
    count, rows = len(whole), len(whole[0])
    panel, addresses = warm_empty((rows, count)), np.array([column.ctypes.data for column in whole])
    lowest, highest = np.full(count, _LIMITS.max), np.full(count, _LIMITS.min)
    job = np.zeros(1, FLOATS)
    for name, array in (
        ("columns", addresses), ("divisors", divisors), ("lowest", lowest), ("highest", highest), ("panel", panel),
    ):  # fmt: skip
        job[name] = array.ctypes.data
    job["rows"], job["count"] = rows, count
    lay_floats(job.ctypes.data, 0)
    return Panel(panel, lowest, highest)
