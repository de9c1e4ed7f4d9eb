"""Snapshots: incremental, killable, verified whole, restored exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickwright.adapters.storage.backup import shelf as module
from tickwright.adapters.storage.backup.drill import run_drill
from tickwright.adapters.storage.backup.snapshots import (
    read_snapshot,
    restore_snapshot,
    snapshots,
    take_snapshot,
    verify_snapshot,
)
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.errors import DataError, StoreDamaged


@pytest.fixture
def lake(make_bars, tmp_path: Path) -> Path:
    place = tmp_path / "lake"
    store = ParquetLake(place)
    store.write(make_bars(0, 90), fetched=(int(make_bars().open_time_ns[0]), int(make_bars(90, 91).open_time_ns[0])))
    store.write(make_bars(10, 20, shift=3))
    store.write(make_bars(0, 90, symbol="ETH/USDT"))
    store.read(make_bars().key)  # fills the cache, which is no part of a backup
    return place


def test_a_restored_lake_gives_the_same_rows_versions_and_gaps(make_bars, lake: Path, tmp_path: Path) -> None:
    snapshot = take_snapshot(lake, tmp_path / "backup")
    assert verify_snapshot(tmp_path / "backup", snapshot) == []
    restore_snapshot(tmp_path / "backup", read_snapshot(tmp_path / "backup"), tmp_path / "restored")
    live, restored = ParquetLake(lake), ParquetLake(tmp_path / "restored")
    assert restored.keys() == live.keys()
    for key in live.keys():  # noqa: SIM118
        assert restored.read(key).content_hash() == live.read(key).content_hash()
        assert restored.coverage(key) == live.coverage(key)
        for as_of in (0, 2**62):
            assert restored.read(key, as_of_ns=as_of).content_hash() == live.read(key, as_of_ns=as_of).content_hash()
    assert not list(restored.verify(deep=True))
    assert not list((tmp_path / "backup").rglob("*.bars"))


def test_a_second_snapshot_copies_only_what_changed(make_bars, lake: Path, tmp_path: Path) -> None:
    first = take_snapshot(lake, tmp_path / "backup", now_ns=10**18)
    same = take_snapshot(lake, tmp_path / "backup", now_ns=10**18 + 1)
    assert (first.copied, same.copied) == (first.size, 0)
    ParquetLake(lake).write(make_bars(90, 95))
    more = take_snapshot(lake, tmp_path / "backup", now_ns=10**18 + 2)
    assert 0 < more.copied < more.size
    assert len(snapshots(tmp_path / "backup")) == 3
    restore_snapshot(tmp_path / "backup", read_snapshot(tmp_path / "backup", first.name), tmp_path / "old")
    assert len(ParquetLake(tmp_path / "old").read(make_bars().key)) == 90


@pytest.mark.parametrize("calls", range(1, 8))
def test_a_run_that_dies_anywhere_leaves_no_snapshot_and_the_next_one_goes_on(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    written = 0
    honest = module.write_file

    def dying(path: Path, content: bytes) -> None:
        nonlocal written
        written += 1
        if written > calls:
            raise KeyboardInterrupt
        honest(path, content)

    with monkeypatch.context() as death:
        death.setattr(module, "write_file", dying)
        with pytest.raises(KeyboardInterrupt):
            take_snapshot(lake, tmp_path / "backup")
    assert snapshots(tmp_path / "backup") == []
    snapshot = take_snapshot(lake, tmp_path / "backup")
    assert snapshot.copied < snapshot.size
    assert verify_snapshot(tmp_path / "backup", snapshot) == []


@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_a_bad_object_is_found_not_restored_and_replaced_by_the_next_snapshot(
    lake: Path, tmp_path: Path, damage: str
) -> None:
    """ST-13: the whole backup is read, not listed."""
    snapshot = take_snapshot(lake, tmp_path / "backup")
    victim = max(
        (tmp_path / "backup" / "objects").rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0
    )
    content = bytearray(victim.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
        victim.write_bytes(content)
    elif damage == "cut":
        victim.write_bytes(content[:-1])
    else:
        victim.unlink()
    assert len(verify_snapshot(tmp_path / "backup", snapshot)) >= 1
    with pytest.raises(StoreDamaged):
        restore_snapshot(tmp_path / "backup", snapshot, tmp_path / "restored")
    assert ParquetLake(tmp_path / "restored").keys() == [] or not list(ParquetLake(tmp_path / "restored").verify())
    assert verify_snapshot(tmp_path / "backup", take_snapshot(lake, tmp_path / "backup")) == []


def test_a_damaged_lake_gets_no_snapshot_and_the_last_good_one_stays(lake: Path, tmp_path: Path) -> None:
    good = take_snapshot(lake, tmp_path / "backup")
    victim = next(lake.rglob("2023.*.parquet"))
    victim.write_bytes(victim.read_bytes()[:-5] + b"rotten"[:5])
    with pytest.raises(StoreDamaged, match="its bytes are not those that were written"):
        take_snapshot(lake, tmp_path / "backup")
    assert snapshots(tmp_path / "backup") == [good.name]
    assert verify_snapshot(tmp_path / "backup", good) == []


def test_a_damaged_list_of_files_is_named(lake: Path, tmp_path: Path) -> None:
    name = take_snapshot(lake, tmp_path / "backup").name
    path = tmp_path / "backup" / "snapshots" / f"{name}.json"
    path.write_bytes(path.read_bytes().replace(b'"format":2', b'"format":0'))
    with pytest.raises(StoreDamaged, match="the snapshot is not readable"):
        read_snapshot(tmp_path / "backup")


def test_nothing_is_restored_over_something(lake: Path, tmp_path: Path) -> None:
    snapshot = take_snapshot(lake, tmp_path / "backup")
    with pytest.raises(DataError, match="the place is not empty"):
        restore_snapshot(tmp_path / "backup", snapshot, lake)


def test_an_empty_place_has_nothing_to_back_up_and_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is nothing to back up"):
        take_snapshot(tmp_path / "lake", tmp_path / "backup")
    with pytest.raises(DataError, match="there is no snapshot"):
        read_snapshot(tmp_path / "backup")


def test_a_drill_measures_and_names_what_changed_since(make_bars, lake: Path, tmp_path: Path) -> None:
    snapshot = take_snapshot(lake, tmp_path / "backup", now_ns=10**18)
    ParquetLake(lake).write(make_bars(90, 95))
    drill = run_drill(lake, tmp_path / "backup", tmp_path / "scratch", now_ns=10**18 + 60 * 10**9)
    assert (drill.snapshot, drill.series, drill.rows, drill.rpo_s) == (snapshot.name, 2, 180, 60.0)
    assert drill.behind == ("binance:BTC/USDT candles 1h",)
    assert drill.rto_s > 0
    assert not (tmp_path / "scratch").exists()
