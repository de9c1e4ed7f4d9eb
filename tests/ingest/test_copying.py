"""Series between stores, compared after the copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.checks.example_events import START_NS, STEP_NS, example_events
from tickwright.domain.bars import SeriesKind
from tickwright.domain.errors import DataError
from tickwright.domain.gaps import Gap, GapKind
from tickwright.domain.row_layout import EVENT_KINDS
from tickwright.ingest.copying import copy_series
from tickwright.ports import RefusedRow


@pytest.fixture
def target(tmp_path: Path) -> ParquetLake:
    return ParquetLake(tmp_path / "target")


def lively(bench):
    """A series with everything: two fetched islands, an imported one, an explained hole, rows in quarantine."""
    bars = bench.series(0, 300, without=range(40, 50))
    bench.lake.write(bars.between(bench.at(0), bench.at(100)), fetched=(bench.at(0), bench.at(100)))
    bench.lake.write(bars.between(bench.at(150), bench.at(200)), fetched=(bench.at(150), bench.at(205)))
    bench.lake.write(bench.series(230, 300, without=range(250, 255)))
    bench.lake.explain(bars.key, [Gap(bench.at(40), bench.at(50), 10, GapKind.OUTAGE, "down")])
    bench.lake.quarantine(bars.key, [RefusedRow("candle of x", "absurd")], "fetched from binance")
    return bars.key


def test_rows_ranges_gaps_and_quarantine_arrive(bench, target: ParquetLake) -> None:
    key = lively(bench)
    report = copy_series(bench.lake, target, key)
    assert report.inserted == bench.lake.coverage(key).rows
    assert target.read(key).content_hash() == bench.lake.read(key).content_hash()
    assert target.coverage(key) == bench.lake.coverage(key)
    assert target.fetched(key) == bench.lake.fetched(key)
    assert [row.place for row in target.quarantined(key)] == ["candle of x"]


def test_copying_again_changes_nothing(bench, target: ParquetLake) -> None:
    key = lively(bench)
    copy_series(bench.lake, target, key)
    again = copy_series(bench.lake, target, key)
    assert (again.inserted, again.revised, again.unchanged) == (0, 0, bench.lake.coverage(key).rows)
    assert target.coverage(key) == bench.lake.coverage(key)


def test_rows_the_target_holds_besides_stay(bench, target: ParquetLake) -> None:
    bars = bench.series(0, 300)
    bench.lake.write(bars.between(bench.at(0), bench.at(100)))
    target.write(bars.between(bench.at(200), bench.at(300)))
    copy_series(bench.lake, target, bars.key)
    assert len(target.read(bars.key)) == 200


def test_a_target_that_loses_a_row_is_found_out(bench, target: ParquetLake, monkeypatch: pytest.MonkeyPatch) -> None:
    key = lively(bench)
    honest = target.read
    monkeypatch.setattr(target, "read", lambda wanted, *span: honest(wanted, *span).between(bench.at(1), bench.at(300)))
    with pytest.raises(DataError, match="the copy gives other rows"):
        copy_series(bench.lake, target, key)


def test_a_series_of_ranges_without_rows_is_copied_too(bench, target: ParquetLake) -> None:
    empty = bench.series(0, 1).between(0, 1)
    bench.lake.write(empty, fetched=(bench.at(0), bench.at(50)))
    copy_series(bench.lake, target, empty.key)
    assert target.coverage(empty.key) == bench.lake.coverage(empty.key)


def test_a_lake_and_a_database_hold_the_same(bench, database) -> None:
    from tickwright.adapters.storage.postgres.postgres_store import PostgresStore

    key = lively(bench)
    server = PostgresStore(database("copy"))
    copy_series(bench.lake, server, key)
    assert server.coverage(key) == bench.lake.coverage(key)
    assert server.read(key).content_hash() == bench.lake.read(key).content_hash()


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_events_are_copied_with_their_ranges_and_gaps(kind: SeriesKind, tmp_path: Path, target: ParquetLake) -> None:
    lake, key = ParquetLake(tmp_path / "source"), example_events(kind, 0, 1).key
    at = lambda number: START_NS + number * STEP_NS[kind]  # noqa: E731 - the grid in one word
    lake.write(example_events(kind, 0, 20), fetched=(at(0), at(20)))
    lake.write(example_events(kind, 40, 60))
    lake.quarantine(key, [RefusedRow("row of x", "absurd")], "fetched from exam")
    report = copy_series(lake, target, key)
    assert report.inserted == lake.coverage(key).rows
    assert target.read_events(key).content_hash() == lake.read_events(key).content_hash()
    assert target.coverage(key) == lake.coverage(key)
    assert target.fetched(key) == lake.fetched(key)
    assert len(target.quarantined(key)) == 1
    assert copy_series(lake, target, key).unchanged == report.inserted
