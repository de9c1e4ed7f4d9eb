"""A connection pool for SQLite or PostgreSQL that behaves alike on both.

Invariants: a transaction is a transaction, also for statements that change the schema (SQLite is told to begin one
itself); SQLite writes ahead (WAL), keeps foreign keys, and waits a bounded time for a lock; PostgreSQL has a
statement timeout; pools are bounded and test a connection before they lend it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from tickwright.domain.errors import SettingsError

LOCK_WAIT_S = 30
STATEMENT_TIMEOUT_S = 60
POOL_SIZE = 5
POOL_OVERFLOW = 5


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


def open_engine(url: URL) -> Engine:
    """A pool of connections to a database."""
    if url.get_backend_name() == "postgresql":
        options = f"-c statement_timeout={STATEMENT_TIMEOUT_S}s"
        return create_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_pre_ping=True,
            connect_args={"options": options, "connect_timeout": 10, "application_name": "tickwright"},
        )
    engine = create_engine(url, connect_args={"timeout": LOCK_WAIT_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = (
        None  # the driver begins no transaction by itself: `_begin_sqlite` does, for all statements
    )
    for pragma in (
        "journal_mode = wal",
        "synchronous = full",
        "foreign_keys = on",
        f"busy_timeout = {LOCK_WAIT_S * 1000}",
    ):
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("begin immediate")
