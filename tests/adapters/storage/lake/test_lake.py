"""The lake beyond the common exam: crashes, concurrent readers, damaged and foreign files, layout."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwright.adapters.storage import durable_file
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import DataError, StoreDamaged, StoreWriteFailed
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe


def directory_of(root: Path, bars: Bars) -> Path:
    return root / "binance" / bars.key.instrument.symbol.replace("/", "-") / f"candles-{bars.timeframe}"


@pytest.mark.parametrize(
    ("timeframe", "periods"),
    [("15m", ["2023-12", "2024-01"]), ("1h", ["2023", "2024"]), ("4h", ["2023", "2024"]), ("1d", ["all"])],
)
def test_a_series_is_cut_by_month_year_or_not_at_all(make_bars, tmp_path: Path, timeframe: str, periods: list) -> None:
    bars = make_bars(0, 400, timeframe=timeframe)
    ParquetLake(tmp_path).write(bars)
    files = sorted(path.name.split(".")[0] for path in directory_of(tmp_path, bars).glob("*.parquet"))
    assert files == periods


def test_a_finished_write_leaves_only_named_files(make_bars, tmp_path: Path) -> None:
    lake = ParquetLake(tmp_path)
    for shift in range(3):
        lake.write(make_bars(0, 60, shift=shift))
    directory = directory_of(tmp_path, make_bars())
    manifest = orjson.loads((directory / "manifest.json").read_bytes())
    named = {part[kind]["name"] for part in manifest["parts"] for kind in ("file", "history") if part[kind]}
    assert {path.name for path in directory.iterdir()} == named | {"manifest.json", ".lock"}
    assert manifest["generation"] == 3


def test_leftovers_of_a_killed_writer_are_not_read_and_are_removed_by_the_next(make_bars, tmp_path: Path) -> None:
    lake = ParquetLake(tmp_path)
    lake.write(make_bars(0, 10))
    directory = directory_of(tmp_path, make_bars())
    (directory / ".tmp-999-2023.aaaa.parquet").write_bytes(b"half")
    (directory / "2023.0123456789abcdef.parquet").write_bytes(b"whole but not committed")
    assert len(ParquetLake(tmp_path).read(make_bars().key)) == 10
    lake.write(make_bars(10, 12))
    assert not list(directory.glob(".tmp-*"))
    assert not (directory / "2023.0123456789abcdef.parquet").exists()


def test_a_reader_beside_a_writer_sees_whole_states_only(make_bars, tmp_path: Path) -> None:
    key = make_bars().key
    states = [make_bars(0, 96, shift=shift) for shift in range(12)]  # two parts, both revised by every write
    hashes = {state.content_hash() for state in states}
    writer, reader = ParquetLake(tmp_path), ParquetLake(tmp_path, cache_limit_bytes=0)
    writer.write(states[0])
    done = threading.Event()
    seen: set[str] = set()
    failures: list[BaseException] = []

    def read_on() -> None:
        try:
            while not done.is_set():
                seen.add(reader.read(key).content_hash())
        except BaseException as failure:
            failures.append(failure)

    thread = threading.Thread(target=read_on)
    thread.start()
    for state in states[1:]:
        writer.write(state)
    done.set()
    thread.join()
    assert not failures
    assert seen <= hashes


def test_a_full_disk_leaves_the_store_as_it_was_and_it_works_again_when_there_is_room(
    make_bars, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = ParquetLake(tmp_path)
    lake.write(make_bars(0, 50))

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(durable_file.os, "write", full)
        with pytest.raises(StoreWriteFailed, match="the disk is full"):
            lake.write(make_bars(40, 90))
    assert lake.read(make_bars().key).content_hash() == make_bars(0, 50).content_hash()
    assert lake.write(make_bars(40, 90)).inserted == 40
    assert not list(lake.verify(deep=True))


def test_after_a_failed_flush_the_store_writes_nothing_more(
    make_bars, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = ParquetLake(tmp_path)
    lake.write(make_bars(0, 50))

    def failing(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as disk:
        disk.setattr(durable_file.os, "fsync", failing)
        with pytest.raises(StoreWriteFailed, match="could not keep"):
            lake.write(make_bars(50, 60))
    with pytest.raises(StoreWriteFailed, match="could not keep"):
        lake.write(make_bars(50, 60))
    assert len(lake.read(make_bars().key)) == 50
    assert ParquetLake(tmp_path).write(make_bars(50, 60)).inserted == 10


@pytest.mark.parametrize("victim", ["*.parquet", "manifest.json"])
def test_one_flipped_bit_is_found_and_never_served(make_bars, tmp_path: Path, victim: str) -> None:
    bars = make_bars(0, 30)
    ParquetLake(tmp_path).write(bars)
    path = next(directory_of(tmp_path, bars).glob(victim))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)
    lake = ParquetLake(tmp_path)
    with pytest.raises(StoreDamaged, match=path.name.split(".")[0]):
        lake.read(bars.key)
    findings = list(lake.verify())
    assert len(findings) == 1
    assert path.name in findings[0].place


def test_a_missing_file_is_named(make_bars, tmp_path: Path) -> None:
    bars = make_bars(0, 30)
    lake = ParquetLake(tmp_path)
    lake.write(bars)
    next(directory_of(tmp_path, bars).glob("2023*.parquet")).unlink()
    with pytest.raises(StoreDamaged, match="a file that the manifest names is missing"):
        lake.read(bars.key)
    assert "it is missing" in next(iter(lake.verify())).reason


def test_a_store_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lake.json").write_bytes(orjson.dumps({"store": "tickwright-lake", "format": 99}))
    with pytest.raises(DataError, match="format 99"):
        ParquetLake(tmp_path)


def test_a_place_that_cannot_be_written_is_named(make_bars, tmp_path: Path) -> None:
    (tmp_path / "binance").write_text("a file where a directory belongs")
    with pytest.raises(StoreWriteFailed, match="binance"):
        ParquetLake(tmp_path).write(make_bars(0, 5))


def test_candles_of_a_kind_of_events_are_refused(make_bars, tmp_path: Path) -> None:
    bars = make_bars(0, 5)
    trades = SeriesKey(bars.key.instrument, bars.timeframe, "trades")
    columns = (bars.open_time_ns, bars.open, bars.high, bars.low, bars.close, bars.volume)
    with pytest.raises(DataError, match="the rows of this series are no events"):
        ParquetLake(tmp_path).write(Bars(trades, *columns, 2, 3))


def test_a_clock_that_goes_back_does_not_mix_versions(make_bars, tmp_path: Path) -> None:
    now = [10**18]
    lake = ParquetLake(tmp_path, now_ns=lambda: now[0])
    lake.write(make_bars(0, 10))
    now[0] = 5
    lake.write(make_bars(0, 10, shift=1))
    key = make_bars().key
    assert lake.read(key, as_of_ns=10**18).content_hash() == make_bars(0, 10).content_hash()
    assert lake.read(key).content_hash() == make_bars(0, 10, shift=1).content_hash()


def test_every_former_version_is_read_as_of_its_time(make_bars, tmp_path: Path) -> None:
    now = [0]
    lake = ParquetLake(tmp_path, now_ns=lambda: now[0])
    versions = [make_bars(0, 50, shift=shift) for shift in (0, 5, 5, 9, 0)]
    for step, version in enumerate(versions, start=1):
        now[0] = step * 1_000
        lake.write(version)
    for step, version in enumerate(versions, start=1):
        known = lake.read(version.key, as_of_ns=step * 1_000 + 999)
        assert known.content_hash() == version.content_hash()
    assert len(lake.read(versions[0].key, as_of_ns=500)) == 0


HOUR = Timeframe.parse("1h")
KEY = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), HOUR)


@settings(max_examples=25)
@given(
    st.lists(st.dictionaries(st.integers(0, 60), st.integers(1, 5), min_size=1, max_size=20), min_size=1, max_size=6)
)
def test_any_sequence_of_writes_equals_a_dictionary(tmp_path_factory, writes: list[dict[int, int]]) -> None:
    lake = ParquetLake(tmp_path_factory.mktemp("lake"), cache_limit_bytes=0)
    twin: dict[int, int] = {}
    for rows in writes:
        numbers = np.array(sorted(rows), np.int64)
        price = np.array([rows[number] for number in sorted(rows)], np.int64) * 100
        report = lake.write(Bars(KEY, numbers * HOUR.length_ns, price, price, price, price, price, 2, 0))
        expected = (
            sum(number not in twin for number in rows),
            sum(number in twin and twin[number] != rows[number] for number in rows),
            sum(twin.get(number) == rows[number] for number in rows),
        )
        assert (report.inserted, report.revised, report.unchanged) == expected
        twin |= rows
    stored = lake.read(KEY)
    assert (stored.open_time_ns // HOUR.length_ns).tolist() == sorted(twin)
    assert stored.prices("close").tolist() == [float(twin[number]) for number in sorted(twin)]
