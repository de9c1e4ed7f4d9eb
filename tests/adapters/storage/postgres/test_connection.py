"""The platform's sentences for a server's errors, and what is done about a dead connection."""

from __future__ import annotations

import socket

import psycopg
import pytest

from tickwright.adapters.storage.postgres.connection import Connection
from tickwright.domain.errors import DataError, SettingsError, StoreUnreachable, StoreWriteFailed


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(StoreUnreachable) as failure:
        Connection(f"postgresql://trader:hunter2@127.0.0.1:{port}/market").run(lambda cursor: None)
    assert f"postgresql://127.0.0.1:{port}/market: the database cannot be reached" in str(failure.value)
    assert "hunter2" not in str(failure.value)


def test_an_address_that_is_none_is_a_settings_error() -> None:
    with pytest.raises(SettingsError, match="cannot be understood") as failure:
        Connection("postgresql://user:hunter2@[broken")
    assert "hunter2" not in str(failure.value)


def test_a_dead_connection_is_replaced_and_the_work_done_once(database) -> None:
    connection = Connection(database("market"))
    first = connection.run(_backend)
    with psycopg.connect(database("market"), autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s)", (first,))
    assert connection.run(_backend) != first
    connection.close()
    connection.close()
    assert connection.run(_backend)


@pytest.mark.parametrize(
    ("statement", "kind", "sentence"),
    [
        ("select * from nothing", DataError, r"the server refused \(relation"),
        ("set transaction read only; create table t ()", StoreWriteFailed, "the server does not take it"),
        ("select pg_sleep(5)", DataError, "the server took too long"),
    ],
)
def test_each_failure_has_its_sentence(database, statement: str, kind: type[DataError], sentence: str) -> None:
    connection = Connection(database("market"), statement_timeout_s=1)
    with pytest.raises(kind, match=sentence):
        connection.run(lambda cursor: cursor.execute(statement.encode()))


def _backend(cursor: psycopg.Cursor) -> int:
    return int((cursor.execute("select pg_backend_pid()").fetchone() or (0,))[0])
