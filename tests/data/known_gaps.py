"""The published holes of the real series of `ohlcv`."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

OHLCV = Path(__file__).parent / "ohlcv"


def known_gaps() -> dict[str, list[tuple[int, int]]]:
    """By file, each hole's first missing open time in nanoseconds, and how many bars it has."""
    gaps = defaultdict(list)
    with (OHLCV / "known_gaps.csv").open() as file:
        for row in csv.DictReader(file):
            gaps[row["file"]].append((int(row["first_missing_timestamp_ms"]) * 1_000_000, int(row["missing_bars"])))
    return gaps
