"""The row of a series, and what is remembered beside it: ranges, holes, explanations."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from tickwright.adapters.storage.gap_typing import Remembered, clipped
from tickwright.adapters.storage.rows import on_grid
from tickwright.domain.bars import SeriesKey
from tickwright.domain.events import Series as SeriesRows
from tickwright.domain.events import held_span
from tickwright.domain.gaps import Gap, GapKind, Span, merged
from tickwright.domain.row_layout import OBSERVED_KINDS


@dataclass(frozen=True, slots=True)
class Series:
    """The row of a series."""

    id: int
    price_scale: int
    quantity_scale: int
    rows: int
    checksum: int
    recorded_ns: int

    def fingerprint(self, name: str) -> str:
        """A name for exactly these rows of the series of a name, as long as only this program writes them."""
        state = (name, self.id, self.price_scale, self.quantity_scale, self.rows, self.checksum, self.recorded_ns)
        return hashlib.sha256(repr(state).encode()).hexdigest()


def names_of(key: SeriesKey) -> tuple[str, ...]:
    """The names of a series as its row has them."""
    part = key.instrument
    return part.exchange, part.base, part.quote, part.settle, key.kind, str(key.timeframe or "")


def is_there(cursor: psycopg.Cursor) -> bool:
    """Whether the tables were ever made."""
    cursor.execute("select to_regclass('market.quarantine') is not null")
    return bool((cursor.fetchone() or (False,))[0])


def find_series(cursor: psycopg.Cursor, key: SeriesKey, *, committed: bool = True) -> Series | None:
    """The row of a series, or None; without `committed` also one that has no write yet."""
    cursor.execute(
        "select id, price_scale, volume_scale, rows, checksum, recorded_ns from market.series "
        "where exchange = %s and base = %s and quote = %s and settle = %s and kind = %s and timeframe = %s"
        + (" and committed" if committed else ""),
        names_of(key),
    )
    row = cursor.fetchone()
    return None if row is None else Series(*(int(value) for value in row))


def holes(cursor: psycopg.Cursor, series_id: int, length: int) -> list[Span]:
    """The missing runs between the first and the last row, in order."""
    cursor.execute(
        "select open_time_ns + %s, following from "
        "(select open_time_ns, lead(open_time_ns) over (order by open_time_ns) as following "
        "from market.candles where series_id = %s) as row where following - open_time_ns > %s order by 1",
        (length, series_id, length),
    )
    return [(int(start), int(end)) for start, end in cursor.fetchall()]


def remember(cursor: psycopg.Cursor, series: Series, written: SeriesRows, fetched: Span | None) -> None:
    """Add what was asked for, or imported, to the ranges of the series."""
    if fetched is not None:
        source, span = "fetched", on_grid(written.key, fetched)
    elif len(written) and written.key.kind not in OBSERVED_KINDS:
        source, span = "imported", held_span(written)
    else:
        return
    cursor.execute(
        "delete from market.ranges where series_id = %s and source = %s returning start_ns, end_ns", (series.id, source)
    )
    ranges = merged([*cursor.fetchall(), span])
    cursor.executemany(
        "insert into market.ranges values (%s, %s, %s, %s)", [(series.id, source, *one) for one in ranges]
    )


def remembered(cursor: psycopg.Cursor, series_id: int) -> Remembered:
    """Everything that types the holes of a series."""
    cursor.execute(
        "select source, start_ns, end_ns from market.ranges where series_id = %s order by start_ns", (series_id,)
    )
    rows = cursor.fetchall()
    ranges = {
        name: tuple((start, end) for source, start, end in rows if source == name) for name in ("fetched", "imported")
    }
    return Remembered(ranges["fetched"], ranges["imported"], explained(cursor, series_id))


def explained(cursor: psycopg.Cursor, series_id: int) -> tuple[Gap, ...]:
    """The reasons found for missing bars, in order."""
    cursor.execute(
        "select start_ns, end_ns, bars, kind, note from market.gaps where series_id = %s order by start_ns",
        (series_id,),
    )
    return tuple(Gap(start, end, bars, GapKind(kind), note) for start, end, bars, kind, note in cursor.fetchall())


def keep_gaps(cursor: psycopg.Cursor, series_id: int, gaps: Sequence[Gap]) -> None:
    """Keep these explanations instead of the ones that are there."""
    cursor.execute("delete from market.gaps where series_id = %s", (series_id,))
    rows = [(series_id, gap.start_ns, gap.end_ns, gap.bars, gap.kind.value, gap.note) for gap in gaps]
    cursor.executemany("insert into market.gaps values (%s, %s, %s, %s, %s, %s)", rows)


def forget(cursor: psycopg.Cursor, series_id: int, before_ns: int) -> None:
    """Forget ranges and explanations as far as they lie before an instant."""
    keep_gaps(cursor, series_id, clipped(explained(cursor, series_id), before_ns))
    cursor.execute("delete from market.ranges where series_id = %s and end_ns <= %s", (series_id, before_ns))
    cursor.execute(
        "update market.ranges set start_ns = %s where series_id = %s and start_ns < %s",
        (before_ns, series_id, before_ns),
    )
