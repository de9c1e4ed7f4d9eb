"""The trades an exchange has seen, aggregated as Binance publishes them.

Invariants: an aggregate is a run of neighbouring trades of one time, price and taker side; aggregate ids count from the
first trade's id without a hole; nothing after the exchange's clock is returned.

Known limit: exchanges aggregate by the taker's order, which trades do not tell; two orders of one millisecond that took
one price become one aggregate here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tickwright.domain.trades import Trades


class Aggregate(NamedTuple):
    """One aggregate trade in integers of its tape's scales, with the ids of the first and last trade in it."""

    aggregate_id: int
    ts_ns: int
    price: int
    quantity: int
    first_id: int
    last_id: int
    taker_buys: bool


class Tape:
    """The aggregate trades of one symbol, oldest first."""

    def __init__(self, trades: Trades) -> None:
        self.price_scale, self.quantity_scale = trades.price_scale, trades.quantity_scale
        same = np.ones(len(trades), np.bool_)
        for column in (trades.ts_ns, trades.price, trades.taker_buys):
            same[1:] &= column[1:] == column[:-1]
        same[:1] = False
        starts = np.flatnonzero(~same)
        ends = np.append(starts[1:], len(trades)) - 1
        self._first_id = int(trades.trade_id[0])
        self._ts_ns = trades.ts_ns[starts]
        self._rest = [
            trades.price[starts].tolist(),
            np.add.reduceat(trades.quantity, starts).tolist(),
            trades.trade_id[starts].tolist(),
            trades.trade_id[ends].tolist(),
            trades.taker_buys[starts].tolist(),
        ]

    def from_id(self, aggregate_id: int, limit: int, now_ns: int) -> list[Aggregate]:
        """The oldest `limit` aggregates from an id on."""
        start = max(0, aggregate_id - self._first_id)
        return self._rows(start, max(start, min(start + limit, self._known(now_ns))))

    def between(self, first_ns: int | None, last_ns: int | None, limit: int, now_ns: int) -> list[Aggregate]:
        """Aggregates with times in [first, last]: the oldest `limit` from `first` on, else the newest."""
        end = self._known(now_ns if last_ns is None else min(last_ns, now_ns))
        if first_ns is None:
            return self._rows(max(0, end - limit), end)
        start = int(np.searchsorted(self._ts_ns, first_ns))
        return self._rows(start, max(start, min(end, start + limit)))

    def _known(self, now_ns: int) -> int:
        return int(np.searchsorted(self._ts_ns, now_ns, side="right"))

    def _rows(self, start: int, end: int) -> list[Aggregate]:
        ids = range(self._first_id + start, self._first_id + end)
        columns = (ids, self._ts_ns[start:end].tolist(), *(column[start:end] for column in self._rest))
        return [Aggregate(*row) for row in zip(*columns, strict=True)]
