"""A series from one store into another, and the proof that it arrived.

Invariants: what was fetched and what came from files stays told apart, so every hole keeps its type; after the copy the
target gives the same rows and the same gaps for what the source holds, or the copy fails and says where they differ.
Copying again changes nothing. Known limit: the newest state is copied; former versions of revised rows stay where they
are.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from tickwright.domain.bars import Int64Array, SeriesKey
from tickwright.domain.errors import DataError
from tickwright.domain.events import Events, Series, held_span
from tickwright.domain.gaps import GapKind, Span, without
from tickwright.ingest.any_series import read_series
from tickwright.ports import MarketStore, RefusedRow


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What a copy did in the target; every row that the source holds is in one of the counts."""

    key: SeriesKey
    inserted: int
    revised: int
    unchanged: int


def copy_series(source: MarketStore, target: MarketStore, key: SeriesKey) -> CopyReport:
    """Copy a series and compare; raises `DataError` where the target does not give back what it was given."""
    series = read_series(source, key)
    counts = np.zeros(3, np.int64)
    for span, is_fetched in pieces_of(source, series):
        written = target.write(series.between(*span), fetched=span if is_fetched else None, source="copied")
        counts += (written.inserted, written.revised, written.unchanged)
    _copy_explanations(source, target, key)
    _copy_quarantine(source, target, key)
    _demand_same(source, target, series)
    inserted, revised, unchanged = (int(count) for count in counts)
    return CopyReport(key, inserted, revised, unchanged)


def pieces_of(source: MarketStore, series: Series) -> list[tuple[Span, bool]]:
    """The ranges of a series in order, each fetched or imported as a whole; what nobody asked for is in none."""
    fetched = tuple(source.fetched(series.key))
    pieces = [(span, True) for span in fetched]
    if len(series):
        unasked = [
            (gap.start_ns, gap.end_ns)
            for gap in source.coverage(series.key).gaps
            if gap.kind is GapKind.NOT_FETCHED
        ]  # fmt: skip
        pieces += [(span, False) for span in without([held_span(series)], [*fetched, *unasked])]
    return sorted(pieces)


def _copy_explanations(source: MarketStore, target: MarketStore, key: SeriesKey) -> None:
    there = set(target.coverage(key).gaps)
    missing = [gap for gap in source.coverage(key).gaps if gap not in there and gap.kind is not GapKind.NOT_FETCHED]
    if missing:
        target.explain(key, missing)


def _copy_quarantine(source: MarketStore, target: MarketStore, key: SeriesKey) -> None:
    for origin, rows in groupby(source.quarantined(key), key=lambda row: row.source):
        target.quarantine(key, [RefusedRow(row.place, row.reason) for row in rows], origin)


def _demand_same(source: MarketStore, target: MarketStore, series: Series) -> None:
    key = series.key
    copied = read_series(target, key)
    copied = copied.where(np.isin(_times(copied), _times(series)))
    if copied.content_hash() != series.content_hash():
        raise DataError("the copy gives other rows than the original", where=str(key), expected="the same content hash")
    whole = target.coverage(key).rows == len(series)
    if whole and target.coverage(key).gaps != source.coverage(key).gaps:
        raise DataError("the copy has other gaps than the original", where=str(key), expected="the same gap map")


def _times(series: Series) -> Int64Array:
    return series.ts_ns if isinstance(series, Events) else series.open_time_ns
