"""ST-11: an upgrade killed at every system call leaves the old schema or the new one, and runs again.

From nothing, and from every earlier schema with rows in it: then a whole copy of the old state lies beside the database
before the first table is touched.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tickwright.adapters.storage.database.backup import sqlite_counts
from tickwright.adapters.storage.database.database import Database
from tickwright.domain.errors import TickwrightError

from .stepping import can_step, stops

pytestmark = pytest.mark.skipif(not can_step(), reason="this machine does not let a program be held by ptrace")

RUNNER = Path(__file__).with_name("migration_runner.py")


def prepared(root: Path, revision: str | None) -> Path:
    root.mkdir()
    path = root / "live.sqlite"
    if revision is not None:
        database = Database(path)
        database.upgrade(revision)
        database.close()
        with closing(sqlite3.connect(path)) as connection, connection:
            columns = "run_id, created_ns, mode, strategy, status"
            connection.execute(f"insert into runs ({columns}) values ('kept', 1, 'vector', 'x', 'done')")
            connection.execute("pragma journal_mode = delete")
    return path


def demand_old_or_new(path: Path, before: str | None, after: str, missing: list[str]) -> None:
    database = Database(path)
    try:
        current = database.current()
        assert current in (before, after)
        assert database.check() == ([] if current == after else missing)
        if before is not None and current == after:
            (backup,) = (path.parent / "backups").glob("*.sqlite")
            assert sqlite_counts(backup)["runs"] == 1
        database.upgrade()
        assert database.check() == []
        assert sqlite_counts(path)["runs"] == (before is not None)
    finally:
        database.close()


def killed_everywhere(scratch: Path, revision: str | None, mutant: str = "") -> tuple[int, list[str]]:
    """How many places of death there were, and at which of them a promise was broken."""
    path = prepared(scratch / "root", revision)
    missing = missing_of(path)
    broken = []
    number = 0
    last = ""
    for number, stop in enumerate(stops([sys.executable, "-P", str(RUNNER), str(path), mutant], path.parent)):
        left = scratch / f"{number}"
        shutil.copytree(path.parent, left)
        state = "".join(f"{one.name}{one.read_bytes()}" for one in sorted(left.rglob("*")) if one.is_file())
        if state != last:
            last = state
            try:
                demand_old_or_new(left / path.name, revision, revisions()[-1], missing)
            except (AssertionError, TickwrightError, ValueError, sqlite3.Error):
                broken.append(f"{stop.call} {stop.path.name}")
        shutil.rmtree(left)
    return number, broken


def missing_of(path: Path) -> list[str]:
    """What the old schema has not, or has otherwise."""
    database = Database(path)
    try:
        return database.check()
    finally:
        database.close()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("pragma journal_mode = delete")


def revisions() -> list[str]:
    database = Database(":memory:")
    try:
        return [step.revision for step in database.history()]
    finally:
        database.close()


@pytest.mark.parametrize("revision", [None, *revisions()[:-1]])
def test_an_upgrade_killed_at_every_call_is_all_or_nothing(scratch: Path, revision: str | None) -> None:
    places, broken = killed_everywhere(scratch, revision)
    assert broken == []
    assert places > 10


def test_an_upgrade_in_pieces_is_seen(scratch: Path) -> None:
    _, broken = killed_everywhere(scratch, None, "piecemeal")
    assert broken
