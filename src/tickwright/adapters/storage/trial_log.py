"""The trial log: every parameter set ever tried on a range of data, so that a search can be judged by its size.

Invariants: one JSON line per backtest or sweep, appended and fsynced, never edited; a trial is counted once however
often it is run again. A line cut off by a crash is the last one and is passed over.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class TrialRange:
    """What trials are compared on: symbols (with their exchange), timeframe and [start, end) in UTC nanoseconds."""

    symbols: tuple[str, ...]
    timeframe: str
    start_ns: int
    end_ns: int

    def overlaps(self, line: Mapping[str, Any]) -> bool:
        """Whether a logged line looked at some of the same data."""
        return (
            not set(self.symbols).isdisjoint(line["symbols"])
            and line["start_ns"] < self.end_ns
            and self.start_ns < line["end_ns"]
        )


class TrialLog:
    """The trial log of a project."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def record(self, created: str, strategy: str, trials: Sequence[Mapping[str, Any]], looked_at: TrialRange) -> int:
        """Log the parameter sets of one search; returns how many different trials that data has now seen."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = {
            "created": created,
            "strategy": strategy,
            "symbols": list(looked_at.symbols),
            "timeframe": looked_at.timeframe,
            "start_ns": looked_at.start_ns,
            "end_ns": looked_at.end_ns,
            "trials": [_fingerprint(strategy, looked_at.timeframe, parameters) for parameters in trials],
        }
        with self.path.open("ab+") as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            log.write(_closing_newline(log) + orjson.dumps(line) + b"\n")
            log.flush()
            os.fsync(log.fileno())
        return self.count(looked_at)

    def count(self, looked_at: TrialRange) -> int:
        """How many different trials have been run on overlapping data."""
        seen: set[str] = set()
        for line in self._lines():
            if looked_at.overlaps(line):
                seen.update(line["trials"])
        return len(seen)

    def _lines(self) -> list[Mapping[str, Any]]:
        if not self.path.exists():
            return []
        lines = []
        for text in self.path.read_bytes().splitlines():
            try:
                lines.append(orjson.loads(text))
            except orjson.JSONDecodeError:
                continue  # a line cut off by a crash before its fsync was acknowledged
        return lines


def _closing_newline(log: Any) -> bytes:
    """A newline where a crash left the last line without one, so that the cut line stays alone."""
    size = log.seek(0, os.SEEK_END)
    if size == 0:
        return b""
    log.seek(size - 1)
    return b"" if log.read(1) == b"\n" else b"\n"


def _fingerprint(strategy: str, timeframe: str, parameters: Mapping[str, Any]) -> str:
    text = orjson.dumps([strategy, timeframe, parameters], option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(text).hexdigest()[:16]
