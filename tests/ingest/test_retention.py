"""Old rows into an archive: planned, proven, resumable, read as one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.checks.example_events import START_NS, STEP_NS, example_events
from tickwright.domain.errors import DataError
from tickwright.domain.gaps import Gap, GapKind
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY
from tickwright.ingest.archive_view import WithArchive
from tickwright.ingest.retention import RetentionRule, bring_back, plan_retention, retire

HOUR = Timeframe.parse("1h")


@pytest.fixture
def archive(tmp_path: Path) -> ParquetLake:
    return ParquetLake(tmp_path / "archive")


def filled(bench):
    bars = bench.series(0, 300, without=range(40, 50))
    bench.lake.write(bars, fetched=(bench.at(0), bench.at(300)))
    bench.lake.explain(bars.key, [Gap(bench.at(40), bench.at(50), 10, GapKind.OUTAGE, "down")])
    return bars


def test_a_plan_names_what_would_leave_and_changes_nothing(bench) -> None:
    bars = filled(bench)
    rules = [RetentionRule(1, timeframe=Timeframe.parse("1m")), RetentionRule(100 * HOUR.length_ns)]
    (retirement,) = plan_retention(bench.lake, rules, bench.at(300) + 17)
    assert (retirement.key, retirement.before_ns, retirement.rows) == (bars.key, bench.at(200), 190)
    assert len(bench.lake.read(bars.key)) == 290
    assert plan_retention(bench.lake, rules[:1], bench.at(300)) == []


def test_rows_leave_for_the_archive_and_both_read_as_one(bench, archive: ParquetLake) -> None:
    bars = filled(bench)
    (retirement,) = plan_retention(bench.lake, [RetentionRule(100 * HOUR.length_ns)], bench.at(300))
    assert retire(bench.lake, archive, retirement) == 190
    assert len(bench.lake.read(bars.key)) == 100
    assert WithArchive(bench.lake, archive).read(bars.key).content_hash() == bars.content_hash()
    assert [gap.bars for gap in archive.coverage(bars.key).gaps] == [10]
    assert bench.lake.coverage(bars.key).gaps == ()
    assert plan_retention(bench.lake, [RetentionRule(100 * HOUR.length_ns)], bench.at(300)) == []
    part = WithArchive(bench.lake, archive).read(bars.key, bench.at(190), bench.at(210))
    assert len(part) == 20


@pytest.mark.parametrize("call", ["write", "explain", "verify", "drop"])
def test_a_run_that_dies_at_any_step_loses_and_doubles_nothing(
    bench, archive: ParquetLake, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """ST-12."""
    bars = filled(bench)
    (retirement,) = plan_retention(bench.lake, [RetentionRule(100 * HOUR.length_ns)], bench.at(300))

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as death:
        death.setattr(bench.lake if call == "drop" else archive, call, die)
        with pytest.raises(KeyboardInterrupt):
            retire(bench.lake, archive, retirement)
    assert len(bench.lake.read(bars.key)) == 290
    assert WithArchive(bench.lake, archive).read(bars.key).content_hash() == bars.content_hash()
    assert retire(bench.lake, archive, retirement) == 190
    assert WithArchive(bench.lake, archive).read(bars.key).content_hash() == bars.content_hash()


def test_an_archive_that_loses_rows_is_found_out_and_nothing_is_dropped(
    bench, archive: ParquetLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars = filled(bench)
    (retirement,) = plan_retention(bench.lake, [RetentionRule(100 * HOUR.length_ns)], bench.at(300))
    honest = archive.read
    monkeypatch.setattr(archive, "read", lambda key, start, end: honest(key, start, end - HOUR.length_ns))
    with pytest.raises(DataError, match="the archive gives other rows"):
        retire(bench.lake, archive, retirement)
    assert len(bench.lake.read(bars.key)) == 290


def test_what_came_from_a_file_keeps_its_kind_of_hole_in_the_archive(bench, archive: ParquetLake) -> None:
    bars = bench.series(0, 300, without=range(40, 50))
    bench.lake.write(bars)
    (retirement,) = plan_retention(bench.lake, [RetentionRule(100 * HOUR.length_ns)], bench.at(300))
    retire(bench.lake, archive, retirement)
    assert [(gap.bars, gap.kind) for gap in archive.coverage(bars.key).gaps] == [(10, GapKind.UNKNOWN)]
    assert archive.fetched(bars.key) == ()


def test_a_revision_after_archiving_wins_in_the_union(bench, archive: ParquetLake) -> None:
    bars = filled(bench)
    (retirement,) = plan_retention(bench.lake, [RetentionRule(100 * HOUR.length_ns)], bench.at(300))
    retire(bench.lake, archive, retirement)
    correction = bars.between(bench.at(5), bench.at(6))
    correction = correction.where(correction.volume > 0)
    correction.close[0] += 1
    bench.lake.write(correction)
    union = WithArchive(bench.lake, archive).read(bars.key)
    assert union.close[5] == bars.close[5] + 1
    assert len(union) == 290


def test_a_rule_of_a_kind_moves_whole_days_of_its_events(archive: ParquetLake, tmp_path: Path) -> None:
    lake, trades = ParquetLake(tmp_path / "lake"), example_events("trades", 0, 6_000)  # two days and two hours
    lake.write(trades, fetched=(START_NS, START_NS + 6_000 * STEP_NS["trades"]))
    lake.write(example_events("funding", 0, 9))
    rules = [RetentionRule(DAY // 2, kind="trades")]
    (retirement,) = plan_retention(lake, rules, int(trades.ts_ns[-1]))
    assert retirement.key == trades.key
    assert (retirement.before_ns % DAY, retirement.rows) == (0, 8 * 120 + 24 * 120)
    assert retire(lake, archive, retirement) == retirement.rows
    left, kept = lake.read_events(trades.key), archive.read_events(trades.key)
    assert (len(left), len(kept)) == (6_000 - retirement.rows, retirement.rows)
    assert kept.content_hash() == trades.between(0, retirement.before_ns).content_hash()
    assert lake.coverage(trades.key).gaps == archive.coverage(trades.key).gaps == ()
    union = WithArchive(lake, archive)
    assert union.read_events(trades.key).content_hash() == trades.content_hash()
    assert union.coverage(trades.key).rows == 6_000
    assert plan_retention(lake, rules, int(trades.ts_ns[-1])) == []


def test_a_cut_that_would_fall_into_a_hole_falls_before_it(bench) -> None:
    bars = filled(bench)
    for hour in (40, 45, 50):  # hours 40 to 49 are missing
        rules = [RetentionRule((300 - hour) * HOUR.length_ns)]
        (retirement,) = plan_retention(bench.lake, rules, bench.at(300))
        assert (retirement.before_ns, retirement.rows) == (bench.at(39), 39)
    (beside,) = plan_retention(bench.lake, [RetentionRule(249 * HOUR.length_ns)], bench.at(300))
    assert (beside.before_ns, beside.rows) == (bench.at(51), 41)
    assert bars.key == beside.key


def test_what_was_archived_comes_back_and_what_the_store_holds_stays(bench, archive: ParquetLake) -> None:
    bars = filled(bench)
    before = bench.lake.coverage(bars.key)
    (retirement,) = plan_retention(bench.lake, [RetentionRule(100 * HOUR.length_ns)], bench.at(300))
    retire(bench.lake, archive, retirement)
    correction = bars.between(bench.at(5), bench.at(6)).rescaled(4, 3)
    correction.close[0] += 1
    bench.lake.write(correction)
    assert bring_back(bench.lake, archive, bars.key, bench.at(0), bench.at(20)) == 19  # not the corrected one
    assert bring_back(bench.lake, archive, bars.key) == 170
    assert bring_back(bench.lake, archive, bars.key) == 0
    restored = bench.lake.read(bars.key)
    assert restored.prices("close")[5] == bars.prices("close")[5] + 0.0001
    assert np.array_equal(np.delete(restored.prices("close"), 5), np.delete(bars.prices("close"), 5))
    assert bench.lake.coverage(bars.key) == before
    assert bench.lake.fetched(bars.key) == ((bench.at(0), bench.at(300)),)
    assert archive.coverage(bars.key).rows == 190


def test_a_store_that_loses_what_comes_back_is_found_out(
    bench, archive: ParquetLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars = filled(bench)
    (retirement,) = plan_retention(bench.lake, [RetentionRule(100 * HOUR.length_ns)], bench.at(300))
    retire(bench.lake, archive, retirement)
    honest = bench.lake.write
    monkeypatch.setattr(bench.lake, "write", lambda bars, **facts: honest(bars.where(bars.volume < 0), **facts))
    with pytest.raises(DataError, match="the store gives other rows than it and the archive held"):
        bring_back(bench.lake, archive, bars.key)
