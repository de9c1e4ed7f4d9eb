"""Market data in PostgreSQL: the same promises as the lake, kept by transactions.

Invariants: a write is one transaction; new rows arrive by COPY BINARY, straight into the table, and revised ones
through a staging table; a series has one writer at a time (an advisory lock; a second one is told who holds it); rows
of a series share its scales, which only grow; every read sees one snapshot. A whole series that was read stays on this
machine as engine-ready arrays under the fingerprint of its rows, so the next read asks the server only whether that
has changed. `verify` recounts: the number of rows and a checksum over all values are kept beside the series. Known
limits: growing a scale rewrites the rows of the series; compression, retention policies and continuous aggregates of
TimescaleDB are not scheduled here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from tickwright.adapters.storage.acceptance import accepted, demand_candle_series
from tickwright.adapters.storage.gap_typing import explained_anew, typed_gaps
from tickwright.adapters.storage.lake.cache import DEFAULT_LIMIT_BYTES, BarsCache, user_cache_directory
from tickwright.adapters.storage.postgres.candle_rows import checksum, grown, held_span, read_bars, read_windows
from tickwright.adapters.storage.postgres.candle_upsert import upserted
from tickwright.adapters.storage.postgres.capabilities import Capabilities, probe
from tickwright.adapters.storage.postgres.connection import STATEMENT_TIMEOUT_S, Connection
from tickwright.adapters.storage.postgres.schema import ensure_partitions, ensure_schema, years_of
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
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.candle_rules import broken_rules
from tickwright.domain.errors import DataError, StoreBusy
from tickwright.domain.gaps import Gap, Span
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import iso
from tickwright.ports import QUARANTINE_LIMIT, Coverage, Finding, QuarantinedRow, RefusedRow, WriteReport

_EVER = (-(2**62), 2**62)


class PostgresStore:
    """A market store in one database; the first write makes its tables."""

    def __init__(
        self,
        url: str,
        *,
        now_ns: Callable[[], int] = time.time_ns,
        statement_timeout_s: int = STATEMENT_TIMEOUT_S,
        cache_limit_bytes: int = DEFAULT_LIMIT_BYTES,
        cache_directory: Path | None = None,
    ) -> None:
        """Engine-ready arrays of what was read lie in `cache_directory`, the user's own where none is given."""
        self._server = Connection(url, statement_timeout_s=statement_timeout_s)
        self._cache = BarsCache(cache_directory or user_cache_directory(), cache_limit_bytes)
        self._now_ns = now_ns
        self._ready: Capabilities | None = None
        self._partitions: set[int] = set()

    def capabilities(self) -> Capabilities:
        """What the server offers; raises `StoreUnreachable`."""
        return self._server.run(probe)

    def close(self) -> None:
        """Give the connection back."""
        self._server.close()

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, bars: Bars, *, fetched: tuple[int, int] | None = None, source: str = "") -> WriteReport:
        """Upsert candles, all or nothing; rows that break a candle rule are refused, each with its reason.

        Revised rows keep their former version with `source` as the reason. Raises `StoreBusy`, `StoreWriteFailed` or
        `StoreUnreachable`; the store is then as it was.
        """
        demand_candle_series(bars.key)
        taken, refused = accepted(bars)
        self._prepare(taken)
        report = self._server.run(lambda cursor: self._written(cursor, taken, fetched, source))
        return replace(report, refused=tuple(refused))

    def explain(self, key: SeriesKey, gaps: Sequence[Gap]) -> None:
        """Keep why bars are missing; replaces earlier explanations of the same bars."""

        def keep(cursor: psycopg.Cursor) -> None:
            series = self._locked(cursor, key, create=False)
            assert key.timeframe is not None
            anew = explained_anew(explained(cursor, series.id), gaps, key.timeframe.length_ns)
            keep_gaps(cursor, series.id, anew)

        self._prepare(None)
        self._server.run(keep)

    def drop(self, key: SeriesKey, before_ns: int) -> int:
        """Remove the rows before an instant, and all that is remembered of that time; returns how many."""
        assert key.timeframe is not None
        length = key.timeframe.length_ns

        def dropped(cursor: psycopg.Cursor) -> int:
            series = self._locked(cursor, key, create=False)
            forget(cursor, series.id, before_ns, length)
            older = "series_id = %s and open_time_ns < %s"
            gone = sum(checksum(bars) for bars in read_windows(cursor, key, series, (_EVER[0], before_ns)))
            cursor.execute(f"delete from market.superseded where {older}", (series.id, before_ns))
            cursor.execute(f"delete from market.candles where {older}", (series.id, before_ns))
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

    def _prepare(self, bars: Bars | None) -> None:
        """Make the tables, and the partitions these rows need, in transactions of their own."""
        if self._ready is None:
            self._ready = self._server.run(probe)
            self._server.run(lambda cursor: ensure_schema(cursor, probe(cursor)))
        years = [year for year in years_of(bars.open_time_ns) if year not in self._partitions] if bars else []
        if years and not self._ready.timescaledb:
            self._server.run(lambda cursor: ensure_partitions(cursor, years))
            self._partitions.update(years)

    def _written(self, cursor: psycopg.Cursor, bars: Bars, fetched: Span | None, source: str) -> WriteReport:
        series = self._locked(cursor, bars.key, create=True)
        series = grown(cursor, bars.key, series, bars)
        recorded_ns = max(self._now_ns(), series.recorded_ns + 1)
        bars = bars.rescaled(series.price_scale, series.volume_scale)
        report, change = upserted(cursor, series, bars, recorded_ns, source)
        remember(cursor, series, bars, fetched)
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
            raise self._missing(key)
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
        start = _EVER[0] if start_ns is None else start_ns
        end = _EVER[1] if end_ns is None else end_ns

        def rows(cursor: psycopg.Cursor) -> Bars:
            series = find_series(cursor, key) if is_there(cursor) else None
            if series is None:
                raise self._missing(key)
            if as_of_ns is not None:
                return read_bars(cursor, key, series, (start, end), as_of_ns).coarsened()
            fingerprint = series.fingerprint(f"{self._server.place} {key}")
            cached = self._cache.get(fingerprint, key)
            if cached is not None:
                return cached.between(start, end)
            bars = read_bars(cursor, key, series, (start, end))
            if len(bars) == series.rows:
                self._cache.put(fingerprint, [bars])
            return bars

        return self._server.run(rows)

    def keys(self) -> Sequence[SeriesKey]:
        """Every series of the store, sorted."""

        def names(cursor: psycopg.Cursor) -> list[tuple[Any, ...]]:
            if not is_there(cursor):
                return []
            cursor.execute("select exchange, base, quote, settle, timeframe, kind from market.series where committed")
            return cursor.fetchall()

        return sorted(
            SeriesKey(InstrumentId(*names[:4]), Timeframe.parse(names[4]), names[5])
            for names in self._server.run(names)
        )

    def coverage(self, key: SeriesKey) -> Coverage:
        """What is held of a series and what is missing in it; zero rows when it does not exist."""
        assert key.timeframe is not None
        length = key.timeframe.length_ns

        def covered(cursor: psycopg.Cursor) -> Coverage:
            series = find_series(cursor, key) if is_there(cursor) else None
            if series is None:
                return Coverage(0, None, None, ())
            first, last = held_span(cursor, series) or (None, None)
            held = None if first is None or last is None else (first, last + length)
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

    def _missing(self, key: SeriesKey) -> DataError:
        symbol = f"--exchange {key.instrument.exchange} --symbol {key.instrument.symbol}"
        return DataError(
            f"the store has no {key}",
            where=self._server.place,
            expected="a series that was fetched or imported",
            hint=f"Fetch it: tickwright data fetch {symbol} --timeframe {key.timeframe}",
        )


def _wrong(cursor: psycopg.Cursor, key: SeriesKey, place: str, deep: bool) -> list[Finding]:
    """Everything that is wrong with one series."""
    series = find_series(cursor, key)
    if series is None:
        return []
    found, broken = [], []
    rows = total = 0
    for bars in read_windows(cursor, key, series):
        rows, total = rows + len(bars), total + checksum(bars)
        broken += [
            Finding(key, f"the row of {iso(int(bars.open_time_ns[row]))}", reason)
            for row, reason in (broken_rules(bars) if deep else ())
        ]
    if rows != series.rows:
        found.append(Finding(key, f"{place} market.candles", f"there are {rows} rows where {series.rows} were written"))
    elif total != series.checksum:
        found.append(Finding(key, f"{place} market.candles", "the values are not those that were written"))
    return found + broken
