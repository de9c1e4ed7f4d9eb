"""Copies of a database that count only after they were read back.

Invariants: a copy appears whole or not at all under its final name; it is opened, checked by the server's own means
and compared by the rows of every table before it is called a backup; passwords travel in the environment, never in
arguments.
Known limit: PostgreSQL is copied by `pg_dump` (custom format) and brought back by `pg_restore`, which must be at
hand in the server's version.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy.engine import URL

from tickwright.adapters.storage.durable_file import TEMPORARY_PREFIX, flush_directory, make_directory
from tickwright.domain.errors import DataError, StoreDamaged

Counts = dict[str, int]


def back_up_sqlite(source: Path, target: Path) -> Counts:
    """Copy a SQLite database while others may write; returns the rows of each table of the copy.

    Raises `StoreDamaged` where the copy is not sound; nothing is then left under the target's name.
    """
    make_directory(target.parent)
    draft = target.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}-{target.name}")
    try:
        with contextlib.closing(sqlite3.connect(source)) as live, contextlib.closing(sqlite3.connect(draft)) as copy:
            live.backup(copy)
            copy.execute("pragma journal_mode = delete")
        counts = sqlite_counts(draft)
        descriptor = os.open(draft, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        draft.replace(target)
    except (sqlite3.Error, OSError) as failure:
        raise StoreDamaged(f"the copy failed ({failure})", where=str(source), expected="a sound database") from failure
    finally:
        draft.unlink(missing_ok=True)
    flush_directory(target.parent)
    return counts


def restore_sqlite(backup: Path, target: Path) -> Counts:
    """Put a backup in the place of a database that nobody has open; the backup is checked first, and stays."""
    sqlite_counts(backup)
    if target.exists():
        _close_journal(target)
    return back_up_sqlite(backup, target)


def _close_journal(path: Path) -> None:
    """Fold the write-ahead file into its database: left beside another database it would be taken for that one's."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=5)) as database:
            (mode,) = database.execute("pragma journal_mode = delete").fetchone()
    except sqlite3.Error as failure:
        raise DataError(
            f"the database is in use ({failure})", where=str(path), expected="nobody has it open"
        ) from failure
    if mode != "delete":
        raise DataError("the database is in use", where=str(path), expected="nobody has it open")


def sqlite_counts(path: Path) -> Counts:
    """The rows of each table of a sound SQLite file; raises `StoreDamaged` where it is not sound or not there."""
    if not path.is_file():
        raise DataError("there is no such database", where=str(path), expected="a SQLite file")
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            (verdict,) = database.execute("pragma integrity_check").fetchone()
            broken = database.execute("pragma foreign_key_check").fetchall()
            names = [
                name for (name,) in database.execute("select name from sqlite_master where type = 'table' order by 1")
            ]
            counts = {name: database.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names}
    except sqlite3.DatabaseError as failure:
        raise StoreDamaged(f"the file is not a sound database ({failure})", where=str(path)) from failure
    if verdict != "ok" or broken:
        raise StoreDamaged(f"the database is damaged ({verdict})", where=str(path), expected="a sound database")
    return counts


def back_up_postgres(url: URL, target: Path, *, tools: Path | None = None, snapshot: str = "") -> None:
    """Dump a PostgreSQL database with its own tool and read the whole dump back; raises `DataError`.

    `snapshot` is the name of an exported snapshot: the dump then holds what that transaction sees.
    """
    make_directory(target.parent)
    draft = target.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}-{target.name}")
    address, secret = _address(url)
    try:
        shared = [f"--snapshot={snapshot}"] if snapshot else []
        _tool("pg_dump", tools, ["--format=custom", *shared, f"--file={draft}", f"--dbname={address}"], secret)
        _tool("pg_restore", tools, [f"--file={os.devnull}", str(draft)], {})  # a listing would miss a cut tail
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    flush_directory(target.parent)


def restore_postgres(backup: Path, url: URL, *, tools: Path | None = None) -> None:
    """Read a dump into a database that holds no tables, wholly or not at all; raises `DataError`."""
    address, secret = _address(url)
    arguments = ["--single-transaction", "--exit-on-error", "--no-owner", f"--dbname={address}", str(backup)]
    _tool("pg_restore", tools, arguments, secret)


def _address(url: URL) -> tuple[str, dict[str, str]]:
    """A database's address without its password, and the password as the tools take it from the environment."""
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query).render_as_string(
        hide_password=False
    ), secret


def _tool(name: str, tools: Path | None, arguments: list[str], secret: dict[str, str]) -> None:
    program = str(tools / name) if tools else name
    try:
        done = subprocess.run(
            [program, *arguments],
            env={**os.environ, **secret},
            capture_output=True,
            text=True,
            timeout=3600,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        hint = "Install PostgreSQL's client programs in the server's version."
        raise DataError(f"{name} cannot be run ({failure})", where="backup", expected=name, hint=hint) from failure
    if done.returncode:
        line = next(iter(done.stderr.strip().splitlines()), "no reason given")
        older = "Put the client programs of the server's version first on PATH." if "version mismatch" in line else ""
        raise DataError(f"{name} failed: {line}", where="backup", expected="a complete dump", hint=older)
