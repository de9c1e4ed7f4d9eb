"""A store and its archive as one: nothing that a reader can ask tells that anything was archived."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.checks.example_events import example_events
from tickwright.checks.store import check_store
from tickwright.domain.bars import Bars, SeriesKind
from tickwright.domain.errors import DataError
from tickwright.domain.events import Events, event_key, funding_events, joined_events
from tickwright.domain.gaps import Gap, GapKind
from tickwright.domain.row_layout import EVENT_KINDS
from tickwright.domain.timeframe import Timeframe
from tickwright.ingest.archive_view import WithArchive
from tickwright.ingest.gap_map import explain_gaps
from tickwright.ingest.retention import RetentionRule, plan_retention, retire

HOUR = Timeframe.parse("1h")
HOURS = 400


@pytest.fixture
def archive(tmp_path: Path) -> ParquetLake:
    return ParquetLake(tmp_path / "archive")


def test_it_passes_the_exam_of_every_store(tmp_path: Path) -> None:
    def opened(name: str) -> WithArchive:
        return WithArchive(ParquetLake(tmp_path / name), ParquetLake(tmp_path / f"{name} archive"))

    check_store(opened)


def patchwork(bench) -> Bars:
    """A series of every origin: asked for, imported, asked for in vain, with holes of several kinds, and a revision."""
    bars = bench.series(20, 380, without=[*range(60, 66), *range(100, 120), 150, 151, *range(250, 300)])
    lake = bench.lake
    lake.write(bars.between(bench.at(0), bench.at(90)), fetched=(bench.at(0), bench.at(90)))
    lake.write(bars.between(bench.at(90), bench.at(160)))
    lake.write(bars.between(bench.at(160), bench.at(240)), fetched=(bench.at(160), bench.at(270)))
    lake.write(bars.between(bench.at(290), bench.at(400)), fetched=(bench.at(290), bench.at(400)))
    revised = bars.between(bench.at(30), bench.at(31)).rescaled(3, 3)
    revised.close[0] += 1
    lake.write(revised, source="correction")
    lake.explain(
        bars.key,
        [
            Gap(bench.at(0), bench.at(20), 20, GapKind.NOT_LISTED, "before the listing"),
            Gap(bench.at(60), bench.at(66), 6, GapKind.OUTAGE, "down"),
        ],
    )
    return lake.read(bars.key)


def state(store: ParquetLake | WithArchive, key) -> tuple[object, ...]:
    return store.read(key).content_hash(), store.coverage(key), tuple(store.fetched(key))


@pytest.mark.parametrize("cuts", [(130,), (60, 63, 66, 101, 152), (21, 90, 160, 240, 251, 290, 379), (400,)])
def test_a_series_reads_the_same_before_and_after_any_archiving(bench, archive: ParquetLake, cuts) -> None:
    bars = patchwork(bench)
    before = state(bench.lake, bars.key)
    kinds = {gap.kind for gap in before[1].gaps}  # type: ignore[attr-defined]
    assert kinds == {GapKind.NOT_LISTED, GapKind.OUTAGE, GapKind.UNKNOWN, GapKind.NOT_FETCHED}
    union = WithArchive(bench.lake, archive)
    moved = 0
    for cut in cuts:
        rule = RetentionRule((HOURS - cut) * HOUR.length_ns)
        for retirement in plan_retention(bench.lake, [rule], bench.at(HOURS)):
            moved += retire(bench.lake, archive, retirement)
        assert state(union, bars.key) == before
        for first, last in ((0, 400), (25, 70), (59, 151), (300, 301), (130, 131)):
            part = union.read(bars.key, bench.at(first), bench.at(last))
            assert part.content_hash() == bars.between(bench.at(first), bench.at(last)).content_hash()
    assert moved == archive.coverage(bars.key).rows > 0
    assert list(union.verify(deep=True)) == []


def test_a_row_in_both_is_taken_from_the_store(bench, archive: ParquetLake) -> None:
    """As a retention run that died before it dropped leaves it, and a correction afterwards."""
    bars = bench.series(0, 100)
    archive.write(bars, fetched=(bench.at(0), bench.at(100)))
    correction = bars.between(bench.at(5), bench.at(6)).rescaled(3, 3)
    correction.close[0] += 1
    bench.lake.write(bars, fetched=(bench.at(0), bench.at(100)))
    bench.lake.write(correction)
    union = WithArchive(bench.lake, archive)
    assert union.read(bars.key).content_hash() == bench.lake.read(bars.key).content_hash()
    assert union.coverage(bars.key) == bench.lake.coverage(bars.key)


def test_a_lone_row_in_the_store_makes_no_hole_of_what_the_archive_holds(bench, archive: ParquetLake) -> None:
    bars = bench.series(0, 100, without=range(40, 50))
    archive.write(bars.between(bench.at(0), bench.at(80)), fetched=(bench.at(0), bench.at(80)))
    bench.lake.write(bars.between(bench.at(80), bench.at(100)), fetched=(bench.at(80), bench.at(100)))
    bench.lake.write(bars.between(bench.at(5), bench.at(6)))
    union = WithArchive(bench.lake, archive)
    coverage = union.coverage(bars.key)
    assert (coverage.rows, [(gap.bars, gap.kind) for gap in coverage.gaps]) == (90, [(10, GapKind.UNKNOWN)])
    assert union.fetched(bars.key) == ((bench.at(0), bench.at(100)),)


def test_a_verdict_is_kept_where_the_hole_is(bench, archive: ParquetLake) -> None:
    bars = bench.series(0, 300, without=[*range(120, 125), *range(250, 255)])
    archive.write(bars.between(bench.at(0), bench.at(200)), fetched=(bench.at(0), bench.at(200)))
    bench.lake.write(bars.between(bench.at(200), bench.at(300)), fetched=(bench.at(200), bench.at(300)))
    gaps = explain_gaps(WithArchive(bench.lake, archive), bars.key)
    assert [gap.kind for gap in gaps] == [GapKind.OUTAGE, GapKind.OUTAGE]
    assert [gap.kind for gap in archive.coverage(bars.key).gaps] == [GapKind.OUTAGE]
    assert [gap.kind for gap in bench.lake.coverage(bars.key).gaps] == [GapKind.OUTAGE]


def test_a_series_of_which_all_was_archived_is_still_read(bench, archive: ParquetLake) -> None:
    bars = bench.series(0, 50)
    archive.write(bars)
    union = WithArchive(bench.lake, archive)
    assert union.read(bars.key).content_hash() == bars.content_hash()
    assert list(union.keys()) == [bars.key]
    assert union.coverage(bars.key).rows == 50
    with pytest.raises(DataError, match="the store has no binance:ETH/USDT"):
        union.read(bench.series(0, 1, symbol="ETH/USDT").key)


def test_what_was_known_before_the_archiving_is_refused_and_not_answered_with_less(tmp_path: Path, bench) -> None:
    instants = iter(range(10**18, 2 * 10**18, 10**15))
    archive = ParquetLake(tmp_path / "archive", now_ns=lambda: next(instants))
    store = ParquetLake(tmp_path / "store", now_ns=lambda: 10**17)
    bars = bench.series(0, 100)
    archive.write(bars.between(bench.at(0), bench.at(60)))
    store.write(bars.between(bench.at(60), bench.at(100)))
    union = WithArchive(store, archive)
    known = union.read(bars.key, bench.at(60), bench.at(100), as_of_ns=5 * 10**17)
    assert len(known) == 40
    assert len(union.read(bars.key, as_of_ns=2 * 10**18)) == 100
    for end in (bench.at(60), bench.at(100)):
        with pytest.raises(DataError, match="rows of this range were archived after 1985-11-05"):
            union.read(bars.key, bench.at(0), end, as_of_ns=5 * 10**17)


def test_events_of_both_are_one_series_each_once(bench, archive: ParquetLake) -> None:
    identity = bench.series(0, 1).key.instrument
    times = np.array([bench.at(8 * number) for number in range(10)])
    rates = funding_events(identity, times, np.arange(10), 6)
    archive.write(rates.take(slice(0, 7)))
    bench.lake.write(rates.take(slice(5, 10)))
    union = WithArchive(bench.lake, archive)
    key = event_key(identity, "funding")
    assert union.read_events(key).content_hash() == rates.content_hash()
    assert union.read_events(key, bench.at(0), bench.at(24)).ts_ns.tolist() == times[:3].tolist()


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_events_of_both_are_read_once_whatever_the_decimals_of_each(
    kind: SeriesKind, archive: ParquetLake, tmp_path: Path
) -> None:
    """What both hold is taken from the store, though one of them needs more decimals than the other."""
    lake, whole = ParquetLake(tmp_path / "store"), example_events(kind, 0, 30)
    archive.write(example_events(kind, 0, 20))
    finer = example_events(kind, 10, 30, digits=2)
    value = {"trades": "quantity", "quotes": "bid_quantity", "funding": "rate", "book": "quantity"}[kind]
    finer = Events(finer.key, {**finer.columns, value: finer[value] + 1}, finer.price_scale, finer.quantity_scale)
    lake.write(finer)
    both = WithArchive(lake, archive).read_events(whole.key)
    expected = joined_events(whole.key, [example_events(kind, 0, 10), finer])
    assert both.content_hash() == expected.content_hash()


def test_a_book_level_is_the_same_level_on_a_coarser_scale_of_prices(archive: ParquetLake, tmp_path: Path) -> None:
    lake, book = ParquetLake(tmp_path / "store"), example_events("book", 0, 30)
    lake.write(book)
    round_prices = book.where(book["price"] % 100 == 0)
    assert len(round_prices)
    archive.write(round_prices)
    assert archive.read_events(book.key).price_scale < lake.read_events(book.key).price_scale
    assert WithArchive(lake, archive).read_events(book.key).content_hash() == book.content_hash()
