"""A name in a bucket as a lake uses it: what it offers of a path, and two writers of one series."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

import pytest

from tickwright.adapters.storage import durable_file
from tickwright.adapters.storage.bucket.address import bucket_address
from tickwright.adapters.storage.bucket.bucket_path import BucketPath
from tickwright.adapters.storage.bucket.objects import Objects
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.errors import StoreBusy, StoreDamaged, TickwrightError

Locate = Callable[..., str]


@pytest.fixture
def root(bucket: Locate) -> BucketPath:
    return BucketPath.at(bucket("tree"))


def test_names_behave_like_those_of_a_path(root: BucketPath) -> None:
    path = root / "a" / "b.parquet"
    assert (path.name, path.stem, path.suffix) == ("b.parquet", "b", ".parquet")
    assert path.parent == root / "a"
    assert path.relative_to(root) == PurePosixPath("a/b.parquet")
    assert "canary" not in repr(path)


def test_objects_are_found_by_their_depth(root: BucketPath) -> None:
    for name in ("top.json", "a/one.json", "a/two.parquet", "a/b/three.json"):
        (root / name).put(b"x")
    assert [path.name for path in root.glob("*.json")] == ["top.json"]
    assert [path.name for path in root.glob("*/*.json")] == ["one.json"]
    assert (root / "a").exists()
    assert not (root / "a").is_file()
    (root / "a/one.json").unlink()
    assert not (root / "a/one.json").exists()
    assert not (root / "a/none").exists()


def test_a_path_that_is_no_writers_only_creates(root: BucketPath) -> None:
    (root / "x").put(b"1")
    (root / "x").read_bytes()
    with pytest.raises(StoreBusy):
        (root / "x").put(b"2")


class Meddling(Objects):
    """Objects that let somebody else act just before the manifest is put."""

    meddle: Callable[[], None] | None = None

    def put(self, key: str, content: bytes, *, version: str | None) -> str:
        if key.endswith("manifest.json") and self.meddle is not None and version is not None:
            meddle, self.meddle = self.meddle, None
            meddle()
        return super().put(key, content, version=version)


def meddled(location: str) -> tuple[ParquetLake, Meddling]:
    address = bucket_address(location)
    objects = Meddling(address)
    return ParquetLake(BucketPath(objects, address.prefix)), objects


@pytest.mark.parametrize("first_rows", [0, 50])
def test_of_two_writers_the_second_to_commit_loses_cleanly(bucket: Locate, make_bars, first_rows: int) -> None:
    """Both read the same manifest; the first to replace it wins, the other has changed nothing and may try again."""
    other = ParquetLake(BucketPath.at(bucket("race")))
    if first_rows:
        other.write(make_bars(0, first_rows))
    slow, objects = meddled(bucket("race"))
    objects.meddle = lambda: other.write(make_bars(50, 80))
    with pytest.raises(StoreBusy, match="another writer"):
        slow.write(make_bars(60, 100, shift=9))
    key = make_bars().key
    won = make_bars(0, 80) if first_rows else make_bars(50, 80)
    assert other.read(key).content_hash() == won.content_hash()
    assert slow.write(make_bars(80, 100)).inserted == 20
    assert not list(other.verify(deep=True))


def test_the_race_is_seen_where_a_store_replaces_without_looking(bucket: Locate, make_bars, monkeypatch) -> None:
    """The mutant of the test above: a put that asks for no version loses the first writer's rows."""
    other = ParquetLake(BucketPath.at(bucket("blind")))
    other.write(make_bars(0, 50))
    slow, objects = meddled(bucket("blind"))
    objects.meddle = lambda: other.write(make_bars(50, 80))
    honest = Objects.put

    def blind(self: Objects, key: str, content: bytes, *, version: str | None) -> str:
        return honest(self, key, content, version=self.get(key)[1] if self.holds(key) else None)

    monkeypatch.setattr(Objects, "put", blind)
    slow.write(make_bars(60, 100, shift=9))
    assert len(other.read(make_bars().key)) != 100


@pytest.mark.parametrize("patience_s", [durable_file.ABANDONED_AFTER_S, -60])
def test_what_a_slow_writer_has_put_is_not_swept_away(bucket: Locate, make_bars, monkeypatch, patience_s) -> None:
    """A writer that finds nothing new still sweeps; with no patience (the mutant) it removes the slow one's files."""
    monkeypatch.setattr(durable_file, "ABANDONED_AFTER_S", patience_s)
    slow, objects = meddled(bucket(f"sweep{patience_s}"))
    slow.write(make_bars(0, 50))
    other = ParquetLake(BucketPath.at(bucket(f"sweep{patience_s}")))
    objects.meddle = lambda: other.write(make_bars(0, 50)) and None
    slow.write(make_bars(50, 60))
    assert bool(list(other.verify(deep=True))) == (patience_s < 0)


def test_abandoned_objects_go_after_a_day(bucket: Locate, make_bars, monkeypatch: pytest.MonkeyPatch) -> None:
    place = BucketPath.at(bucket("old"))
    lake = ParquetLake(place)
    lake.write(make_bars(0, 50))
    orphan = place / "binance" / "BTC-USDT" / "candles-1h" / "2023.0000.parquet"
    orphan.put(b"never named by a manifest")
    lake.write(make_bars(50, 60))
    assert orphan.is_file()
    monkeypatch.setattr(durable_file, "ABANDONED_AFTER_S", -60)
    lake.write(make_bars(60, 70))
    assert not orphan.is_file()
    assert len(lake.read(make_bars().key)) == 70


def test_a_reader_of_a_bucket_sees_whole_states_and_rot_is_named(bucket: Locate, make_bars) -> None:
    place = BucketPath.at(bucket("rot"))
    lake = ParquetLake(place, cache_limit_bytes=0)
    lake.write(make_bars(0, 50))
    (part,) = place.glob("*/*/*/2024*.parquet")
    writer = part.for_writing()
    content = bytearray(writer.read_bytes())
    content[len(content) // 2] ^= 1
    writer.put(bytes(content))
    with pytest.raises(StoreDamaged, match="not those that were written"):
        lake.read(make_bars().key)
    assert [finding.reason for finding in lake.verify()] == ["its bytes are not those that were written"]


def test_no_sentence_of_a_refused_write_holds_a_credential(bucket: Locate, make_bars) -> None:
    place = BucketPath.at(bucket("x", port=1))
    with pytest.raises(TickwrightError) as refusal:
        ParquetLake(place).write(make_bars())
    assert "canary" not in f"{refusal.value} {refusal.value.hint} {refusal.value!r}"
