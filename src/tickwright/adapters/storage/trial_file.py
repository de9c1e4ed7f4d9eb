"""The trial log of former versions, a file with one JSON line per search: taken into the database, then set aside.

Invariants: a line is taken in once, however often this is done; the file is renamed only after all of it is in the
database, and nothing of it is deleted. A line that a crash cut off is passed over. Known limit: the file knew the
fingerprints of trials, not their parameters and results.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from tickwright.adapters.storage.database.trial_log import TrialLog
from tickwright.adapters.storage.search_record import TrialRange
from tickwright.domain.timestamp import parse_instant

SUFFIX = ".imported"


def adopt_trial_file(log: TrialLog, path: Path) -> int:
    """Take in every line of a file, and rename it; returns how many lines there were. No file is no line."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return 0
    count = 0
    for line in _lines(content):
        looked_at = TrialRange(tuple(line["symbols"]), line["timeframe"], line["start_ns"], line["end_ns"])
        log.adopt(line["trials"], parse_instant(line["created"]), line["strategy"], looked_at)
        count += 1
    with contextlib.suppress(FileNotFoundError):  # another process was faster
        path.replace(path.with_name(path.name + SUFFIX))
    return count


def _lines(content: bytes) -> Iterator[Mapping[str, Any]]:
    for text in content.splitlines():
        try:
            line: Mapping[str, Any] = orjson.loads(text)
        except orjson.JSONDecodeError:
            continue  # cut off by a crash before its fsync was acknowledged
        yield line
