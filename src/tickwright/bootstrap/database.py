"""The project's relational store: where it is, and what `tickwright db` does with it.

Invariants: the settings say where it is, and without an address it is the file `runs/tickwright.sqlite` of the project;
an address is never shown with its password; whatever changes the schema makes a copy first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from tickwright.adapters.storage.backup.database_copies import (
    bring_back_database,
    drill_database,
    keep_database,
    read_database_copy,
)
from tickwright.adapters.storage.backup.sealing import backup_key
from tickwright.adapters.storage.database.contents import row_counts
from tickwright.adapters.storage.database.database import Database, Upgrade
from tickwright.adapters.storage.database.engine import database_url
from tickwright.adapters.storage.database.models import REVISION
from tickwright.adapters.storage.database.transfer import carry_rows
from tickwright.adapters.storage.opening import shown_location
from tickwright.adapters.storage.place import place_of
from tickwright.adapters.storage.spool import Spool
from tickwright.bootstrap.project import SPOOL, DatabaseChoice
from tickwright.domain.errors import DataError, UsageError
from tickwright.domain.timestamp import iso


def upgrade(home: Path, choice: DatabaseChoice, revision: str) -> dict[str, Any]:
    """Bring the schema up to a revision, after a backup."""
    with _opened(home, choice) as database:
        return _changed(database.upgrade(revision), home, choice)


def current(home: Path, choice: DatabaseChoice) -> dict[str, Any]:
    """The revision of the schema, None for an empty database."""
    with _opened(home, choice) as database:
        return {"database": _place(home, choice), "revision": database.current()}


def history(home: Path, choice: DatabaseChoice) -> list[dict[str, Any]]:
    """Every step this program knows, oldest first."""
    with _opened(home, choice) as database:
        steps = database.history()
    return [{"revision": step.revision, "applied": step.applied, "summary": step.summary} for step in steps]


def check(home: Path, choice: DatabaseChoice) -> dict[str, Any]:
    """Every difference between the tables that are there and those the program means."""
    with _opened(home, choice) as database:
        return {"database": _place(home, choice), "empty": database.current() is None, "differences": database.check()}


def back_up(home: Path, choice: DatabaseChoice, target: str, *, drill: bool) -> dict[str, Any]:
    """Copy the database to a place for backups; with `drill` restore it into a scratch place, compare and measure."""
    address, place, key = choice.address(home), place_of(target), backup_key()
    copy = keep_database(address, place, key=key)
    counts = {"tables": len(copy.tables), "rows": copy.rows, "size": copy.size, "copied": copy.copied}
    about = {"snapshot": copy.name, "taken": iso(copy.taken_ns), "encrypted": key is not None, **counts}
    if not drill:
        return about | {"drill": None}
    found = drill_database(address, place, key=key)
    measured = {"rpo_s": round(found.rpo_s, 3), "rto_s": round(found.rto_s, 3), "behind": list(found.behind)}
    return about | {"drill": measured}


def restore(home: Path, choice: DatabaseChoice, target: str, *, snapshot: str, replace: bool) -> dict[str, Any]:
    """Bring a copy back in the place of the project's database, and compare every table."""
    place, key = place_of(target), backup_key()
    copy = read_database_copy(place, snapshot, key=key)
    bring_back_database(place, copy, choice.address(home), key=key, replace=replace)
    counts = {"tables": len(copy.tables), "rows": copy.rows}
    return {"database": _place(home, choice), "snapshot": copy.name, "taken": iso(copy.taken_ns), **counts}


def copy_rows(home: Path, source: DatabaseChoice, target: DatabaseChoice) -> dict[str, Any]:
    """Carry what one database holds into another, brought up to date first; raises `UsageError`, `DataError`."""
    if _identity(home, source) == _identity(home, target):
        expected = "--from or --to, and another database than the project's"
        raise UsageError("a database is not copied into itself", where=_place(home, target), expected=expected)
    file = _identity(home, source)
    if isinstance(file, Path) and not file.is_file():
        raise DataError("there is no database", where=str(file), expected="a SQLite file", hint="Nothing was copied.")
    with _opened(home, source) as held, _opened(home, target) as written:
        held.make_ready()
        written.make_ready()
        tables = [asdict(table) for table in carry_rows(held, written)]
    return {"from": _place(home, source), "to": _place(home, target), "tables": tables}


def database_state(home: Path, choice: DatabaseChoice) -> tuple[Literal["ok", "warn"], str, str]:
    """How the database of a project is: whether that is well, in one sentence, and what to do where it is not."""
    database = choice.open(home)
    try:
        revision, differences = database.current(), database.check()
        held = row_counts(database) if not differences else {}
        pool = database.metrics()
    finally:
        database.close()
    detail = f"{shown_location(choice.address(home))}: revision {revision or 'none'}"
    if revision != REVISION:
        return (
            "warn",
            f"{detail}, this version has {REVISION}",
            "`tickwright db upgrade`, after which older versions stop.",
        )
    if differences:
        return (
            "warn",
            f"{detail}, {len(differences)} differences from what is meant",
            "`tickwright db check` lists them.",
        )
    counted = ", ".join(f"{name} {rows:,}" for name, rows in held.items())
    bounds = f"pool of {pool.size}+{choice.options.overflow}, {pool.waited_s * 1000:.0f} ms waited, {pool.slow} slow"
    waiting = Spool(home / SPOOL).waiting()
    spooled = f"; {waiting} searches wait in {SPOOL}, the next `run` command enters them" if waiting else ""
    return "ok", f"{detail}; {counted}; {bounds}{spooled}", ""


@contextmanager
def _opened(home: Path, choice: DatabaseChoice) -> Iterator[Database]:
    database = choice.open(home)
    try:
        yield database
    finally:
        database.close()


def _changed(upgrade: Upgrade, home: Path, choice: DatabaseChoice) -> dict[str, Any]:
    backup = None if upgrade.backup is None else str(upgrade.backup)
    return {"database": _place(home, choice), "before": upgrade.before, "after": upgrade.after, "backup": backup}


def _place(home: Path, choice: DatabaseChoice) -> str:
    return shown_location(choice.address(home))


def _identity(home: Path, choice: DatabaseChoice) -> Path | str:
    """What makes a database the same one however it is named: its file, or its address."""
    url = database_url(choice.address(home))
    return Path(url.database or "").resolve() if url.get_backend_name() == "sqlite" else str(url)
