"""A store and its archive as one: what `retention` moved away is read as if it had stayed.

Invariants: fulfils `MarketStore`; rows, holes and ranges asked for are those that the store alone had before anything
was archived; what both hold is taken from the store; writing goes to the store, and only the reason of a hole that the
archive alone knows of goes to the archive. A hole that one of them can name and the other cannot has the named type.
Known limits: the archive keeps the newest state of a row, so a read as of an instant before it took the rows in is
refused, never answered with less; `drop` is about the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from tickwright.domain.bars import PRICE_COLUMNS, Bars, SeriesKey
from tickwright.domain.errors import DataError
from tickwright.domain.events import Events, Series, joined_events
from tickwright.domain.gaps import Gap, GapKind, Span, common, merged, without
from tickwright.domain.timestamp import iso
from tickwright.ports import QUARANTINE_LIMIT, Coverage, Finding, MarketStore, QuarantinedRow, RefusedRow, WriteReport

_EVER = (-(2**62), 2**62)


class WithArchive:
    """The union of two stores; see the module for what it promises."""

    def __init__(self, store: MarketStore, archive: MarketStore) -> None:
        self.store, self.archive = store, archive

    def write(self, series: Series, *, fetched: Span | None = None, source: str = "") -> WriteReport:
        """Upsert into the store."""
        return self.store.write(series, fetched=fetched, source=source)

    def read(
        self, key: SeriesKey, start_ns: int | None = None, end_ns: int | None = None, *, as_of_ns: int | None = None
    ) -> Bars:
        """The candles of both, in order, each open time once."""
        holders = self._holders(key, start_ns, end_ns)
        pieces = [one.read(key, start_ns, end_ns, as_of_ns=as_of_ns) for one in holders]
        if as_of_ns is not None and holders[0] is self.archive:
            _demand_known(key, len(pieces[0]), len(self.archive.read(key, start_ns, end_ns)), as_of_ns)
        return pieces[0] if len(pieces) == 1 else _joined(pieces[0], pieces[1])

    def read_events(
        self, key: SeriesKey, start_ns: int | None = None, end_ns: int | None = None, *, as_of_ns: int | None = None
    ) -> Events:
        """The events of both, in order, each once."""
        holders = self._holders(key, start_ns, end_ns)
        pieces = [one.read_events(key, start_ns, end_ns, as_of_ns=as_of_ns) for one in holders]
        if as_of_ns is not None and holders[0] is self.archive:
            _demand_known(key, len(pieces[0]), len(self.archive.read_events(key, start_ns, end_ns)), as_of_ns)
        if len(pieces) == 1:
            return pieces[0]
        return joined_events(key, [_other_events(pieces[0], pieces[1]), pieces[1]]).in_order()

    def keys(self) -> Sequence[SeriesKey]:
        """Every series of either, sorted."""
        return sorted({*self.store.keys(), *self.archive.keys()})

    def coverage(self, key: SeriesKey) -> Coverage:
        """What is held by either and missing in both."""
        here, there = self.store.coverage(key), self.archive.coverage(key)
        if _is_empty(there):
            return here
        if _is_empty(here):
            return there
        return _both(here, there, 0 if key.timeframe is None else key.timeframe.length_ns)

    def fetched(self, key: SeriesKey) -> Sequence[Span]:
        """The ranges that the exchange was asked for, for either."""
        return merged([*self.store.fetched(key), *self.archive.fetched(key)])

    def explain(self, key: SeriesKey, gaps: Sequence[Gap]) -> None:
        """Keep why bars are missing, in whichever of the two counts them as missing."""
        for one in (self.store, self.archive):
            missing = merged((gap.start_ns, gap.end_ns) for gap in one.coverage(key).gaps)
            known = set(one.coverage(key).gaps)
            mine = [part for gap in gaps if gap not in known for part in _parts_of(gap, missing)]
            if mine:
                one.explain(key, mine)

    def drop(self, key: SeriesKey, before_ns: int) -> int:
        """Remove old rows from the store."""
        return self.store.drop(key, before_ns)

    def quarantine(self, key: SeriesKey, rows: Sequence[RefusedRow], source: str) -> None:
        """Keep word of rows that were not believed, in the store."""
        self.store.quarantine(key, rows, source)

    def quarantined(self, key: SeriesKey) -> Sequence[QuarantinedRow]:
        """The rows that either did not believe, oldest first."""
        rows = [*self.archive.quarantined(key), *self.store.quarantined(key)]
        return sorted(rows, key=lambda row: row.recorded_ns)[-QUARANTINE_LIMIT:]

    def verify(self, key: SeriesKey | None = None, *, deep: bool = False) -> Iterable[Finding]:
        """What is wrong with either; a place in the archive is told as such."""
        yield from self.store.verify(key, deep=deep)
        for found in self.archive.verify(key, deep=deep):
            yield Finding(found.key, f"archive: {found.place}", found.reason)

    def _holders(self, key: SeriesKey, start_ns: int | None, end_ns: int | None) -> list[MarketStore]:
        """The archive and the store, as far as they hold rows of a range; the store where neither does."""
        start, end = _EVER[0] if start_ns is None else start_ns, _EVER[1] if end_ns is None else end_ns
        holders = []
        for one in (self.archive, self.store):
            held = one.coverage(key)
            if held.first_ns is not None and held.last_ns is not None and held.first_ns < end and start <= held.last_ns:
                holders.append(one)
        return holders or [self.archive if _is_empty(self.store.coverage(key)) else self.store]


def _demand_known(key: SeriesKey, then: int, now: int, as_of_ns: int) -> None:
    """Refuse a read as of an instant at which the archive did not have its rows yet."""
    if then < now:
        raise DataError(
            f"rows of this range were archived after {iso(as_of_ns)}, and the archive keeps no earlier state",
            where=str(key),
            expected="an instant after the archiving, or a range that was not archived",
        )


def other_rows(archived: Series, kept: Series) -> Series:
    """Archived rows that are not among the kept ones, whatever their values."""
    if isinstance(archived, Events):
        assert isinstance(kept, Events)
        return _other_events(archived, kept)
    assert isinstance(kept, Bars)
    return archived.where(~np.isin(archived.open_time_ns, kept.open_time_ns))


def _other_events(archived: Events, kept: Events) -> Events:
    scales = max(archived.price_scale, kept.price_scale), max(archived.quantity_scale, kept.quantity_scale)
    here, there = set(_identities(kept.rescaled(*scales))), _identities(archived.rescaled(*scales))
    return archived.where(np.fromiter((row not in here for row in there), np.bool_, len(archived)))


def _identities(events: Events) -> Iterator[tuple[int, ...]]:
    """What makes each event itself; of a book that is its price too, so both sides stand on one scale."""
    return zip(*(events[name].tolist() for name in events.layout.identity), strict=True)


def _is_empty(coverage: Coverage) -> bool:
    return coverage.rows == 0 and not coverage.gaps


def _joined(archived: Bars, kept: Bars) -> Bars:
    """Two series of candles as one, in order; of an open time in both, the kept row."""
    scales = max(archived.price_scale, kept.price_scale), max(archived.volume_scale, kept.volume_scale)
    archived, kept = archived.rescaled(*scales), kept.rescaled(*scales)
    archived = archived.where(~np.isin(archived.open_time_ns, kept.open_time_ns))
    names = ("open_time_ns", *PRICE_COLUMNS, "volume")
    columns = [np.concatenate([getattr(archived, name), getattr(kept, name)]) for name in names]
    order = np.argsort(columns[0], kind="stable")
    time, first, high, low, last, volume = (column[order] for column in columns)
    return Bars(kept.key, time, first, high, low, last, volume, *scales)


def _both(here: Coverage, there: Coverage, length_ns: int) -> Coverage:
    held = merged([*_held(here, length_ns), *_held(there, length_ns)])
    inside = [(held[0][0], held[-1][1])] if held else []
    known = [*here.gaps, *there.gaps]
    missing = without([*inside, *((gap.start_ns, gap.end_ns) for gap in known)], held)
    firsts = [one.first_ns for one in (here, there) if one.first_ns is not None]
    lasts = [one.last_ns for one in (here, there) if one.last_ns is not None]
    rows = sum(end - start for start, end in held) // length_ns if length_ns else here.rows + there.rows
    gaps = tuple(_typed(missing, known, length_ns))
    return Coverage(rows, min(firsts, default=None), max(lasts, default=None), gaps)


def _held(coverage: Coverage, length_ns: int) -> Sequence[Span]:
    if coverage.first_ns is None or coverage.last_ns is None:
        return ()
    whole = (coverage.first_ns, coverage.last_ns + max(length_ns, 1))
    return without([whole], ((gap.start_ns, gap.end_ns) for gap in coverage.gaps))


def _typed(missing: Sequence[Span], known: Sequence[Gap], length_ns: int) -> Iterator[Gap]:
    """Missing ranges as gaps, each of the first kind that is known of it; NOT_FETCHED is what nothing is known of."""
    telling = sorted(known, key=lambda gap: gap.kind is GapKind.NOT_FETCHED)
    left = missing
    pieces: list[Gap] = []
    for gap in telling:
        span = [(gap.start_ns, gap.end_ns)]
        pieces += [Gap(start, end, 0, gap.kind, gap.note) for start, end in common(left, span)]
        left = without(left, span)
    pieces += [Gap(start, end, 0, GapKind.NOT_FETCHED) for start, end in left]
    joined: list[Gap] = []
    for piece in sorted(pieces):
        before = joined[-1] if joined else None
        if before and (before.end_ns, before.kind, before.note) == (piece.start_ns, piece.kind, piece.note):
            piece = Gap(before.start_ns, piece.end_ns, 0, piece.kind, piece.note)
            joined.pop()
        joined.append(piece)
    for gap in joined:
        bars = (gap.end_ns - gap.start_ns) // length_ns if length_ns else 0
        yield Gap(gap.start_ns, gap.end_ns, bars, gap.kind, gap.note)


def _parts_of(gap: Gap, spans: Sequence[Span]) -> list[Gap]:
    """A gap as far as it lies in some ranges, its bars in proportion."""
    length = (gap.end_ns - gap.start_ns) // gap.bars if gap.bars else 0
    return [
        Gap(start, end, (end - start) // length if length else 0, gap.kind, gap.note)
        for start, end in common(spans, [(gap.start_ns, gap.end_ns)])
    ]
