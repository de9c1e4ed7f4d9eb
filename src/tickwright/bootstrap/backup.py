"""Backups of a project's market data: take, drill, restore.

Invariants: the key comes from the environment (`adapters.storage.backup.sealing`), never from a flag; a lake is backed
up file by file, a database as a dump of the whole database; what is restored goes into an empty place, never over data.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tickwright.adapters.storage.backup.drill import Drill, run_drill
from tickwright.adapters.storage.backup.sealing import SealingKey, backup_key, make_key_file
from tickwright.adapters.storage.backup.snapshots import (
    Snapshot,
    read_snapshot,
    restore_snapshot,
    snapshots,
    take_snapshot,
)
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.adapters.storage.place import Place, place_of
from tickwright.bootstrap.project import Project
from tickwright.domain.errors import StoreDamaged, UsageError
from tickwright.domain.timestamp import iso

if TYPE_CHECKING:
    from tickwright.adapters.storage.backup.database_copies import DatabaseCopy, DatabaseDrill

KEY_VARIABLE = "TICKWRIGHT_BACKUP_KEY_FILE"


def back_up(project: Project, target: str, *, drill: bool = False) -> dict[str, Any]:
    """Back the project's market data up; with `drill` restore it into a scratch place too, compare and measure."""
    place, key = place_of(target), backup_key()
    about = {"target": str(place), "encrypted": key is not None}
    url = project.store_url or ""
    return about | (_database(url, place, key, drill) if _is_database(url) else _files(project, place, key, drill))


def _files(project: Project, target: Place, key: SealingKey | None, drill: bool) -> dict[str, Any]:
    lake = place_of(project.store_url or project.data_directory)
    taken = take_snapshot(lake, target, key=key)
    found = None
    if drill:
        with tempfile.TemporaryDirectory(prefix="tickwright-", ignore_cleanup_errors=True) as folder:
            drilled = run_drill(lake, target, Path(folder) / "lake", key=key)
        found = {"series": drilled.series, **_measured(drilled)}
    return {**_taken(taken), "drill": found}


def _database(url: str, target: Place, key: SealingKey | None, drill: bool) -> dict[str, Any]:
    from tickwright.adapters.storage.backup.database_copies import drill_database, keep_database

    taken = keep_database(url, target, key=key)
    found = None
    if drill:
        drilled = drill_database(url, target, key=key)
        found = {"tables": drilled.tables, **_measured(drilled)}
    return {**_taken(taken), "drill": found}


def _taken(copy: Snapshot | DatabaseCopy) -> dict[str, Any]:
    return {"snapshot": copy.name, "taken": iso(copy.taken_ns), "size": copy.size, "copied": copy.copied}


def _measured(drill: Drill | DatabaseDrill) -> dict[str, Any]:
    seconds = {"rpo_s": round(drill.rpo_s, 3), "rto_s": round(drill.rto_s, 3)}
    return {"rows": drill.rows, **seconds, "behind": list(drill.behind)}


def restore(target: str, into: str, *, snapshot: str = "") -> dict[str, Any]:
    """Bring a backup back into an empty place, and verify it there."""
    place, key = place_of(target), backup_key()
    _demand_the_kind_that_was_kept(place, into)
    if _is_database(into):
        from tickwright.adapters.storage.backup.database_copies import bring_back_database, read_database_copy

        copy = read_database_copy(place, snapshot, key=key)
        bring_back_database(place, copy, into, key=key)
        return {"snapshot": copy.name, "taken": iso(copy.taken_ns), "size": copy.size, "rows": copy.rows}
    chosen = read_snapshot(place, snapshot, key=key)
    destination = place_of(into)
    size = restore_snapshot(place, chosen, destination, key=key)
    lake = ParquetLake(destination)
    for finding in lake.verify(deep=True):
        raise StoreDamaged(f"{finding.place}: {finding.reason}", where=into, expected="a sound lake")
    rows = sum(lake.coverage(one).rows for one in lake.keys())  # noqa: SIM118 - a store is not a dict
    return {"snapshot": chosen.name, "taken": iso(chosen.taken_ns), "size": size, "rows": rows}


def _demand_the_kind_that_was_kept(target: Place, into: str) -> None:
    """Files come back as files and a database as a database; copying goes from one to the other."""
    from tickwright.adapters.storage.backup.database_copies import database_copies

    files, databases = snapshots(target), database_copies(target)
    wanted, other = (databases, files) if _is_database(into) else (files, databases)
    if other and not wanted:
        kept, expected = (
            ("files", "a directory or s3://BUCKET/PREFIX") if files else ("a database", "postgresql://…/DATABASE")
        )
        raise UsageError(
            f"{target} is a backup of {kept}",
            where="--into",
            expected=expected,
            hint="Bring it back there first; `tickwright data copy --from … --to …` takes it where you want it.",
        )


def new_backup_key(path: Path) -> dict[str, Any]:
    """Make a key in a new file of its owner's; its text is shown nowhere."""
    make_key_file(path)
    return {"file": str(path), "variable": KEY_VARIABLE}


def _is_database(location: str) -> bool:
    return location.startswith(("postgres:", "postgresql:"))
