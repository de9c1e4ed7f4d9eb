"""The engine-ready cache: served when sound, rebuilt when not, bounded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tickwright.adapters.storage.lake.cache import BarsCache
from tickwright.adapters.storage.lake.lake import ParquetLake


def entry(root: Path) -> Path:
    (path,) = root.glob("*.bars")
    return path


def test_what_was_put_comes_back_and_may_be_changed_without_changing_the_entry(make_bars, tmp_path: Path) -> None:
    cache, bars = BarsCache(tmp_path), make_bars(0, 50)
    assert cache.get("a", bars.key) is None
    cache.put("a", [bars])
    first = cache.get("a", bars.key)
    assert first is not None
    assert first.content_hash() == bars.content_hash()
    first.close[:] = 7
    again = cache.get("a", bars.key)
    assert again is not None
    assert again.content_hash() == bars.content_hash()


def test_a_state_in_pieces_is_one_series(make_bars, tmp_path: Path) -> None:
    cache, bars = BarsCache(tmp_path), make_bars(0, 50)
    middle = int(bars.open_time_ns[20])
    cache.put("a", [bars.between(0, middle), bars.between(middle, 2**62)])
    found = cache.get("a", bars.key)
    assert found is not None
    assert found.content_hash() == bars.content_hash()


@pytest.mark.parametrize("place", [3, 20, 4096 + 8 * 60, -1])
def test_one_flipped_bit_anywhere_is_never_served(make_bars, tmp_path: Path, place: int) -> None:
    cache, bars = BarsCache(tmp_path), make_bars(0, 50)
    cache.put("a", [bars])
    content = bytearray(entry(tmp_path).read_bytes())
    content[place] ^= 16
    entry(tmp_path).write_bytes(content)
    assert cache.get("a", bars.key) is None
    assert not list(tmp_path.glob("*.bars"))


@pytest.mark.parametrize("length", [0, 100, 4096, 5000])
def test_a_torn_entry_is_never_served(make_bars, tmp_path: Path, length: int) -> None:
    cache, bars = BarsCache(tmp_path), make_bars(0, 50)
    cache.put("a", [bars])
    os.truncate(entry(tmp_path), length)
    assert cache.get("a", bars.key) is None


def test_the_entries_used_longest_ago_go_first(make_bars, tmp_path: Path) -> None:
    bars = make_bars(0, 50)
    size = 4096 + 50 * 48
    cache = BarsCache(tmp_path, limit_bytes=2 * size)
    cache.put("a", [bars])
    cache.put("b", [bars])
    os.utime(tmp_path / "a.bars", ns=(1, 1))
    os.utime(tmp_path / "b.bars", ns=(2, 2))
    cache.put("c", [bars])
    assert cache.get("a", bars.key) is None
    assert cache.get("b", bars.key) is not None
    assert cache.get("c", bars.key) is not None


def test_a_series_larger_than_the_limit_is_not_kept(make_bars, tmp_path: Path) -> None:
    cache = BarsCache(tmp_path, limit_bytes=100)
    cache.put("a", [make_bars()])
    assert not list(tmp_path.iterdir())


def test_a_disk_that_takes_no_entry_only_costs_time(make_bars, tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("a file where the cache belongs")
    lake = ParquetLake(tmp_path)
    lake.write(make_bars(0, 20))
    assert len(lake.read(make_bars().key)) == 20


def test_a_changed_series_is_never_read_from_an_old_entry(make_bars, tmp_path: Path) -> None:
    lake = ParquetLake(tmp_path)
    for shift in (0, 1):
        lake.write(make_bars(0, 20, shift=shift))
        for _ in range(2):
            assert lake.read(make_bars().key).content_hash() == make_bars(0, 20, shift=shift).content_hash()
