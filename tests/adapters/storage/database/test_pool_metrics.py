"""Pools have bounds that hold, statements have time limits, and what is slow is told without a value."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.pool_options import PoolOptions
from tickwright.domain.errors import DataError, StoreUnreachable

Opened = Callable[..., Database]
ENDLESS = {
    "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n",
    "postgresql": "select pg_sleep(60)",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """A function that opens one database with given bounds, on either server."""
    made: list[Database] = []
    address = tmp_path / "one.sqlite" if request.param == "sqlite" else request.getfixturevalue("database")("pool")

    def open_with(sleep: Callable[[float], None] = lambda seconds: None, **options: float) -> Database:
        made.append(Database(address, options=PoolOptions(**options), sleep=sleep))
        return made[-1]

    yield open_with
    for database in made:
        database.close()


def ask(database: Database, statement: str, **values: object) -> object:
    return database.read(lambda connection: connection.execute(sa.text(statement), values).scalar())


def test_a_statement_that_takes_too_long_is_ended(opened: Opened) -> None:
    database = opened(statement_s=0.2)
    with pytest.raises(DataError, match=r"interrupted|statement timeout"):
        ask(database, ENDLESS[database.engine.dialect.name])
    assert ask(database, "select 1") == 1


def test_waiting_for_a_connection_is_bounded_and_counted(opened: Opened) -> None:
    database = opened(size=1, overflow=0, pool_wait_s=0.05)
    with database.engine.connect(), pytest.raises(StoreUnreachable, match="every connection of the pool is in use"):
        ask(database, "select 1")
    found = database.metrics()
    assert (found.exhausted, found.in_use, found.size, found.repeats) == (1, 0, 1, 0)
    assert found.waited_s >= 0.05


def test_the_metrics_say_what_the_connections_do(opened: Opened) -> None:
    database = opened(size=3)
    with database.engine.connect(), database.engine.connect():
        assert (database.metrics().in_use, database.metrics().idle) == (2, 0)
    found = database.metrics()
    assert (found.in_use, found.idle, found.opened, found.lent, found.discarded) == (0, 2, 2, 2, 0)


def test_a_slow_statement_is_logged_without_its_values(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    database = opened(slow_s=0.0)
    with caplog.at_level(logging.WARNING, "tickwright.database"):
        ask(database, "select 'literal-canary' where 'x' <> :key", key="value-canary")
    assert "select '…' where '…' <> " in caplog.text
    assert "canary" not in caplog.text
    found = database.metrics()
    assert found.slow == found.statements > 0
    assert "canary" not in repr(found)


def test_a_fast_statement_is_not_logged(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    database = opened(slow_s=60.0)
    ask(database, "select 1")
    assert (caplog.text, database.metrics().slow, database.metrics().slowest) == ("", 0, ())


def test_a_connection_that_died_is_replaced_and_the_work_done_again(
    database: Callable[[str], str], postgres_server: object
) -> None:
    """ST-07 for the pool: the server ends the session between two units of work, and in the middle of one."""
    opened = Database(database("killed"), sleep=lambda seconds: None)
    opened.write(lambda connection: connection.execute(sa.text("create table counted (key integer primary key)")))
    other = Database(database("killed"))
    attempts = []

    def work(connection: sa.Connection) -> None:
        attempts.append(connection.execute(sa.text("select pg_backend_pid()")).scalar())
        connection.execute(sa.text("insert into counted values (1) on conflict do nothing"))
        if len(attempts) == 1:
            ask(other, "select pg_terminate_backend(:pid)", pid=attempts[0])
        connection.execute(sa.text("insert into counted values (2) on conflict do nothing"))

    opened.write(work)
    assert len(set(attempts)) == 2
    assert ask(opened, "select count(*) from counted") == 2
    assert (opened.metrics().repeats, opened.metrics().discarded) == (1, 1)
    opened.close()
    other.close()


def test_work_that_loses_a_race_for_the_lock_is_done_again(tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "one.sqlite", isolation_level=None)
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            holder.execute("commit")

    database = Database(tmp_path / "one.sqlite", options=PoolOptions(lock_wait_s=0.01), sleep=sleep)
    database.write(lambda connection: connection.execute(sa.text("create table counted (key integer)")))
    holder.execute("begin immediate")
    database.write(lambda connection: connection.execute(sa.text("insert into counted values (1)")))
    assert (len(pauses), database.metrics().repeats) == (2, 2)
    assert ask(database, "select count(*) from counted") == 1
    database.close()
    holder.close()


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    database = Database(tmp_path / "one.sqlite", options=PoolOptions(lock_wait_s=0.01), sleep=pytest.fail)
    database.write(lambda connection: connection.execute(sa.text("create table counted (key integer)")))
    with database.engine.begin() as writer:
        writer.execute(sa.text("insert into counted values (1)"))
        assert ask(database, "select count(*) from counted") == 0
    assert ask(database, "select count(*) from counted") == 1
    database.close()


def test_a_failure_that_does_not_pass_is_not_tried_again(opened: Opened) -> None:
    database = opened(sleep=pytest.fail)
    with pytest.raises(DataError):
        ask(database, "select * from nowhere")
    assert database.metrics().repeats == 0


def test_the_patience_has_an_end(tmp_path: Path) -> None:
    pauses: list[float] = []
    database = Database(tmp_path / "one.sqlite", options=PoolOptions(lock_wait_s=0.001), sleep=pauses.append)
    with database.engine.begin(), pytest.raises(DataError, match="database is locked"):
        database.write(lambda connection: None)
    assert len(pauses) == 6
    assert sum(pauses) < 20
    database.close()


def test_a_server_that_never_answered_is_not_waited_for() -> None:
    with pytest.raises(StoreUnreachable):
        Database("postgresql://nobody@127.0.0.1:1/state", sleep=pytest.fail).current()
