"""The relational store as a whole: open it, bring its schema up to date, check it, go back.

Invariants: an upgrade copies the database first and applies every step in one transaction, so a kill leaves the old
schema or the new one, never a mix; a schema this program does not know is refused, never touched; `check` compares the
tables that are there with the tables the program means.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from tickwright.adapters.storage.database.backup import back_up_postgres, back_up_sqlite
from tickwright.adapters.storage.database.engine import database_url, open_engine
from tickwright.adapters.storage.database.models import Table
from tickwright.adapters.storage.durable_file import make_directory
from tickwright.domain.errors import DataError, StoreUnreachable

_LOCK = 7_416_002


@dataclass(frozen=True, slots=True)
class Step:
    """One migration: its name, the one before it, what it does, and whether the database has it."""

    revision: str
    before: str | None
    summary: str
    applied: bool


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did: from which revision to which, and where the copy of the old state lies."""

    before: str | None
    after: str | None
    backup: Path | None


class Database:
    """One relational database, by the path of a SQLite file or a PostgreSQL URL."""

    def __init__(
        self,
        address: str | Path,
        *,
        backups: Path | None = None,
        tools: Path | None = None,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """`backups` is where copies go (beside a SQLite file by default), `tools` where PostgreSQL's programs lie."""
        self.url = database_url(address)
        self._backups, self._tools, self._now_ns = backups, tools, now_ns
        if self._file is not None:
            make_directory(self._file.parent)
        self.engine: Engine = open_engine(self.url)

    def current(self) -> str | None:
        """The revision of the schema, None for an empty database."""
        with self._connected() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def history(self) -> list[Step]:
        """Every migration this program knows, oldest first."""
        current = self.current()
        scripts = ScriptDirectory.from_config(_config(None))
        known = list(scripts.walk_revisions())[::-1]
        self._demand_known(current, [step.revision for step in known])
        applied = {step.revision for step in scripts.iterate_revisions(current, "base")} if current else set()
        return [
            Step(step.revision, _one(step.down_revision), (step.doc or "").strip(), step.revision in applied)
            for step in known
        ]

    def upgrade(self, revision: str = "head") -> Upgrade:
        """Bring the schema up to a revision, after a backup; does nothing where it is there already."""
        before = self.current()
        target = ScriptDirectory.from_config(_config(None)).get_current_head() if revision == "head" else revision
        self._demand_known(before, [step.revision for step in self.history()])
        if before == target:
            return Upgrade(before, before, None)
        backup = self.backup() if before is not None else None
        with self._connected() as connection:
            _alone(connection)
            command.upgrade(_config(connection), revision)
        return Upgrade(before, self.current(), backup)

    def downgrade(self, revision: str) -> Upgrade:
        """Go back to an older revision (`base` for an empty schema), after a backup."""
        before = self.current()
        backup = self.backup() if before is not None else None
        with self._connected() as connection:
            _alone(connection)
            command.downgrade(_config(connection), revision)
        return Upgrade(before, self.current(), backup)

    def check(self) -> list[str]:
        """Every difference between the tables that are there and the tables the program means; empty when none."""
        with self._connected() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return [str(difference) for difference in compare_metadata(context, Table.metadata)]

    def backup(self, target: Path | None = None) -> Path:
        """Copy the database and read the copy back; returns where it lies."""
        place = target or self._backup_place()
        if self._file is not None:
            back_up_sqlite(self._file, place)
        else:
            back_up_postgres(self.url, place, tools=self._tools)
        return place

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    @property
    def _file(self) -> Path | None:
        backend, name = self.url.get_backend_name(), self.url.database
        return Path(name) if backend == "sqlite" and name else None

    def _backup_place(self) -> Path:
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(self._now_ns() / 1e9)) + f"-{self._now_ns() % 10**9:09d}"
        if self._file is not None:
            return (self._backups or self._file.parent / "backups") / f"{self._file.stem}-{stamp}.sqlite"
        if self._backups is None:
            hint = "Name a directory for backups; nothing was changed."
            raise DataError("there is no place for the backup before an upgrade", where="database", hint=hint)
        return self._backups / f"{self.url.database}-{stamp}.dump"

    def _demand_known(self, current: str | None, known: list[str]) -> None:
        if current is not None and current not in known:
            raise DataError(
                f"the schema has the revision {current}",
                where=self.url.render_as_string(hide_password=True),
                expected=f"one this program knows, at most {known[-1]}",
                hint="Use the program version that made it, or a newer one; nothing was changed.",
            )

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        place = self.url.render_as_string(hide_password=True)
        try:
            with self.engine.connect() as connection, connection.begin():
                yield connection
        except DBAPIError as failure:
            reason = str(failure.orig).strip().splitlines()[0] if failure.orig else type(failure).__name__
            kind = StoreUnreachable if failure.connection_invalidated or "connect" in reason else DataError
            raise kind(f"the database refused ({reason})", where=place, expected="a working database") from failure
        except (SQLAlchemyError, CommandError) as failure:
            raise DataError(
                f"the step failed ({failure})", where=place, expected="a schema this program made"
            ) from failure


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", "tickwright.adapters.storage.database:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _alone(connection: Connection) -> None:
    """Let no second process migrate at the same time; SQLite's transaction already does."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _one(revision: str | list[str] | tuple[str, ...] | None) -> str | None:
    return revision if revision is None or isinstance(revision, str) else revision[0]
