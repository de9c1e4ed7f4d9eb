"""The database beyond the common exam: two writers, tampering, rollback, partitions, a real history."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.adapters.storage.opening import open_store
from tickwright.adapters.storage.postgres import postgres_store, series_rows
from tickwright.adapters.storage.postgres.postgres_store import PostgresStore
from tickwright.adapters.storage.postgres.schema import ensure_schema
from tickwright.checks.example_events import example_events
from tickwright.domain.bars import SeriesKind
from tickwright.domain.errors import DataError, StoreBusy, StoreUnreachable
from tickwright.domain.row_layout import EVENT_KINDS


@pytest.fixture
def url(database) -> str:
    return database("market")


def test_an_address_of_a_database_opens_one(url: str) -> None:
    assert isinstance(open_store(url), PostgresStore)


def test_a_real_history_is_held_like_the_lake_holds_it(url: str, tmp_path) -> None:
    bars = bundled_candles("BTC/USDT")
    stores = (PostgresStore(url), ParquetLake(tmp_path))
    for store in stores:
        store.write(bars, fetched=(int(bars.open_time_ns[0]), int(bars.open_time_ns[-1]) + 1))
        store.write(bars.between(int(bars.open_time_ns[100]), int(bars.open_time_ns[300])))
    database, lake = stores
    assert database.read(bars.key).content_hash() == bars.content_hash()
    assert database.coverage(bars.key) == lake.coverage(bars.key)
    assert len(database.coverage(bars.key).gaps) == 27
    assert not list(database.verify(deep=True))


def test_a_second_writer_is_told_and_readers_go_on(make_bars, url: str) -> None:
    store, key = PostgresStore(url), make_bars().key
    store.write(make_bars(0, 10))
    with psycopg.connect(url) as other:
        other.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7416))", (str(key),))
        with pytest.raises(StoreBusy, match=rf"{key} is being written by server process {other.info.backend_pid}"):
            store.write(make_bars(10, 20))
        assert len(store.read(key)) == 10
    assert store.write(make_bars(10, 20)).inserted == 10


def test_tables_whose_making_was_cut_off_are_made_by_the_next_write(make_bars, url: str, monkeypatch) -> None:
    cut = 0

    def cut_off(cursor: psycopg.Cursor) -> None:
        nonlocal cut
        if cut < 2:  # the attempt and its one repetition
            cut += 1
            with psycopg.connect(url, autocommit=True) as other:
                other.execute("select pg_terminate_backend(%s)", (cursor.connection.info.backend_pid,))
        ensure_schema(cursor)

    monkeypatch.setattr(postgres_store, "ensure_schema", cut_off)
    store = PostgresStore(url)
    with pytest.raises(StoreUnreachable):
        store.write(make_bars(0, 48))
    assert store.write(make_bars(0, 48)).inserted == 48


def test_a_write_that_fails_half_way_leaves_the_store_as_it_was(make_bars, url: str, monkeypatch) -> None:
    store, key = PostgresStore(url), make_bars().key
    store.write(make_bars(0, 50))

    def fail(*_: object) -> None:
        raise DataError("the power went", where="test")

    monkeypatch.setattr("tickwright.adapters.storage.postgres.postgres_store.remember", fail)
    with pytest.raises(DataError, match="the power went"):
        store.write(make_bars(40, 90, shift=1))
    assert store.read(key).content_hash() == make_bars(0, 50).content_hash()
    assert not list(store.verify(deep=True))


@pytest.mark.parametrize(
    ("tampering", "sentence"),
    [
        ("update market.candles set close = close + 1 where", "the values are not those that were written"),
        ("delete from market.candles where", "there are 49 rows where 50 were written"),
    ],
)
def test_what_was_changed_behind_our_back_is_found(make_bars, url: str, tampering: str, sentence: str) -> None:
    store = PostgresStore(url)
    store.write(make_bars(0, 50))
    with psycopg.connect(url) as other:
        first = "open_time_ns = (select min(open_time_ns) from market.candles)"
        other.execute(f"{tampering} {first}".encode())
    assert [finding.reason for finding in store.verify()] == [sentence]


def test_rows_lie_in_partitions_by_year(make_bars, url: str) -> None:
    PostgresStore(url).write(make_bars(0, 60))
    with psycopg.connect(url) as other:
        rows = dict(
            other.execute("select tableoid::regclass::text, count(*) from market.candles group by 1").fetchall()
        )
    assert rows == {"market.candles_2023": 48, "market.candles_2024": 12}


def test_the_checksum_is_that_of_all_rows_after_every_kind_of_write(make_bars, url: str) -> None:
    """The linear form, computed by the server over its own rows."""
    store = PostgresStore(url)
    store.write(make_bars(0, 50))
    store.write(make_bars(40, 60, shift=5))
    store.write(make_bars(20, 30).rescaled(4, 5))
    store.drop(make_bars().key, int(make_bars(10, 11).open_time_ns[0]))
    form = "open_time_ns::numeric + 3 * open::numeric + 5 * high + 7 * low + 11 * close + 13 * volume"
    with psycopg.connect(url) as other:
        (held,) = other.execute(f"select sum({form}) from market.candles").fetchone() or (0,)
        (kept,) = other.execute("select checksum from market.series").fetchone() or (1,)
    assert held == kept
    assert not list(store.verify(deep=True))


def test_a_range_touches_the_partitions_of_its_years_alone(make_bars, url: str) -> None:
    PostgresStore(url).write(make_bars(0, 60))
    first, last = (int(make_bars(row, row + 1).open_time_ns[0]) for row in (50, 59))
    with psycopg.connect(url) as other:
        plan = other.execute(
            "explain select open_time_ns from market.candles where series_id = 1 and open_time_ns >= %s "
            "and open_time_ns < %s".replace("%s", "{}")
            .format(first, last)
            .encode()
        ).fetchall()
    touched = [line for (line,) in plan if "candles" in line]
    assert touched
    assert all("candles_2024" in line for line in touched)


def test_a_long_range_is_read_in_windows(make_bars, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    bars = make_bars(0, 100, without=(20, 21, 22, 23))
    store = PostgresStore(url, cache_directory=tmp_path)
    store.write(bars)
    monkeypatch.setattr(series_rows, "_WINDOW_ROWS", 7)
    assert (
        store.read(bars.key, end_ns=int(bars.open_time_ns[50])).content_hash()
        == bars.where(bars.open_time_ns < bars.open_time_ns[50]).content_hash()
    )
    assert store.read(bars.key).content_hash() == bars.content_hash()
    assert not list(store.verify(deep=True))


def test_a_series_read_again_comes_from_this_machine_until_it_changes(make_bars, url: str, tmp_path) -> None:
    store = PostgresStore(url, cache_directory=tmp_path)
    store.write(make_bars(0, 50))
    store.read(make_bars().key)
    assert len(list(tmp_path.glob("*.bars"))) == 1
    with psycopg.connect(url) as other:
        other.execute("delete from market.candles")
    assert len(store.read(make_bars().key)) == 50
    store.write(make_bars(50, 60))
    assert len(store.read(make_bars().key)) == 10  # what was deleted behind its back shows with the next state


def test_a_schema_of_a_newer_program_is_refused(make_bars, url: str) -> None:
    PostgresStore(url).write(make_bars(0, 5))
    with psycopg.connect(url) as other:
        other.execute("update market.version set version = 99")
    with pytest.raises(DataError, match="the market schema has version 99"):
        PostgresStore(url).write(make_bars(0, 5))


def test_a_schema_that_had_candles_alone_is_brought_up_to_date(make_bars, url: str) -> None:
    PostgresStore(url).write(make_bars(0, 5))
    with psycopg.connect(url) as other:
        for kind in EVENT_KINDS:
            other.execute(f"drop table market.{kind}, market.superseded_{kind}".encode())
        other.execute("update market.version set version = 1")
    store, rates = PostgresStore(url), example_events("funding", 0, 5)
    assert store.coverage(rates.key).rows == 0
    assert store.write(rates).inserted == 5
    assert store.read_events(rates.key).content_hash() == rates.content_hash()
    assert len(store.read(make_bars().key)) == 5


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_events_are_read_in_windows_too_and_tampering_is_found(url: str, kind, monkeypatch) -> None:
    store, events = PostgresStore(url), example_events(kind, 0, 50)
    store.write(events)
    monkeypatch.setattr(series_rows, "_WINDOW_ROWS", 7)
    assert store.read_events(events.key).content_hash() == events.content_hash()
    assert not list(store.verify(deep=True))
    with psycopg.connect(url) as other:
        first = f"ts_ns = (select min(ts_ns) from market.{kind})"
        other.execute(f"delete from market.{kind} where {first}".encode())
    assert [finding.place.split()[-1] for finding in store.verify()] == [f"market.{kind}"]


def test_programs_that_make_the_tables_at_once_wait_for_each_other(url: str) -> None:
    def write(kind: SeriesKind) -> int:
        return PostgresStore(url).write(example_events(kind, 0, 10)).inserted

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(write, EVENT_KINDS)) == 10 + 10 + 10 + 60
    assert len(PostgresStore(url).keys()) == 4
