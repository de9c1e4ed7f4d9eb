"""What TimescaleDB is asked to do: on a plain server as far as that goes, and for real where the extension is.

The plain server gets stand-ins of the extension's functions (`time_bucket`, `first`, `last` do what theirs do), so the
statements are parsed and the queries inside them run. The tests marked with `needs_extension` take the address of a
scratch database in `TICKWRIGHT_TEST_TIMESCALE_URL`.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import psycopg
import pytest
from psycopg import errors

from tickwright.adapters.storage.postgres.postgres_store import PostgresStore
from tickwright.adapters.storage.postgres.timescale import (
    _HYPERTABLE,
    arrange,
    failed_jobs,
    gap_filled,
    refresh,
    rollup,
    rollup_name,
    statements,
)
from tickwright.domain.resample import resampled
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY

EXTENSION = os.environ.get("TICKWRIGHT_TEST_TIMESCALE_URL", "")
needs_extension = pytest.mark.skipif(
    not EXTENSION, reason="no server with TimescaleDB: TICKWRIGHT_TEST_TIMESCALE_URL is not set"
)

FOUR_HOURS = Timeframe.parse("4h")
STAND_INS = """
create function time_bucket(bigint, bigint) returns bigint language sql immutable
    as 'select $2 - mod($2, $1)';
create function keep_first(bigint[], bigint, bigint) returns bigint[] language sql immutable
    as 'select case when $1 is null or $3 < $1[2] then array[$2, $3] else $1 end';
create function keep_last(bigint[], bigint, bigint) returns bigint[] language sql immutable
    as 'select case when $1 is null or $3 >= $1[2] then array[$2, $3] else $1 end';
create function value_of(bigint[]) returns bigint language sql immutable as 'select $1[1]';
create aggregate first(bigint, bigint) (sfunc = keep_first, stype = bigint[], finalfunc = value_of);
create aggregate last(bigint, bigint) (sfunc = keep_last, stype = bigint[], finalfunc = value_of);
create function time_bucket_gapfill(bigint, bigint, bigint, bigint) returns bigint language sql immutable
    as 'select $2 - mod($2, $1)';
create function locf(bigint) returns bigint language sql immutable as 'select $1';
create function by_range(name, bigint) returns text language sql as 'select $1::text';
create function create_hypertable(regclass, text, if_not_exists boolean) returns void language sql as '';
create function set_integer_now_func(regclass, regproc, replace_if_exists boolean) returns void language sql as '';
create function add_compression_policy(regclass, bigint, if_not_exists boolean) returns int language sql as 'select 1';
create function add_retention_policy(regclass, bigint, if_not_exists boolean) returns int language sql as 'select 2';
create procedure refresh_continuous_aggregate(regclass, bigint, bigint) language sql as '';
create schema timescaledb_information;
create table timescaledb_information.job_stats (
    hypertable_schema name, job_id int, last_run_status text, total_failures bigint, total_successes bigint);
"""


@pytest.fixture
def plain(database: Callable[[str], str]) -> str:
    return database("plain")


def with_stand_ins(url: str) -> psycopg.Connection:
    connection = psycopg.connect(url, autocommit=True)
    connection.execute(STAND_INS.encode())
    return connection


def demand_equal_to_a_resample(connection: psycopg.Connection, query: str, bars, timeframe: Timeframe) -> None:
    expected, counts = resampled(bars, timeframe)
    found = connection.execute(f"select * from ({query}) as buckets order by bucket_ns".encode()).fetchall()
    whole = {int(time): row for time, row in zip(expected.open_time_ns, range(len(expected)), strict=True)}
    assert sum(row[7] for row in found) == len(bars)
    seen = 0
    for _, time, first, high, low, last, volume, _ in found:
        if (row := whole.get(time)) is not None:
            seen += 1
            columns = [getattr(expected, name) for name in ("open", "high", "low", "close", "volume")]
            assert [int(column[row]) for column in columns] == [first, high, low, last, volume]
    assert seen == len(expected) == len(counts) > 10


def test_the_query_of_a_rollup_is_a_resample(make_bars, plain: str) -> None:
    bars = make_bars(0, 120, without=(40, 41))
    PostgresStore(plain).write(bars)
    with with_stand_ins(plain) as connection:
        demand_equal_to_a_resample(connection, rollup(FOUR_HOURS), bars, FOUR_HOURS)


def test_every_statement_is_understood_up_to_what_only_the_extension_knows(make_bars, plain: str) -> None:
    PostgresStore(plain).write(make_bars(0, 5))
    with with_stand_ins(plain) as connection:
        pieces = [piece for piece in _HYPERTABLE.format(chunk=DAY).split(";\n") if piece.strip()]
        everything = [*pieces, *statements(730 * DAY, [FOUR_HOURS], 3650 * DAY)]
        assert len(everything) == 8
        for statement in everything:
            if "timescaledb." in statement:
                with pytest.raises(
                    errors.InvalidParameterValue, match='unrecognized parameter namespace "timescaledb"'
                ):
                    connection.execute(statement.encode())
                continue
            if "refresh_continuous_aggregate" in statement:
                connection.execute(f"create or replace view {rollup_name(FOUR_HOURS)} as {rollup(FOUR_HOURS)}".encode())
            connection.execute(statement.encode())
        refresh(connection, [FOUR_HOURS], 0, DAY)


def test_a_query_with_gaps_filled_is_understood(make_bars, plain: str) -> None:
    bars = make_bars(0, 10)
    PostgresStore(plain).write(bars)
    first, last = int(bars.open_time_ns[0]), int(bars.open_time_ns[-1])
    with with_stand_ins(plain) as connection:
        rows = connection.execute(gap_filled(1, Timeframe.parse("1h"), first, last + 1).encode()).fetchall()
    assert [row[0] for row in rows] == bars.open_time_ns.tolist()


def test_failing_jobs_are_named(plain: str) -> None:
    with with_stand_ins(plain) as connection, connection.cursor() as cursor:
        cursor.execute("insert into timescaledb_information.job_stats values ('market', 7, 'Failed', 3, 9)")
        cursor.execute("insert into timescaledb_information.job_stats values ('market', 8, 'Success', 0, 9)")
        assert failed_jobs(cursor) == ["the scheduled job 7 of TimescaleDB fails (last run: Failed, 3 failures)"]


@needs_extension
def test_with_the_extension_everything_is_arranged_and_rollups_equal_a_resample(make_bars) -> None:
    bars = make_bars(0, 120, without=(40, 41))
    with psycopg.connect(EXTENSION, autocommit=True) as connection:
        connection.execute("drop schema if exists market cascade")
        store = PostgresStore(EXTENSION)
        store.write(bars)
        arrange(connection, compress_after_ns=730 * DAY, rollups=[FOUR_HOURS], keep_ns=None)
        view = f"select * from {rollup_name(FOUR_HOURS)}"
        demand_equal_to_a_resample(connection, view, bars, FOUR_HOURS)
        store.write(make_bars(20, 60, shift=9, without=(40, 41)))
        refresh(connection, [FOUR_HOURS], int(bars.open_time_ns[0]), int(bars.open_time_ns[-1]))
        demand_equal_to_a_resample(connection, view, store.read(bars.key), FOUR_HOURS)
        connection.execute("select compress_chunk(chunk) from show_chunks('market.candles') as chunk")
        store.write(make_bars(30, 35, shift=50))
        assert not list(store.verify(deep=True))
        hour = Timeframe.parse("1h")
        filled = connection.execute(gap_filled(1, hour, int(bars.open_time_ns[0]), int(bars.open_time_ns[-1])).encode())
        assert len(filled.fetchall()) == 119
        with connection.cursor() as cursor:
            assert failed_jobs(cursor) == []


@needs_extension
def test_with_the_extension_the_store_keeps_every_promise() -> None:
    from tickwright.checks.store import QUESTIONS

    for name, question in QUESTIONS.items():
        with psycopg.connect(EXTENSION, autocommit=True) as connection:
            connection.execute("drop schema if exists market cascade")
        question(lambda _: PostgresStore(EXTENSION), name)
