"""What the trial log is told: one backtest or sweep, the data it looked at, and every parameter set with its result.

Invariant: hashes and texts do not depend on the order of names; what is not JSON is written as its text, a number that
is not finite as null.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class TrialRange:
    """What trials are compared on: symbols (with their exchange), timeframe and [start, end) in UTC nanoseconds."""

    symbols: tuple[str, ...]
    timeframe: str
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class TriedSet:
    """One parameter set and the measures of its result."""

    parameters: Mapping[str, Any]
    metrics: Mapping[str, Any]


@dataclass(frozen=True)
class SearchRecord:
    """One backtest or sweep: what was searched where, and every trial.

    `context` is what the trials share and their results depend on: the strategy's source, cash, costs, limits, seed and
    the hashes of the data.
    """

    created_ns: int
    strategy: str
    looked_at: TrialRange
    context: Mapping[str, Any]
    trials: Sequence[TriedSet]

    @property
    def data_hash(self) -> str:
        """One hash for the candles of every symbol."""
        return hash_of(self.context.get("data"))

    def fingerprints(self) -> list[str]:
        """Of each trial: the same for the same parameters of a strategy on a timeframe, whatever the range."""
        return [trial_fingerprint(self.strategy, self.looked_at.timeframe, one.parameters) for one in self.trials]


def trial_fingerprint(strategy: str, timeframe: str, parameters: Mapping[str, Any]) -> str:
    """Sixteen hexadecimal digits that name a parameter set of a strategy on a timeframe."""
    return hash_of([strategy, timeframe, parameters])[:16]


def json_of(value: object) -> str:
    """A value as JSON text with sorted names."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY, default=str).decode()


def hash_of(value: object) -> str:
    """SHA-256 of a value's JSON text."""
    return hashlib.sha256(json_of(value).encode()).hexdigest()
