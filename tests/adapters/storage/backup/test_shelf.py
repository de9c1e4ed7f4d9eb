"""The shelf of backups: sealed or not, in a directory or in a bucket."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tickwright.adapters.storage.backup.drill import run_drill
from tickwright.adapters.storage.backup.sealing import SealingKey
from tickwright.adapters.storage.backup.shelf import PIECE, Shelf, pieces_of
from tickwright.adapters.storage.backup.snapshots import read_snapshot, restore_snapshot, take_snapshot, verify_snapshot
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.adapters.storage.place import Place, place_of
from tickwright.domain.errors import DataError, StoreDamaged

KEY = SealingKey(bytes(range(32)))


@pytest.fixture(params=["directory", "bucket"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "directory":
        return tmp_path / "backup"
    return place_of(request.getfixturevalue("bucket")("backup"))


@pytest.fixture
def lake(make_bars: Callable, tmp_path: Path) -> Path:
    store = ParquetLake(tmp_path / "lake")
    store.write(make_bars(0, 90))
    store.write(make_bars(10, 20, shift=3))
    return tmp_path / "lake"


@pytest.mark.parametrize("key", [None, KEY])
def test_a_snapshot_and_its_drill_work_anywhere_sealed_or_not(lake: Path, target: Place, tmp_path, key) -> None:
    first = take_snapshot(lake, target, key=key, now_ns=10**18)
    assert take_snapshot(lake, target, key=key, now_ns=2 * 10**18).copied == 0
    assert verify_snapshot(target, first, key=key) == []
    drill = run_drill(lake, target, tmp_path / "scratch", key=key)
    assert (drill.series, drill.rows, drill.behind) == (1, 90, ())


def test_a_lake_in_a_bucket_is_backed_up_and_restored_like_any(bucket, make_bars, tmp_path: Path) -> None:
    live = place_of(bucket("live"))
    ParquetLake(live).write(make_bars(0, 90))
    snapshot = take_snapshot(live, tmp_path / "backup")
    restored = place_of(bucket("restored"))
    restore_snapshot(tmp_path / "backup", snapshot, restored)
    assert ParquetLake(restored).read(make_bars().key).content_hash() == make_bars(0, 90).content_hash()
    with pytest.raises(DataError, match="not empty"):
        restore_snapshot(tmp_path / "backup", snapshot, restored)


def test_nothing_readable_lies_in_a_sealed_backup(lake: Path, tmp_path: Path) -> None:
    take_snapshot(lake, tmp_path / "backup", key=KEY)
    for path in (tmp_path / "backup").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(word in content for word in (b"PAR1", b"binance", b"BTC", b"manifest", bytes(range(32))))


def test_a_wrong_key_no_key_and_a_needless_key_are_each_one_sentence(lake: Path, tmp_path: Path) -> None:
    sealed, plain = tmp_path / "sealed", tmp_path / "plain"
    take_snapshot(lake, sealed, key=KEY)
    take_snapshot(lake, plain)
    with pytest.raises(DataError, match="the backup is encrypted"):
        read_snapshot(sealed)
    with pytest.raises(DataError, match="sealed with another key"):
        read_snapshot(sealed, key=SealingKey(bytes(range(1, 33))))
    with pytest.raises(StoreDamaged, match="it is not sealed"):
        read_snapshot(plain, key=KEY)


def test_two_sealed_objects_that_changed_places_are_found(lake: Path, tmp_path: Path) -> None:
    snapshot = take_snapshot(lake, tmp_path / "backup", key=KEY)
    one, two = sorted(path for path in (tmp_path / "backup" / "objects").rglob("*") if path.is_file())[:2]
    contents = one.read_bytes(), two.read_bytes()
    one.write_bytes(contents[1])
    two.write_bytes(contents[0])
    assert len(verify_snapshot(tmp_path / "backup", snapshot, key=KEY)) == 2


def test_a_large_content_travels_in_pieces_and_an_empty_one_as_one() -> None:
    pieces = list(pieces_of(bytes(2 * PIECE + 1)))
    assert [len(piece) for piece in pieces] == [PIECE, PIECE, 1]
    assert list(pieces_of(b"")) == [b""]


def test_what_does_not_read_back_as_it_was_put_is_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tickwright.adapters.storage.backup import shelf

    monkeypatch.setattr(shelf, "write_file", lambda path, content: path.write_bytes(content[:-1]))
    with pytest.raises(StoreDamaged, match="does not read back"):
        Shelf(tmp_path).keep(b"content")
