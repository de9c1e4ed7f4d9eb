"""A connection pool for SQLite or PostgreSQL that behaves alike on both.

Invariants: a transaction is a transaction, also for statements that change the schema (SQLite is told to begin one
itself); SQLite writes ahead (WAL), keeps foreign keys, and waits a bounded time for a lock; every statement has a time
limit on either server; pools are bounded, waiting for them too, and a connection is tested before it is lent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from tickwright.adapters.storage.database.pool_options import DEFAULT_OPTIONS, PoolOptions
from tickwright.adapters.storage.server_line import line_limits
from tickwright.domain.errors import SettingsError

READING = "tickwright_reading"
"""The execution option of a connection that only reads: SQLite then takes no lock that keeps others from writing."""


def database_url(address: str | Path) -> URL:
    """The address of a database: a URL, or the path of a SQLite file; raises `SettingsError` for anything else."""
    try:
        url = make_url(str(address)) if "://" in str(address) else URL.create("sqlite", database=str(address))
    except ArgumentError:
        expected = "a file, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        raise SettingsError(
            "the address of the database cannot be understood", where="database", expected=expected
        ) from None
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        expected = "SQLite or PostgreSQL"
        raise SettingsError(f"{url.get_backend_name()!r} is no kind of database", where="database", expected=expected)
    return url


def open_engine(url: URL, options: PoolOptions = DEFAULT_OPTIONS) -> Engine:
    """A pool of connections to a database."""
    bounds: dict[str, Any] = {
        "pool_size": options.size,
        "max_overflow": options.overflow,
        "pool_timeout": options.pool_wait_s,
    }
    if url.get_backend_name() == "postgresql":
        limits = f"-c statement_timeout={_milliseconds(options.statement_s)}"
        limits += f" -c lock_timeout={_milliseconds(options.lock_wait_s)}"
        return create_engine(
            url,
            **bounds,
            pool_pre_ping=True,
            connect_args={"options": limits, "application_name": "tickwright", **line_limits(options.connect_s)},
        )
    in_memory = url.database in (None, "", ":memory:")
    engine = create_engine(url, connect_args={"timeout": options.lock_wait_s}, **({} if in_memory else bounds))

    def prepare(connection: Any, record: ConnectionPoolEntry) -> None:
        _prepare_sqlite(connection, options.lock_wait_s)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin_sqlite)
    return engine


def begin_sqlite(connection: Connection) -> None:
    """Begin a transaction: one that will write takes its turn at once, so that it cannot fail in its middle."""
    reads = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("begin" if reads else "begin immediate")


def _prepare_sqlite(connection: Any, lock_wait_s: float) -> None:
    # the driver begins no transaction by itself: `begin_sqlite` does, for all statements
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {_milliseconds(lock_wait_s)}",
        "journal_mode = wal",
        "synchronous = full",
        "foreign_keys = on",
    ):
        connection.execute(f"pragma {pragma}")


def _milliseconds(seconds: float) -> int:
    """At least one: zero would mean no limit at all."""
    return max(1, round(seconds * 1000))
