"""Old rows into an archive: copied, compared, and only then dropped.

Invariants: nothing is dropped before the archive gives back every one of its rows with the same content hash and finds
nothing wrong with itself; a run that dies anywhere loses and doubles nothing, and the next one goes on; a plan can be
looked at before anything happens; events leave by whole days. Series and archive together read as one
(`read_with_archive`); what both hold is taken from the series. Known limits: former versions of revised rows do not
travel to the archive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tickwright.domain.bars import PRICE_COLUMNS, Bars, SeriesKey, SeriesKind
from tickwright.domain.errors import DataError
from tickwright.domain.events import Series, held_span
from tickwright.domain.gaps import common, without
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY
from tickwright.ingest.any_series import read_series
from tickwright.ports import MarketStore


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long rows stay: those of a kind (any) and a timeframe (any), for `keep_ns` back from now."""

    keep_ns: int
    kind: SeriesKind | None = None
    timeframe: Timeframe | None = None

    def concerns(self, key: SeriesKey) -> bool:
        """Whether the rule is about a series."""
        return self.kind in (None, key.kind) and self.timeframe in (None, key.timeframe)


@dataclass(frozen=True, slots=True)
class Retirement:
    """What a rule asks of one series: rows before an instant leave; `rows` of them are there."""

    key: SeriesKey
    before_ns: int
    rows: int


def plan_retention(store: MarketStore, rules: Sequence[RetentionRule], now_ns: int) -> list[Retirement]:
    """What would leave, by the first rule that concerns each series; nothing happens."""
    plan = []
    for key in store.keys():  # noqa: SIM118 - a store is not a dict
        rule = next((rule for rule in rules if rule.concerns(key)), None)
        if rule is None:
            continue
        oldest = now_ns - rule.keep_ns
        before = oldest // DAY * DAY if key.timeframe is None else key.timeframe.floor(oldest)
        rows = len(read_series(store, key, end_ns=before))
        if rows:
            plan.append(Retirement(key, before, rows))
    return plan


def retire(store: MarketStore, archive: MarketStore, retirement: Retirement) -> int:
    """Carry out a plan for one series; returns how many rows left. Raises `DataError` before anything is dropped."""
    key, before = retirement.key, retirement.before_ns
    series = read_series(store, key, end_ns=before)
    if len(series) == 0:
        return 0
    span = (held_span(series)[0], before)
    asked = common(store.fetched(key), [span])
    for piece in asked:
        archive.write(series.between(*piece), fetched=piece, source="archived")
    for piece in without([span], asked):
        archive.write(series.between(*piece), source="archived")
    archive.explain(key, [gap for gap in store.coverage(key).gaps if span[0] <= gap.start_ns and gap.end_ns <= before])
    _demand_archived(archive, series)
    return store.drop(key, before)


def read_with_archive(
    store: MarketStore, archive: MarketStore, key: SeriesKey, start_ns: int | None = None, end_ns: int | None = None
) -> Bars:
    """The rows of a series and of its archive as one, in order, each open time once."""
    pieces = [one.read(key, start_ns, end_ns) for one in (archive, store) if key in one.keys()]  # noqa: SIM118
    if not pieces:
        return store.read(key, start_ns, end_ns)
    scales = max(piece.price_scale for piece in pieces), max(piece.volume_scale for piece in pieces)
    level = [piece.rescaled(*scales) for piece in pieces]
    if len(level) == 2:
        level[0] = level[0].where(~np.isin(level[0].open_time_ns, level[1].open_time_ns))
    names = ("open_time_ns", *PRICE_COLUMNS, "volume")
    columns = [np.concatenate([getattr(piece, name) for piece in level]) for name in names]
    order = np.argsort(columns[0], kind="stable")
    time, first, high, low, last, volume = (column[order] for column in columns)
    return Bars(key, time, first, high, low, last, volume, *scales)


def _demand_archived(archive: MarketStore, series: Series) -> None:
    key = series.key
    if read_series(archive, key, *held_span(series)).content_hash() != series.content_hash():
        sentence = "the archive gives other rows than it was given"
        raise DataError(sentence, where=str(key), expected="the same content hash", hint="Nothing was dropped.")
    for finding in archive.verify(key):
        sentence = f"the archive is not sound: {finding.place}: {finding.reason}"
        raise DataError(sentence, where=str(key), expected="a sound archive", hint="Nothing was dropped.")
