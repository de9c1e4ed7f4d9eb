"""Market data in PostgreSQL: the same promises as the lake, kept by transactions.

Invariants: a write is one transaction; new rows arrive by COPY BINARY, straight into the table, and revised ones
through a staging table; a series has one writer at a time (an advisory lock; a second one is told who holds it); rows
of a series share its scales, which only grow; every read sees one snapshot. A whole series that was read stays on this
machine as engine-ready arrays under the fingerprint of its rows, so the next read asks the server only whether that has
changed. `verify` recounts: the number of rows and a checksum over all values are kept beside the series. Known limits:
growing a scale rewrites the rows of the series; tables of events have native partitions also where the extension is;
compression, retention policies and continuous aggregates of TimescaleDB are not scheduled here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from tickwright.adapters.storage.acceptance import (
    accepted,
    demand_candle_series,
    demand_event_series,
    demand_series,
    missing_series,
)
from tickwright.adapters.storage.gap_typing import event_gaps, explained_anew, typed_gaps
from tickwright.adapters.storage.lake.cache import DEFAULT_LIMIT_BYTES, BarsCache, user_cache_directory
from tickwright.adapters.storage.postgres.capabilities import Capabilities, probe
from tickwright.adapters.storage.postgres.connection import STATEMENT_TIMEOUT_S, Connection
from tickwright.adapters.storage.postgres.row_tables import table_of
from tickwright.adapters.storage.postgres.row_upsert import upserted
from tickwright.adapters.storage.postgres.schema import ensure_partitions, ensure_schema, years_of
from tickwright.adapters.storage.postgres.series_rows import checksum, grown, held_span, read_rows, read_windows
from tickwright.adapters.storage.postgres.series_table import (
    Series,
    explained,
    find_series,
    forget,
    holes,
    is_there,
    keep_gaps,
    names_of,
    remember,
    remembered,
)
from tickwright.adapters.storage.rows import Rows
from tickwright.adapters.storage.soundness import RowInspection, holes_in
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import StoreBusy
from tickwright.domain.events import Events
from tickwright.domain.events import Series as SeriesRows
from tickwright.domain.gaps import Gap, Span
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.ports import QUARANTINE_LIMIT, Coverage, Finding, QuarantinedRow, RefusedRow, WriteReport

_EVER = (-(2**62), 2**62)


class PostgresStore:
    """A market store in one database; the first write makes its tables."""

    def __init__(
        self,
        url: str,
        *,
        now_ns: Callable[[], int] = time.time_ns,
        statement_timeout_s: float = STATEMENT_TIMEOUT_S,
        cache_limit_bytes: int = DEFAULT_LIMIT_BYTES,
        cache_directory: Path | None = None,
    ) -> None:
        """Engine-ready arrays of what was read lie in `cache_directory`, the user's own where none is given."""
        self._server = Connection(url, statement_timeout_s=statement_timeout_s)
        self._cache = BarsCache(cache_directory or user_cache_directory(), cache_limit_bytes)
        self._now_ns = now_ns
        self._ready: Capabilities | None = None
        self._partitions: set[tuple[str, int]] = set()

    def capabilities(self) -> Capabilities:
        """What the server offers; raises `StoreUnreachable`."""
        return self._server.run(probe)

    def close(self) -> None:
        """Give the connection back."""
        self._server.close()

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, series: SeriesRows, *, fetched: tuple[int, int] | None = None, source: str = "") -> WriteReport:
        """Upsert candles or events, all or nothing; rows that break a rule are refused, each with its reason.

        Revised rows keep their former version with `source` as the reason. Raises `StoreBusy`, `StoreWriteFailed` or
        `StoreUnreachable`; the store is then as it was.
        """
        demand_series(series.key)
        taken, refused = accepted(series)
        self._prepare(taken)
        report = self._server.run(lambda cursor: self._written(cursor, taken, fetched, source))
        return replace(report, refused=tuple(refused))

    def explain(self, key: SeriesKey, gaps: Sequence[Gap]) -> None:
        """Keep why bars are missing; replaces earlier explanations of the same bars."""

        def keep(cursor: psycopg.Cursor) -> None:
            series = self._locked(cursor, key, create=False)
            keep_gaps(cursor, series.id, explained_anew(explained(cursor, series.id), gaps))

        self._prepare(None)
        self._server.run(keep)

    def drop(self, key: SeriesKey, before_ns: int) -> int:
        """Remove the rows before an instant, and all that is remembered of that time; returns how many."""
        table = table_of(key.kind)

        def dropped(cursor: psycopg.Cursor) -> int:
            series = self._locked(cursor, key, create=False)
            forget(cursor, series.id, before_ns)
            older = f"series_id = %s and {table.layout.time} < %s"
            gone = sum(checksum(rows) for rows in read_windows(cursor, key, series, (_EVER[0], before_ns)))
            cursor.execute(f"delete from {table.former} where {older}".encode(), (series.id, before_ns))
            cursor.execute(f"delete from {table.name} where {older}".encode(), (series.id, before_ns))
            rows = cursor.rowcount
            cursor.execute(
                "update market.series set rows = rows - %s, checksum = checksum - %s where id = %s",
                (rows, gone, series.id),
            )
            return rows

        self._prepare(None)
        return self._server.run(dropped)

    def quarantine(self, key: SeriesKey, rows: Sequence[RefusedRow], source: str) -> None:
        """Keep word of rows that were not believed."""
        values = [(str(key), row.place, row.reason, source, self._now_ns()) for row in rows]
        insert = (
            "insert into market.quarantine (series, place, reason, source, recorded_ns) values (%s, %s, %s, %s, %s) "
            "on conflict do nothing"
        )
        beyond = (
            "delete from market.quarantine where series = %s and id <= "
            "(select id from market.quarantine where series = %s order by id desc offset %s limit 1)"
        )

        def keep(cursor: psycopg.Cursor) -> None:
            cursor.executemany(insert, values)
            cursor.execute(beyond, (str(key), str(key), QUARANTINE_LIMIT))

        self._prepare(None)
        self._server.run(keep)

    def _prepare(self, written: SeriesRows | None) -> None:
        """Make the tables, and the partitions these rows need, in transactions of their own."""
        if self._ready is None:
            found = self._server.run(probe)
            self._server.run(ensure_schema)
            self._ready = found  # not before the tables are there: the server may have gone in between
        if written is None or (self._ready.timescaledb and written.key.timeframe is not None):
            return
        table = table_of(written.key.kind)
        times = Rows.of(written, 0).times
        years = [year for year in years_of(times) if (table.name, year) not in self._partitions]
        if years:
            self._server.run(lambda cursor: ensure_partitions(cursor, table, years))
            self._partitions.update((table.name, year) for year in years)

    def _written(self, cursor: psycopg.Cursor, written: SeriesRows, fetched: Span | None, source: str) -> WriteReport:
        key = written.key
        series = self._locked(cursor, key, create=True)
        recorded_ns = max(self._now_ns(), series.recorded_ns + 1)
        rows = Rows.of(written, recorded_ns)
        series = grown(cursor, key, series, rows)
        rows = rows.on_scales(series.price_scale, series.quantity_scale)
        report, change = upserted(cursor, key, series, rows, source)
        remember(cursor, series, written, fetched)
        changed = report.inserted + report.revised
        cursor.execute(
            "update market.series set rows = rows + %s, checksum = checksum + %s, recorded_ns = %s, committed = true "
            "where id = %s",
            (report.inserted, change, recorded_ns if changed else series.recorded_ns, series.id),
        )
        return report

    def _locked(self, cursor: psycopg.Cursor, key: SeriesKey, *, create: bool) -> Series:
        """The series, held for this transaction; raises `StoreBusy`, or `DataError` where it does not exist."""
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 7416))", (str(key),))
        if not (cursor.fetchone() or (False,))[0]:
            raise self._busy(cursor, key)
        if create:
            cursor.execute(
                "insert into market.series (exchange, base, quote, settle, kind, timeframe) "
                "values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
                names_of(key),
            )
        series = find_series(cursor, key, committed=not create)
        if series is None:
            raise missing_series(key, self._server.place)
        return series

    def _busy(self, cursor: psycopg.Cursor, key: SeriesKey) -> StoreBusy:
        cursor.execute(
            "select activity.pid, coalesce(host(activity.client_addr), 'this machine') from pg_locks lock "
            "join pg_stat_activity activity using (pid) where lock.locktype = 'advisory' and lock.granted "
            "and (lock.classid::bigint << 32 | lock.objid::bigint) = hashtextextended(%s, 7416) limit 1",
            (str(key),),
        )
        pid, host = cursor.fetchone() or ("?", "?")
        return StoreBusy(
            f"{key} is being written by server process {pid} for {host}",
            where=self._server.place,
            expected="one writer per series",
            hint="Wait until it is done and type the command again; readers are not affected.",
        )

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

    def read(
        self, key: SeriesKey, start_ns: int | None = None, end_ns: int | None = None, *, as_of_ns: int | None = None
    ) -> Bars:
        """The candles with open times in [start, end), as known now or at `as_of_ns`."""
        demand_candle_series(key)
        start, end = span = _span(start_ns, end_ns)

        def rows(cursor: psycopg.Cursor) -> Bars:
            series = self._found(cursor, key)
            if as_of_ns is not None:
                return read_rows(cursor, key, series, span, as_of_ns=as_of_ns).bars(key).coarsened()
            fingerprint = series.fingerprint(f"{self._server.place} {key}")
            cached = self._cache.get(fingerprint, key)
            if cached is not None:
                return cached.between(start, end)
            bars = read_rows(cursor, key, series, span).bars(key)
            if len(bars) == series.rows:
                self._cache.put(fingerprint, [bars])
            return bars

        return self._server.run(rows)

    def read_events(
        self, key: SeriesKey, start_ns: int | None = None, end_ns: int | None = None, *, as_of_ns: int | None = None
    ) -> Events:
        """The events of [start, end) in order, as known now or at `as_of_ns`."""
        demand_event_series(key)
        span = _span(start_ns, end_ns)
        return self._server.run(
            lambda cursor: read_rows(cursor, key, self._found(cursor, key), span, as_of_ns=as_of_ns).events(key)
        )

    def keys(self) -> Sequence[SeriesKey]:
        """Every series of the store, sorted."""

        def names(cursor: psycopg.Cursor) -> list[tuple[Any, ...]]:
            if not is_there(cursor):
                return []
            cursor.execute("select exchange, base, quote, settle, timeframe, kind from market.series where committed")
            return cursor.fetchall()

        return sorted(
            SeriesKey(InstrumentId(*names[:4]), Timeframe.parse(names[4]) if names[4] else None, names[5])
            for names in self._server.run(names)
        )

    def coverage(self, key: SeriesKey) -> Coverage:
        """What is held of a series and what is missing in it; zero rows when it does not exist."""

        def covered(cursor: psycopg.Cursor) -> Coverage:
            series = find_series(cursor, key) if is_there(cursor) else None
            if series is None:
                return Coverage(0, None, None, ())
            ends = held_span(cursor, key, series)
            first, last = ends or (None, None)
            if key.timeframe is None:
                gaps = _event_gaps(cursor, key, series, ends)
                return Coverage(series.rows, first, last, gaps)
            length = key.timeframe.length_ns
            held = None if ends is None else (ends[0], ends[1] + length)
            gaps = typed_gaps(holes(cursor, series.id, length), held, remembered(cursor, series.id), length)
            return Coverage(series.rows, first, last, gaps)

        return self._server.run(covered)

    def fetched(self, key: SeriesKey) -> Sequence[Span]:
        """The merged [start, end) ranges an exchange has been asked for."""

        def asked(cursor: psycopg.Cursor) -> Sequence[Span]:
            series = find_series(cursor, key) if is_there(cursor) else None
            return () if series is None else remembered(cursor, series.id).fetched

        return self._server.run(asked)

    def quarantined(self, key: SeriesKey) -> Sequence[QuarantinedRow]:
        """The rows of a series that were not believed, oldest first."""

        def kept(cursor: psycopg.Cursor) -> list[tuple[Any, ...]]:
            if not is_there(cursor):
                return []
            order = "select place, reason, source, recorded_ns from market.quarantine where series = %s order by id"
            cursor.execute(order, (str(key),))
            return cursor.fetchall()

        return tuple(QuarantinedRow(*row) for row in self._server.run(kept))

    def verify(self, key: SeriesKey | None = None, *, deep: bool = False) -> Iterable[Finding]:
        """Recount every series and recompute its checksum; `deep` also reads every row."""
        for known in self.keys() if key is None else [key]:
            yield from self._server.run(lambda cursor, one=known: _wrong(cursor, one, self._server.place, deep))  # type: ignore[misc]

    def _found(self, cursor: psycopg.Cursor, key: SeriesKey) -> Series:
        series = find_series(cursor, key) if is_there(cursor) else None
        if series is None:
            raise missing_series(key, self._server.place)
        return series


def _span(start_ns: int | None, end_ns: int | None) -> Span:
    return _EVER[0] if start_ns is None else start_ns, _EVER[1] if end_ns is None else end_ns


def _event_gaps(cursor: psycopg.Cursor, key: SeriesKey, series: Series, ends: Span | None) -> tuple[Gap, ...]:
    if ends is None:
        return ()
    inside = holes_in(read_rows(cursor, key, series).times, key) if key.kind == "funding" else ()
    return event_gaps(key, ends, inside, remembered(cursor, series.id))


def _wrong(cursor: psycopg.Cursor, key: SeriesKey, place: str, deep: bool) -> list[Finding]:
    """Everything that is wrong with one series."""
    series = find_series(cursor, key)
    if series is None:
        return []
    found, broken = [], []
    table, count, total, inspection = table_of(key.kind).name, 0, 0, RowInspection()
    for rows in read_windows(cursor, key, series):
        count, total = count + len(rows), total + checksum(rows)
        broken += [Finding(key, *wrong) for wrong in (inspection.wrong(rows.series(key)) if deep else ())]
    if count != series.rows:
        found.append(Finding(key, f"{place} {table}", f"there are {count} rows where {series.rows} were written"))
    elif total != series.checksum:
        found.append(Finding(key, f"{place} {table}", "the values are not those that were written"))
    return found + broken
