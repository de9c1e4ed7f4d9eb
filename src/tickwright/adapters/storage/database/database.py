"""The relational store as a whole: open it, bring its schema up to date, check it, go back.

Invariants: an upgrade copies the database first and applies every step in one transaction, so a kill leaves the old
schema or the new one, never a mix; a schema this program does not know is refused, never touched; `check` compares the
tables that are there with the tables the program means. `write` repeats a unit of work whose connection died or that
lost a race for a lock: units are idempotent, so a commit whose answer was lost may be repeated. Readers never take the
last connection of a pool, so that however many wait for long queries, what was done can still be written down.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from tickwright.adapters.storage.database.backup import back_up_postgres, back_up_sqlite
from tickwright.adapters.storage.database.engine import READING, database_url, open_engine
from tickwright.adapters.storage.database.models import REVISION
from tickwright.adapters.storage.database.pool_metrics import UNLIMITED, PoolMetrics, PoolWatch
from tickwright.adapters.storage.database.pool_options import DEFAULT_OPTIONS, PoolOptions
from tickwright.adapters.storage.durable_file import make_directory
from tickwright.domain.errors import DataError, StoreBusy, StoreUnreachable

if TYPE_CHECKING:
    from tickwright.adapters.storage.database.schema_steps import Step

_LOCK = 7_416_002
PAUSES_S = (0.05, 0.2, 1.0, 2.0, 4.0, 8.0)
"""How long is waited before a unit of work is done again: a server that restarts is back within these."""

_RACES = frozenset(("40001", "40P01", "55P03"))
"""PostgreSQL: a serialisation failure, a deadlock, a lock that was not to be had in time."""
_LOCKED = ("database is locked", "database table is locked", "database is busy")

Outcome = TypeVar("Outcome")


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
        options: PoolOptions = DEFAULT_OPTIONS,
        now_ns: Callable[[], int] = time.time_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`backups` is where copies go (beside a SQLite file by default), `tools` where PostgreSQL's programs lie."""
        self.url = database_url(address)
        self._backups, self._tools, self._now_ns, self._sleep = backups, tools, now_ns, sleep
        if self._file is not None:
            make_directory(self._file.parent)
        self.engine: Engine = open_engine(self.url, options)
        self._watch = PoolWatch(self.engine, options)
        self._readers = threading.BoundedSemaphore(max(1, options.size + options.overflow - 1))
        self._pool_wait_s = options.pool_wait_s

    @property
    def place(self) -> str:
        """The address without its password."""
        return self.url.set(drivername=self.url.get_backend_name()).render_as_string(hide_password=True)

    def read(self, work: Callable[[Connection], Outcome]) -> Outcome:
        """Do what only reads, in one transaction that keeps nobody from writing; raises the `DataError` family."""
        if not self._readers.acquire(timeout=self._pool_wait_s):
            self._watch.waited(self._pool_wait_s, exhausted=True)
            raise self._exhausted()
        try:
            return self._repeated(lambda: self._done(work, reading=True))
        finally:
            self._readers.release()

    def write(self, work: Callable[[Connection], Outcome]) -> Outcome:
        """Do an idempotent unit of work in one transaction, again where that helps; raises the `DataError` family."""
        return self._repeated(lambda: self._done(work, reading=False))

    def metrics(self) -> PoolMetrics:
        """The pool of connections as it is now."""
        return self._watch.metrics()

    def make_ready(self) -> None:
        """Demand the schema of this program: an empty database and an older SQLite file are brought up to date.

        Raises `DataError` for a server whose schema is older (who upgrades it decides when) or anything newer.
        """
        current = self.current()
        if current == REVISION:
            return
        if current is not None and self._file is None:
            self._demand_known(current)
            hint = "`tickwright db upgrade` brings it up to date, after a backup."
            raise DataError(f"the schema has the revision {current}", where=self.place, expected=REVISION, hint=hint)
        self._repeated(self.upgrade)

    def current(self) -> str | None:
        """The revision of the schema, None for an empty database."""
        return self.read(_revision)

    def history(self) -> list[Step]:
        """Every migration this program knows, oldest first."""
        from tickwright.adapters.storage.database.schema_steps import steps

        current = self.current()
        self._demand_known(current)
        return steps(current)

    def upgrade(self, revision: str = "head") -> Upgrade:
        """Bring the schema up to a revision, after a backup; does nothing where it is there already."""
        from tickwright.adapters.storage.database.schema_steps import go_up

        before = self.current()
        self._demand_known(before)
        if before == (REVISION if revision == "head" else revision):
            return Upgrade(before, before, None)
        backup = self.backup() if before is not None else None
        with self._connected(unlimited=True) as connection:
            _alone(connection)
            go_up(connection, revision)
        return Upgrade(before, self.current(), backup)

    def downgrade(self, revision: str) -> Upgrade:
        """Go back to an older revision (`base` for an empty schema), after a backup."""
        from tickwright.adapters.storage.database.schema_steps import go_down

        before = self.current()
        backup = self.backup() if before is not None else None
        with self._connected(unlimited=True) as connection:
            _alone(connection)
            go_down(connection, revision)
        return Upgrade(before, self.current(), backup)

    def check(self) -> list[str]:
        """Every difference between the tables that are there and the tables the program means; empty when none."""
        from tickwright.adapters.storage.database.schema_steps import differences

        return self.read(differences)

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

    def _demand_known(self, current: str | None) -> None:
        from tickwright.adapters.storage.database.schema_steps import known_revisions

        known = known_revisions()
        if current is not None and current not in known:
            raise DataError(
                f"the schema has the revision {current}",
                where=self.place,
                expected=f"one this program knows, at most {known[-1]}",
                hint="Use the program version that made it, or a newer one; nothing was changed.",
            )

    def _done(self, work: Callable[[Connection], Outcome], *, reading: bool) -> Outcome:
        with self._connected(reading=reading) as connection:
            return work(connection)

    def _repeated(self, work: Callable[[], Outcome]) -> Outcome:
        """The outcome of work that may be done again, after the pauses where a failure passes by itself.

        A server that has never answered is not waited for: its address is wrong, or it is not running.
        """
        for pause_s in PAUSES_S:
            try:
                return work()
            except DataError as failure:
                if not _passes(failure.__cause__) or not self._watch.metrics().opened:
                    raise
            self._watch.repeated()
            self._sleep(pause_s)
        return work()

    @contextmanager
    def _connected(self, *, reading: bool = False, unlimited: bool = False) -> Iterator[Connection]:
        try:
            with self._lent() as lent:
                connection = lent.execution_options(**{READING: reading, UNLIMITED: unlimited})
                with connection.begin():
                    if unlimited and connection.dialect.name == "postgresql":
                        connection.execute(text("set local statement_timeout = 0"))
                    yield connection
        except DBAPIError as failure:
            reason = str(failure.orig).strip().splitlines()[0] if failure.orig else type(failure).__name__
            kind = StoreUnreachable if _is_gone(failure) else StoreBusy if _is_locked(failure) else DataError
            raise kind(f"the database refused ({reason})", where=self.place, expected="a working database") from failure
        except PoolExhausted as failure:
            raise self._exhausted() from failure
        except SQLAlchemyError as failure:
            expected = "a schema this program made"
            raise DataError(f"the step failed ({failure})", where=self.place, expected=expected) from failure

    def _exhausted(self) -> StoreUnreachable:
        hint = "Raise database.pool_size, or look for work that holds connections; nothing was changed."
        message = "every connection of the pool is in use"
        return StoreUnreachable(message, where=self.place, expected="a free one", hint=hint)

    @contextmanager
    def _lent(self) -> Iterator[Connection]:
        """A connection of the pool, the wait for it counted."""
        started = time.monotonic()
        try:
            connection = self.engine.connect()
        except PoolExhausted:
            self._watch.waited(time.monotonic() - started, exhausted=True)
            raise
        self._watch.waited(time.monotonic() - started)
        with connection:
            yield connection


def _is_gone(failure: DBAPIError) -> bool:
    """Whether the server cannot be reached, or was lost."""
    state = str(getattr(failure.orig, "sqlstate", None) or "")
    return failure.connection_invalidated or state[:2] == "08" or state[:3] == "57P" or "connect" in str(failure.orig)


def _passes(failure: BaseException | None) -> bool:
    """Whether the same work may succeed when it is done again: a lost connection, a lost race for a lock."""
    if not isinstance(failure, DBAPIError):
        return False
    return _is_gone(failure) or _is_locked(failure)


def _is_locked(failure: DBAPIError) -> bool:
    """Whether somebody else's lock was in the way for longer than a statement waits."""
    state = str(getattr(failure.orig, "sqlstate", None) or "")
    return state in _RACES or any(word in str(failure.orig) for word in _LOCKED)


def _revision(connection: Connection) -> str | None:
    """The revision that Alembic wrote down in the database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("select version_num from alembic_version")).scalar_one_or_none()
    return found


def _alone(connection: Connection) -> None:
    """Let no second process migrate at the same time; SQLite's transaction already does."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
