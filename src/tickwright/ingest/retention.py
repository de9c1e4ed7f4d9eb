"""Old rows into an archive: copied, compared, and only then dropped.

Invariants: nothing is dropped before the archive gives back every one of its rows with the same content hash and finds
nothing wrong with itself; a run that dies anywhere loses and doubles nothing, and the next one goes on; a plan can be
looked at before anything happens. Candles are cut beside their holes, never in one, so that each hole keeps its type on
one side; events leave by whole days. Store and archive together read as one (`archive_view`). Known limits: former
versions of revised rows do not travel to the archive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tickwright.domain.bars import SeriesKey, SeriesKind
from tickwright.domain.errors import DataError
from tickwright.domain.events import Series, held_span
from tickwright.domain.gaps import Gap, GapKind, common, merged
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY
from tickwright.ingest.any_series import read_series
from tickwright.ingest.archive_view import WithArchive, other_rows
from tickwright.ingest.copying import pieces_of
from tickwright.ports import MarketStore

_EVER = (-(2**62), 2**62)


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
        before = _cut(store, key, now_ns - rule.keep_ns)
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
    past = [(_EVER[0], before)]
    for span, is_fetched in pieces_of(store, read_series(store, key)):
        for piece in common([span], past):
            archive.write(series.between(*piece), fetched=piece if is_fetched else None, source="archived")
    _explain(archive, key, [gap for gap in store.coverage(key).gaps if gap.end_ns <= before])
    _demand_archived(archive, series)
    return store.drop(key, before)


def bring_back(
    store: MarketStore, archive: MarketStore, key: SeriesKey, start_ns: int | None = None, end_ns: int | None = None
) -> int:
    """Put archived rows of [start, end) into the store again; returns how many. The archive keeps them.

    What the store holds already stays as it is. Raises `DataError` where the store does not give back what both held.
    """
    series = read_series(archive, key, start_ns, end_ns)
    if len(series) == 0:
        return 0
    wanted = [(_EVER[0] if start_ns is None else start_ns, _EVER[1] if end_ns is None else end_ns)]
    expected = read_series(WithArchive(store, archive), key, start_ns, end_ns)
    if store.coverage(key).rows:
        series = other_rows(series, read_series(store, key, start_ns, end_ns))
    for span, is_fetched in pieces_of(archive, read_series(archive, key)):
        for piece in common([span], wanted):
            store.write(series.between(*piece), fetched=piece if is_fetched else None, source="from the archive")
    _explain(store, key, archive.coverage(key).gaps)
    if read_series(store, key, start_ns, end_ns).content_hash() != expected.content_hash():
        sentence = "the store gives other rows than it and the archive held"
        raise DataError(sentence, where=str(key), expected="the same content hash")
    return len(series)


def _cut(store: MarketStore, key: SeriesKey, oldest_ns: int) -> int:
    """The last place up to an instant where a series can be cut: candles without dividing or baring a hole."""
    if key.timeframe is None:
        return oldest_ns // DAY * DAY
    before = key.timeframe.floor(oldest_ns)
    for start, end in merged((gap.start_ns, gap.end_ns) for gap in store.coverage(key).gaps):
        if start <= before <= end:
            return start - key.timeframe.length_ns
    return before


def _explain(target: MarketStore, key: SeriesKey, gaps: Sequence[Gap]) -> None:
    """Tell a store the reasons of holes that it has no, or another, reason for."""
    there = target.coverage(key).gaps
    asked = [gap for gap in gaps if gap.kind is not GapKind.NOT_FETCHED and gap not in there]
    if asked:
        target.explain(key, asked)


def _demand_archived(archive: MarketStore, series: Series) -> None:
    key = series.key
    if read_series(archive, key, *held_span(series)).content_hash() != series.content_hash():
        sentence = "the archive gives other rows than it was given"
        raise DataError(sentence, where=str(key), expected="the same content hash", hint="Nothing was dropped.")
    for finding in archive.verify(key):
        sentence = f"the archive is not sound: {finding.place}: {finding.reason}"
        raise DataError(sentence, where=str(key), expected="a sound archive", hint="Nothing was dropped.")
