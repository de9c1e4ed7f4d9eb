"""Strategies that say what a table says: decisions as data, so that every mode and the naive market get the same."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tickwright.strategy_api.acts import Acts, on_change
from tickwright.strategy_api.strategy import Strategy

Table = Mapping[str, Mapping[int, float]]  # symbol → close time → target


def targets_strategy(table: Table, acts: Acts = on_change) -> type[Strategy]:
    """A strategy of the `targets` form that reads its targets from a table."""

    class Precomputed(Strategy):
        """Wants what the table says."""

        def targets(self, bars, ind):  # type: ignore[no-untyped-def]
            wanted = table[bars.symbol]
            return np.array([wanted.get(ts_ns, np.nan) for ts_ns in bars.close_time_ns.tolist()], np.float64)

    Precomputed.acts = acts
    return Precomputed


def weights_strategy(table: Table, acts: Acts = on_change) -> type[Strategy]:
    """A strategy of the `weights` form that reads its weights from a table."""

    class Precomputed(Strategy):
        """Wants what the table says."""

        def weights(self, market):  # type: ignore[no-untyped-def]
            times = market.close_time_ns.tolist()
            rows = [[table[symbol].get(ts_ns, np.nan) for symbol in market.symbols] for ts_ns in times]
            return np.array(rows, np.float64)

    Precomputed.acts = acts
    return Precomputed
