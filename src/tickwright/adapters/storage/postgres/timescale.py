"""What TimescaleDB does for the table of candles where it is installed: chunks, compression, rollups, retention, gaps.

Every statement is here, each as a function of a cursor. `make_hypertable` runs when the tables are made; the rest only
when asked for (`arrange`).

Invariants: a rollup is the first open, highest high, lowest low, last close and sum of volumes of the bars in a bucket,
and counts them, so a bucket that lacks bars shows; it is made of what is stored at this instant and refreshed over the
range of every write it is told of. Rows leave by age only where a retention is set, and then without an archive:
`ingest.retention` is the way that proves the archive first.
Known limit: not yet run against the extension. A server without it has shown that the statements parse and that the
queries inside give what a resample gives; the tests against the extension run where `TICKWRIGHT_TEST_TIMESCALE_URL`
names a server that has it.
Source: TimescaleDB's reference of `create_hypertable`, `add_compression_policy`, continuous aggregates and jobs.
"""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY

CHUNK_NS = 366 * DAY

_HYPERTABLE = """
select create_hypertable('market.candles', by_range('open_time_ns', {chunk}), if_not_exists => true);
create or replace function market.now_ns() returns bigint language sql stable
    as 'select (extract(epoch from now()) * 1000000000)::bigint';
select set_integer_now_func('market.candles', 'market.now_ns', replace_if_exists => true);
alter table market.candles set (timescaledb.compress, timescaledb.compress_segmentby = 'series_id',
                                timescaledb.compress_orderby = 'open_time_ns');
"""

_ROLLUP = """
select series_id, time_bucket({width}::bigint, open_time_ns) as bucket_ns, first(open, open_time_ns) as open,
       max(high) as high, min(low) as low, last(close, open_time_ns) as close, sum(volume)::bigint as volume,
       count(*) as bars
from market.candles group by series_id, bucket_ns
"""

_GAP_FILLED = """
select time_bucket_gapfill({length}::bigint, open_time_ns, {start}::bigint, {end}::bigint) as open_time_ns,
       min(close) as close, locf(min(close)) as carried
from market.candles where series_id = {series} and open_time_ns >= {start} and open_time_ns < {end}
group by 1 order by 1
"""

_FAILED_JOBS = """
select job_id, last_run_status, total_failures from timescaledb_information.job_stats
where hypertable_schema = 'market' and (last_run_status = 'Failed' or total_failures > total_successes)
"""


def make_hypertable(cursor: psycopg.Cursor) -> None:
    """Make the empty table of candles a hypertable of yearly chunks that may be compressed by series."""
    cursor.execute(_HYPERTABLE.format(chunk=CHUNK_NS).encode())


def arrange(
    connection: psycopg.Connection, *, compress_after_ns: int, rollups: Sequence[Timeframe], keep_ns: int | None = None
) -> None:
    """Compress chunks of an age, keep rollups of these lengths, and drop rows of an age where `keep_ns` is given.

    The connection commits each statement by itself, as continuous aggregates demand. May be repeated.
    """
    for statement in statements(compress_after_ns, rollups, keep_ns):
        connection.execute(statement.encode())


def statements(compress_after_ns: int, rollups: Sequence[Timeframe], keep_ns: int | None) -> list[str]:
    """The statements of `arrange`, in order."""
    found = [f"select add_compression_policy('market.candles', {compress_after_ns}::bigint, if_not_exists => true)"]
    for timeframe in rollups:
        name = rollup_name(timeframe)
        found += [
            f"create materialized view if not exists {name} "
            f"with (timescaledb.continuous, timescaledb.materialized_only = false) as {rollup(timeframe)} with no data",
            f"call refresh_continuous_aggregate('{name}', null, null)",
        ]
    if keep_ns is not None:
        found.append(f"select add_retention_policy('market.candles', {keep_ns}::bigint, if_not_exists => true)")
    return found


def refresh(connection: psycopg.Connection, rollups: Sequence[Timeframe], start_ns: int, end_ns: int) -> None:
    """Bring rollups up to date over a range that was written."""
    for timeframe in rollups:
        first, last = timeframe.floor(start_ns), timeframe.ceil(end_ns)
        connection.execute(f"call refresh_continuous_aggregate('{rollup_name(timeframe)}', {first}, {last})".encode())


def rollup_name(timeframe: Timeframe) -> str:
    """The view of a rollup.

    >>> rollup_name(Timeframe.parse("1h"))
    'market.candles_by_1h'
    """
    return f"market.candles_by_{timeframe}"


def rollup(timeframe: Timeframe) -> str:
    """The query of a rollup: what it is the aggregate of."""
    return _ROLLUP.format(width=timeframe.length_ns).strip()


def gap_filled(series_id: int, timeframe: Timeframe, start_ns: int, end_ns: int) -> str:
    """The query that gives every bar's time of a range, its close where there is a row, and the close carried on.

    For charts alone: the store itself never invents a bar.
    """
    return _GAP_FILLED.format(series=series_id, length=timeframe.length_ns, start=start_ns, end=end_ns).strip()


def failed_jobs(cursor: psycopg.Cursor) -> list[str]:
    """What the scheduler's own statistics say went wrong with our jobs, a sentence each."""
    cursor.execute(_FAILED_JOBS)
    return [
        f"the scheduled job {job} of TimescaleDB fails (last run: {status}, {failures} failures)"
        for job, status, failures in cursor.fetchall()
    ]
