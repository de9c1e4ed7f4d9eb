"""ST-03 and ST-05: a lake on a disk that fills up, turns read-only, or forbids large files.

MUST: the write fails with its reason and changes nothing, what is held is read on, and the same call works as soon as
there is room. The mutant calls a write that the disk refused a success. The alarm before a disk is full, and what a
node does then, are for the node to show.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import DataError, StoreWriteFailed
from tickwright.domain.events import Series
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant
from tickwright.ports import WriteReport

KEY = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), Timeframe.parse("1m"))


def bars(first: int, last: int, shift: int = 0) -> Bars:
    random = np.random.default_rng(first + 7 * shift)
    number = np.arange(first, last)
    base = 4_200_000 + random.integers(0, 100_000, len(number))
    time = parse_instant("2024-01-01") + number * 60 * 10**9
    return Bars(KEY, time, base, base + 50, base - 50, base, random.integers(0, 10**9, len(number)), 2, 6)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte of its own."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this machine does not allow mounting")
    try:
        yield place
    finally:
        subprocess.run(["mount", "-o", "remount,rw", place], capture_output=True, check=False)
        subprocess.run(["umount", "-l", place], capture_output=True, check=True)


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mutant of `write`: what the disk does not take is not worth a word."""
    honest = ParquetLake.write

    def write(self: ParquetLake, series: Series) -> WriteReport:
        try:
            return honest(self, series)
        except StoreWriteFailed:
            return WriteReport(inserted=len(series))

    monkeypatch.setattr(ParquetLake, "write", write)


def a_full_disk_stops_nothing_but_the_write(small_disk: Path) -> None:
    """ST-03: and when there is room again, the same call works."""
    lake = ParquetLake(small_disk / "lake", cache_limit_bytes=0)
    lake.write(bars(0, 5_000))
    before = lake.read(KEY).content_hash()
    hog = small_disk / "hog"
    room = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    hog.write_bytes(b"x" * (room - 8192))
    for _ in range(2):
        with pytest.raises(StoreWriteFailed, match="the disk is full"):
            lake.write(bars(5_000, 10_000))
        assert lake.read(KEY).content_hash() == before
    hog.unlink()
    assert lake.write(bars(5_000, 10_000)).inserted == 5_000
    assert not list(lake.verify(deep=True))
    assert not list((small_disk / "lake").rglob(".tmp-*"))


def test_a_disk_filled_by_another_writer_stops_nothing_but_the_write(small_disk: Path) -> None:
    a_full_disk_stops_nothing_but_the_write(small_disk)


@pytest.mark.usefixtures("careless")
def test_a_lake_that_overlooks_a_full_disk_is_seen(small_disk: Path) -> None:
    with pytest.raises((DataError, pytest.fail.Exception)):
        a_full_disk_stops_nothing_but_the_write(small_disk)


def a_read_only_disk_is_read_on_and_named(small_disk: Path) -> None:
    """ST-05."""
    lake = ParquetLake(small_disk / "lake")
    lake.write(bars(0, 500))
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(StoreWriteFailed, match="the place cannot be written"):
        lake.write(bars(500, 600))
    assert ParquetLake(small_disk / "lake").read(KEY).content_hash() == bars(0, 500).content_hash()
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert lake.write(bars(500, 600)).inserted == 100


def test_a_disk_that_turns_read_only_is_read_on_and_named(small_disk: Path) -> None:
    a_read_only_disk_is_read_on_and_named(small_disk)


@pytest.mark.usefixtures("careless")
def test_a_lake_that_overlooks_a_read_only_disk_is_seen(small_disk: Path) -> None:
    with pytest.raises((DataError, pytest.fail.Exception)):
        a_read_only_disk_is_read_on_and_named(small_disk)


def a_limit_on_the_size_of_a_file_is_a_full_disk(tmp_path: Path) -> None:
    """The same for an ordinary user: RLIMIT_FSIZE."""
    lake = ParquetLake(tmp_path, cache_limit_bytes=0)
    lake.write(bars(0, 500))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(StoreWriteFailed, match="the disk is full"):
            lake.write(bars(500, 9_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert lake.read(KEY).content_hash() == bars(0, 500).content_hash()
    assert lake.write(bars(500, 9_000)).inserted == 8_500
    assert not list(lake.verify(deep=True))


def test_a_limit_on_the_size_of_a_file_is_a_full_disk(tmp_path: Path) -> None:
    a_limit_on_the_size_of_a_file_is_a_full_disk(tmp_path)


@pytest.mark.usefixtures("careless")
def test_a_lake_that_overlooks_a_limit_is_seen(tmp_path: Path) -> None:
    with pytest.raises((DataError, pytest.fail.Exception)):
        a_limit_on_the_size_of_a_file_is_a_full_disk(tmp_path)
