"""A restore into a place of its own, compared with the live lake, with the two numbers that matter in a disaster.

Invariants: the live lake and the backup are only read; the scratch place is emptied only if this drill filled it.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from tickwright.adapters.storage.backup.sealing import SealingKey
from tickwright.adapters.storage.backup.snapshots import read_snapshot, restore_snapshot, verify_snapshot
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.adapters.storage.place import Place
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import StoreDamaged


@dataclass(frozen=True, slots=True)
class Drill:
    """What a restore drill found.

    `rpo_s` is the recovery point: how old the newest snapshot is (what was recorded since would have to be fetched
    again); `rto_s` the recovery time: seconds from nothing to a verified lake. `behind` names the series whose rows
    differ from the live ones because they changed since.
    """

    snapshot: str
    series: int
    rows: int
    size: int
    rpo_s: float
    rto_s: float
    behind: tuple[str, ...]


def run_drill(
    lake: Place, target: Place, scratch: Path, *, key: SealingKey | None = None, now_ns: int | None = None
) -> Drill:
    """Restore the newest snapshot into `scratch` (which must be empty), verify every row, compare, and clean up.

    Raises `StoreDamaged` where the backup or the restored lake is not sound.
    """
    snapshot = read_snapshot(target, key=key)
    damaged = verify_snapshot(target, snapshot, key=key)
    if damaged:
        raise StoreDamaged(damaged[0], where=str(target), expected="a sound snapshot", hint="Take a new one now.")
    started = time.monotonic()
    size = restore_snapshot(target, snapshot, scratch, key=key)
    try:
        restored = ParquetLake(scratch, cache_limit_bytes=0)
        findings = list(restored.verify(deep=True))
        if findings:
            raise StoreDamaged(
                f"{findings[0].place}: {findings[0].reason}", where=str(scratch), expected="a sound lake"
            )
        seconds = time.monotonic() - started
        behind, rows = _compared(ParquetLake(lake, cache_limit_bytes=0), restored)
        age = ((time.time_ns() if now_ns is None else now_ns) - snapshot.taken_ns) / 1e9
        return Drill(snapshot.name, len(restored.keys()), rows, size, age, seconds, behind)
    finally:
        shutil.rmtree(scratch)


def _content(lake: ParquetLake, key: SeriesKey) -> str:
    return (lake.read(key) if key.timeframe is not None else lake.read_events(key)).content_hash()


def _compared(live: ParquetLake, restored: ParquetLake) -> tuple[tuple[str, ...], int]:
    """The series whose content differs from the live ones, and how many rows were restored."""
    rows = 0
    behind = []
    known = set(restored.keys())
    for key in live.keys():  # noqa: SIM118 - a store is not a dict
        same = key in known and _content(live, key) == _content(restored, key)
        behind += [] if same else [str(key)]
    for key in known:
        rows += restored.coverage(key).rows
    return tuple(behind), rows
