"""The tables of the market store, their partitions, and their version.

    market.series      one row per series: its scales, how many rows it has, a checksum of them, the last recording
    market.candles     the rows of candles, mark and index prices, one partition per year (or a hypertable)
    market.superseded  former versions of revised rows: until when they held, and why they were replaced
    market.trades, quotes, funding, book, each with its superseded_…: the same for events
    market.ranges      what was fetched and imported
    market.gaps        why bars are missing, where a reason was found
    market.quarantine  rows that were not believed
    market.instruments what is known of instruments, with dates, a document each

Invariants: every statement may run again; partitions are made in short transactions of their own, because making one
locks out readers; a schema newer than this program is refused.
"""

from __future__ import annotations

import numpy as np
import psycopg
from psycopg import sql

from tickwright.adapters.storage.postgres.capabilities import probe
from tickwright.adapters.storage.postgres.row_tables import CANDLES, EVENTS, RowTable
from tickwright.adapters.storage.postgres.timescale import make_hypertable
from tickwright.domain.bars import Int64Array
from tickwright.domain.errors import DataError
from tickwright.domain.timestamp import DAY, parse_instant

SCHEMA_VERSION = 3
"""1 had candles alone; 2 added the tables of events, 3 that of instruments."""

_LOCK = 7_416_001  # one process makes tables at a time

_TABLES = """
create schema if not exists market;
create table if not exists market.version (version integer not null);
create table if not exists market.series (
    id integer generated always as identity primary key,
    exchange text not null, base text not null, quote text not null, settle text not null,
    kind text not null, timeframe text not null,
    price_scale smallint not null default 0, volume_scale smallint not null default 0,
    rows bigint not null default 0, checksum numeric not null default 0,
    recorded_ns bigint not null default 0, committed boolean not null default false,
    unique (exchange, base, quote, settle, kind, timeframe)
);
create table if not exists market.ranges (
    series_id integer not null references market.series, source text not null,
    start_ns bigint not null, end_ns bigint not null,
    primary key (series_id, source, start_ns)
);
create table if not exists market.gaps (
    series_id integer not null references market.series, start_ns bigint not null, end_ns bigint not null,
    bars bigint not null, kind text not null, note text not null,
    primary key (series_id, start_ns)
);
create table if not exists market.quarantine (
    id bigint generated always as identity primary key, series text not null,
    place text not null, reason text not null, source text not null, recorded_ns bigint not null,
    unique (series, place, reason, source)
);
insert into market.version select 1 where not exists (select from market.version);
"""


_INSTRUMENTS = """
create table if not exists market.instruments (
    exchange text not null, symbol text not null, document text not null,
    primary key (exchange, symbol)
);
"""


def ensure_schema(cursor: psycopg.Cursor) -> None:
    """Make what is missing; raises `DataError` where the schema is newer than this program.

    It is the first thing its transaction does: whoever waits for its turn must see what was made meanwhile.
    """
    cursor.execute("set transaction isolation level read committed")
    cursor.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
    capabilities = probe(cursor)
    cursor.execute("select to_regclass('market.version')")
    (exists,) = cursor.fetchone() or (None,)
    if exists is None:
        cursor.execute(_TABLES.encode())
        cursor.execute(CANDLES.definition(partitioned=not capabilities.timescaledb).encode())
        if capabilities.timescaledb:
            make_hypertable(cursor)
    cursor.execute("select version from market.version")
    (version,) = cursor.fetchone() or (0,)
    if version > SCHEMA_VERSION:
        raise DataError(
            f"the market schema has version {version}",
            where="market.version",
            expected=f"at most {SCHEMA_VERSION}, the newest this program knows",
            hint="Use the program version that made it, or a newer one.",
        )
    if version < SCHEMA_VERSION:
        cursor.execute(_INSTRUMENTS.encode())
        for table in EVENTS.values():
            cursor.execute(table.definition(partitioned=True).encode())
        cursor.execute("update market.version set version = %s", (SCHEMA_VERSION,))


def years_of(times_ns: Int64Array) -> list[int]:
    """The calendar years that times fall into."""
    days = (np.asarray(times_ns) // DAY).astype("datetime64[D]")
    return sorted({int(year) + 1970 for year in np.unique(days.astype("datetime64[Y]").astype(np.int64))})


def ensure_partitions(cursor: psycopg.Cursor, table: RowTable, years: list[int]) -> None:
    """Make the partitions of these years; does nothing for years that have one."""
    name = table.name.removeprefix("market.")
    cursor.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
    for year in years:
        first, last = parse_instant(f"{year:04d}-01-01"), parse_instant(f"{year + 1:04d}-01-01")
        cursor.execute(
            sql.SQL("create table if not exists {} partition of {} for values from ({}) to ({})").format(
                sql.Identifier("market", f"{name}_{year}"),
                sql.Identifier("market", name),
                sql.Literal(first),
                sql.Literal(last),
            )
        )
