"""ST-06, ST-08 and ST-09: the project's database is locked, away, or busy to its last connection.

MUST: what was computed is not lost; waiting is bounded; what could not be told is entered once, however often it is
tried. Each scenario passes on the product and fails on a deliberately broken variant. That the order journal does not
share the lock, and that orders have a connection of their own, is for the node to show.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import sqlalchemy as sa

from tests.adapters.storage.test_run_folder import NOON_NS, a_run
from tests.adapters.storage.test_run_store import MANIFEST, TRADES, counts
from tickwright.adapters.storage.database import database as database_module
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.pool_options import PoolOptions
from tickwright.adapters.storage.run_store import RunStore
from tickwright.adapters.storage.search_record import SearchRecord, TrialRange, TriedSet
from tickwright.adapters.storage.spool import Spool
from tickwright.bootstrap.kept_runs import list_runs
from tickwright.bootstrap.project import Project
from tickwright.domain.errors import StoreUnreachable, TickwrightError

LOOKED_AT = TrialRange(("binance:BTC/USDT",), "1h", 0, 100)


class Gate:
    """A way to a server on this machine that can be shut: connections end, and new ones find nobody."""

    def __init__(self, address: str, folder: Path) -> None:
        parts = urlsplit(address)
        self._address = address
        self._socket = Path(parse_qs(parts.query)["host"][0]) / ".s.PGSQL.5432"
        self._door = folder / self._socket.name
        self.address = f"postgresql://{parts.netloc}{parts.path}?host={folder}"
        self.open()

    def open(self) -> None:
        """Let clients through."""
        self._door.symlink_to(self._socket)

    def shut(self) -> None:
        """Let nobody through any more."""
        self._door.unlink()
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )


@pytest.fixture
def gate(database: Callable[[str], str]) -> Iterator[Gate]:
    with tempfile.TemporaryDirectory(prefix="tw-gate-", dir="/tmp") as folder:  # a socket's path is short
        os.chmod(folder, 0o755)
        yield Gate(database("away"), Path(folder))


def project(home: Path, address: str | None, **options: float) -> Project:
    return Project(home, database_choice=_choice(address, **options))


def _choice(address: str | None, **options: float):
    from tickwright.bootstrap.project import DatabaseChoice

    return DatabaseChoice(address, PoolOptions(**options))


def search(number: int) -> SearchRecord:
    return SearchRecord(NOON_NS + number, "SmaCross", LOOKED_AT, {}, [TriedSet({"fast": number}, {"sharpe": 1.0})])


def finish_something(made: Project, number: int) -> int | None:
    """What the end of a backtest does: its search is counted, its run kept."""
    counted, remarks = made.count_trials(search(number))
    assert (counted is None) == bool(remarks)
    folder, manifest = made.save_run("trend", NOON_NS + number, f"{number}", a_run(), TRADES, MANIFEST)
    assert (folder / "manifest.json").is_file()
    assert folder.name == manifest["run_id"]
    return counted


def what_came_of_it(made: Project) -> tuple[list[str], int, list[int]]:
    trials = made.trials.best("sharpe", 99)
    statuses = [row["status"] for row in list_runs(made)]
    return statuses, trials.different, [one.times for one in trials.trials]


# ── ST-08: the server is away ────────────────────────────────────────────────────────────────────────────────────────


def nothing_is_lost_while_the_server_is_away(home: Path, gate: Gate) -> None:
    made = project(home, gate.address)
    assert finish_something(made, 0) == 1
    gate.shut()
    for number in (1, 2, 3):
        began = time.monotonic()
        assert finish_something(project(home, gate.address), number) is None
        assert time.monotonic() - began < 5
    assert finish_something(made, 4) is None  # who had a connection when it went
    with pytest.raises(StoreUnreachable):
        list_runs(project(home, gate.address))
    assert made.spool.waiting() == 4
    gate.open()
    for _ in range(2):  # the second time there is nothing to enter
        again = project(home, gate.address)
        assert what_came_of_it(again) == (["finished"] * 5, 5, [1] * 5)
        assert counts(again.database) == (5, 5, 10, 10)
        assert again.spool.waiting() == 0


def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "PAUSES_S", (0.01, 0.01))


def test_nothing_is_lost_while_the_server_is_away(tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    nothing_is_lost_while_the_server_is_away(tmp_path, gate)


def forgets(self: Spool, record: object) -> int:
    for path in self._files():
        path.unlink()
    return 0


def keeps(self: Spool, record: Callable[[SearchRecord], object]) -> int:
    from tickwright.adapters.storage.spool import _read

    for path in self._files():
        record(_read(path.read_bytes()))
    return 0


def gives_up(self: RunStore, *run: object) -> object:
    raise StoreUnreachable("gone")


@pytest.mark.parametrize(
    ("place", "name", "mutant"),
    [
        (Spool, "drain", forgets),
        (Spool, "drain", keeps),
        (RunStore, "_adopt", lambda *_: ((), ())),
        (Project, "save_run", gives_up),
    ],
    ids=["forgets", "keeps", "adopts nothing", "gives up"],
)
def test_a_program_that_forgets_or_doubles_is_seen(
    tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch, place: type, name: str, mutant: object
) -> None:
    quick(monkeypatch)
    monkeypatch.setattr(place, name, mutant)
    with pytest.raises((AssertionError, TickwrightError)):
        nothing_is_lost_while_the_server_is_away(tmp_path, gate)


# ── ST-06: another process holds the lock ────────────────────────────────────────────────────────────────────────────


def nothing_is_lost_while_the_file_is_locked(home: Path, *, held_s: float, patience_s: float) -> None:
    """Held for a while that the program waits out, or for longer than its patience."""
    made = project(home, None, lock_wait_s=0.05)
    assert finish_something(made, 0) == 1
    holder = sqlite3.connect(home / "runs" / "tickwright.sqlite", isolation_level=None, check_same_thread=False)
    holder.execute("begin exclusive")
    release = threading.Timer(held_s, holder.rollback)
    release.start()
    began = time.monotonic()
    finish_something(made, 1)
    assert time.monotonic() - began < patience_s
    release.join()
    holder.close()
    assert what_came_of_it(project(home, None)) == (["finished"] * 2, 2, [1, 1])


@pytest.mark.parametrize("held_s", [0.3, 2.0])
def test_nothing_is_lost_while_another_process_holds_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held_s: float
) -> None:
    monkeypatch.setattr(database_module, "PAUSES_S", (0.05, 0.1, 0.2, 0.2))
    nothing_is_lost_while_the_file_is_locked(tmp_path, held_s=held_s, patience_s=5.0)


def test_a_program_that_gives_up_at_a_lock_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "PAUSES_S", ())
    monkeypatch.setattr(database_module, "_is_locked", lambda failure: False)
    with pytest.raises(TickwrightError, match="locked"):
        nothing_is_lost_while_the_file_is_locked(tmp_path, held_s=0.5, patience_s=5.0)


# ── ST-09: every connection is held by a query that does not end ─────────────────────────────────────────────────────


def what_was_done_is_written_while_readers_hold_all_they_may(address: str) -> None:
    database = Database(address, options=PoolOptions(size=2, overflow=1, pool_wait_s=0.2, statement_s=1.0))
    database.write(lambda connection: connection.execute(sa.text("create table done (key integer)")))
    ended: list[str] = []

    def endless() -> None:
        try:
            database.read(lambda connection: connection.execute(sa.text("select pg_sleep(60)")))
        except TickwrightError as failure:
            ended.append(failure.message)

    readers = [threading.Thread(target=endless) for _ in range(6)]
    for reader in readers:
        reader.start()
    while database.metrics().in_use < 2:
        time.sleep(0.005)
    began = time.monotonic()
    database.write(lambda connection: connection.execute(sa.text("insert into done values (1)")))
    assert time.monotonic() - began < 0.5, "a writer waited for readers"
    for reader in readers:
        reader.join(10)
    database.close()
    shed = [message for message in ended if "every connection of the pool is in use" in message]
    stopped = [message for message in ended if "statement timeout" in message]
    assert (len(shed), len(stopped)) == (4, 2)


def test_readers_that_do_not_end_are_stopped_shed_and_never_in_a_writers_way(database: Callable[[str], str]) -> None:
    what_was_done_is_written_while_readers_hold_all_they_may(database("busy"))


class _NoBound:
    def acquire(self, timeout: float) -> bool:
        return True

    def release(self) -> None:
        pass


def test_a_pool_without_a_reserved_connection_is_seen(
    database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module.threading, "BoundedSemaphore", lambda most: _NoBound())
    with pytest.raises((AssertionError, StoreUnreachable)):
        what_was_done_is_written_while_readers_hold_all_they_may(database("busy"))
