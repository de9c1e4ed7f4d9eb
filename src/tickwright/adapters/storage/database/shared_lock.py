"""A lock that all machines with one database see: on a server its advisory lock, on a file none.

Invariants: the lock is held by a connection of its own and ends with it, however the process ends; who comes second is
told at once, and by whom it is held. Known limit: a lock whose connection is lost is free again, although the work may
still go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.engine import open_engine
from tickwright.adapters.storage.database.pool_options import PoolOptions
from tickwright.domain.errors import StoreBusy, StoreUnreachable
from tickwright.domain.timestamp import iso

_SEED = 7_418
_TAKE = text("select pg_try_advisory_lock(hashtextextended(:name, :seed))")
_HOLDER = text(
    "select coalesce(host(activity.client_addr), 'this machine'), "
    "(extract(epoch from activity.backend_start) * 1000000000)::bigint "
    "from pg_locks lock join pg_stat_activity activity using (pid) "
    "where lock.locktype = 'advisory' and lock.granted "
    "and (lock.classid::bigint << 32 | lock.objid::bigint) = hashtextextended(:name, :seed) limit 1"
)


@contextmanager
def held_everywhere(database: Database, name: str, what: str) -> Iterator[None]:
    """Hold the lock of a name for the length of a block; raises `StoreBusy`, saying `what` is being done elsewhere."""
    if database.url.get_backend_name() != "postgresql":
        yield
        return
    engine = open_engine(database.url, PoolOptions(size=1, overflow=0))
    try:
        connection, holder = _asked(database, engine, {"name": name, "seed": _SEED})
        with connection:
            if holder:
                hint = "Wait until it is done, or end the program that holds it."
                raise StoreBusy(f"{what} by {holder}", where=database.place, expected="one at a time", hint=hint)
            yield
    finally:
        engine.dispose()


def _asked(database: Database, engine: Engine, values: dict[str, object]) -> tuple[Connection, str]:
    """A connection that holds the lock, or that has been told who does."""
    try:
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        taken = connection.execute(_TAKE, values).scalar_one()
        return connection, "" if taken else _holder(connection, values)
    except SQLAlchemyError as failure:
        message = f"the database cannot be reached ({type(failure).__name__})"
        raise StoreUnreachable(message, where=database.place, expected="a running server") from failure


def _holder(connection: Connection, values: dict[str, object]) -> str:
    found = connection.execute(_HOLDER, values).first()
    if found is None:
        return "a program that has just ended"
    return f"a program on {found[0]} that has been connected since {iso(found[1] // 10**9 * 10**9)}"
