"""Divergence: where two runs of one strategy traded differently, and what it cost.

Fills of two runs (a backtest and paper, paper and live) are grouped into decisions: one instrument, one side, one bar.
Decisions with the same key are matched; the others are missing on one side. For matched ones the differences in price,
quantity and fee are signed so that a positive cost is worse in the second run. Known limit: a decision that moved to
another bar shows as one missing and one extra.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tickwright.analytics.fill_values import fill_values
from tickwright.domain.run import RunResult
from tickwright.domain.timeframe import Timeframe

Key = tuple[str, int, int]
"""Instrument, open time of the bar (UTC nanoseconds), side (1 or -1)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one run did with one decision: base quantity, average price, fees in money."""

    quantity: float
    price: float
    fee: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision both runs acted on: what each did, and what the second paid more than the first.

    `price_cost` values the second run's quantity at the difference of prices; `fee_cost` is the difference of fees;
    `quantity` the difference of quantities (second less first).
    """

    key: Key
    first: Decision
    second: Decision

    @property
    def price_cost(self) -> float:
        """Money lost by the second run to its price."""
        return self.key[2] * (self.second.price - self.first.price) * self.second.quantity

    @property
    def fee_cost(self) -> float:
        """Money the second run paid more in fees."""
        return self.second.fee - self.first.fee

    @property
    def quantity(self) -> float:
        """Base units the second run traded more."""
        return self.second.quantity - self.first.quantity


@dataclass(frozen=True, slots=True)
class Divergence:
    """How two runs differ: matched decisions in order of time, and the keys only one run has."""

    matched: tuple[Difference, ...]
    only_first: tuple[Key, ...]
    only_second: tuple[Key, ...]

    @property
    def identical(self) -> bool:
        """Whether every decision was done at the same price, quantity and fee."""
        return not (self.only_first or self.only_second) and all(d.first == d.second for d in self.matched)

    @property
    def agreement(self) -> float:
        """Matched decisions over all decisions; NaN where neither run traded."""
        decisions = len(self.matched) + len(self.only_first) + len(self.only_second)
        return len(self.matched) / decisions if decisions else float("nan")

    @property
    def cost(self) -> float:
        """Money the second run lost on matched decisions, to prices and fees."""
        return float(sum(d.price_cost + d.fee_cost for d in self.matched))


def divergence(first: RunResult, second: RunResult, timeframe: Timeframe) -> Divergence:
    """Compare the fills of two runs, decision by decision, on the bars of a timeframe."""
    left, right = _decisions(first, timeframe), _decisions(second, timeframe)
    both = sorted(left.keys() & right.keys(), key=_by_time)
    return Divergence(
        tuple(Difference(key, left[key], right[key]) for key in both),
        tuple(sorted(left.keys() - right.keys(), key=_by_time)),
        tuple(sorted(right.keys() - left.keys(), key=_by_time)),
    )


def _by_time(key: Key) -> tuple[int, str, int]:
    return key[1], key[0], key[2]


def _decisions(result: RunResult, timeframe: Timeframe) -> dict[Key, Decision]:
    values, found = fill_values(result), dict[Key, list[int]]()
    for row, fill in enumerate(result.fills):
        inside = int(fill["ts_ns"]) - (0 if fill["at_open"] else 1)  # a RANGE fill carries its bar's close
        key = (str(result.instruments[fill["instrument"]]), timeframe.floor(inside), int(fill["side"]))
        found.setdefault(key, []).append(row)
    return {
        key: Decision(
            float(np.sum(values.quantity[rows])),
            float(np.sum(values.notional[rows]) / np.sum(values.quantity[rows])),
            float(np.sum(values.fee[rows])),
        )
        for key, rows in found.items()
    }
