"""Files that people have: the good ones in every dress, the bad ones with their one sentence."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tickwright.adapters.storage.files.candle_file import read_candle_file
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import DataError, RowsRefused
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe

KEY = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), Timeframe.parse("1h"))
HEADER = "timestamp,open,high,low,close,volume"
GOOD = ["1704067200,10.5,11,10,10.25,3", "1704070800,10.25,12,10,11,4.125", "1704074400,11,11.5,10.75,11,0"]


def text(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines]).encode()


def written(tmp_path: Path, content: bytes, name: str = "candles.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def times(*stamps: object) -> list[str]:
    return [f"{stamp},10.5,11,10,10.25,3" for stamp in stamps]


DRESSES = {
    "seconds": text(*GOOD),
    "milliseconds": text(*(line.replace(",", "000,", 1) for line in GOOD)),
    "nanoseconds": text(*(line.replace(",", "000000000,", 1) for line in GOOD)),
    "iso with offset": text(
        "2024-01-01T00:00:00Z,10.5,11,10,10.25,3", "2024-01-01 02:00:00+01:00,10.25,12,10,11,4.125",
        "2024-01-01T02:00:00.000Z,11,11.5,10.75,11,0",
    ),
    "iso without offset": text(
        "2024-01-01 00:00,10.5,11,10,10.25,3", "2024-01-01 01:00,10.25,12,10,11,4.125",
        "2024-01-01 02:00,11,11.5,10.75,11,0",
    ),
    "gzip": gzip.compress(text(*GOOD)),
    "byte order mark and Windows lines": b"\xef\xbb\xbf" + text(*GOOD).replace(b"\n", b"\r\n") + b"\r\n\r\n",
    "semicolons": text(*GOOD).replace(b",", b";"),
    "quotes and spaces": text(*GOOD).replace(b"10.25,12", b'"10.25", 12 '),
    "other order, case and column": b"Volume,CLOSE,Low,high,Open,Timestamp,trades\n"
    b"3,10.25,10,11,10.5,1704067200,7\n4.125,11,10,12,10.25,1704070800,7\n0,11,10.75,11.5,11,1704074400,7\n",
    "exponents": text("1704067200,1.05e1,11,10,10.25,3", *GOOD[1:]),
}  # fmt: skip


@pytest.mark.parametrize("dress", DRESSES)
def test_the_same_candles_are_read_from_every_dress(tmp_path: Path, dress: str) -> None:
    found = read_candle_file(written(tmp_path, DRESSES[dress]), KEY)
    assert found.rows_read == 3
    assert found.bars.price_scale == 2
    assert found.bars.volume_scale == 3
    assert found.bars.open.tolist() == [1050, 1025, 1100]
    assert found.bars.volume.tolist() == [3000, 4125, 0]
    assert found.bars.open_time_ns.tolist() == [1704067200 * 10**9 + hour * 3600 * 10**9 for hour in range(3)]


WHOLE_FILE = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\n", "the file is empty"),
    "header only": (HEADER.encode(), "the file has a header and no rows"),
    "HTML": (b"<!DOCTYPE html><html><body>429</body></html>", "the file is an HTML or XML page"),
    "JSON": (b'{"code": -1121}', "the file is a JSON object"),
    "binary": (b"timestamp,\xff\xfe\x00", "is not UTF-8 text"),
    "cut gzip": (gzip.compress(text(*GOOD))[:-12], "the gzip stream is cut short or damaged"),
    "cut Parquet": (b"PAR1" + b"\x15" * 40, "the Parquet file is cut short or damaged"),
    "missing columns": (b"timestamp,open,close\n1,2,3", "the columns high, low, volume missing"),
    "no header": ("\n".join(GOOD).encode(), "the first line holds numbers"),
    "column twice": (b"timestamp,open,open,high,low,close,volume\n", "the column 'open' is there twice"),
    "case twice": (b"timestamp,Open,open,high,low,close,volume\n1,1,1,1,1,1,1", "two columns differ only in case"),
    "times out of any range": (text(*times(17, 18, 19)), "no row has a readable time"),
    "day or month first": (text(*times("01/02/2024", "02/02/2024")), "no row has a readable time"),
    "newest first": (text(*reversed(GOOD)), "the rows run from the newest to the oldest"),
    "finer timeframe": (text(*times(1704067200, 1704068100, 1704069000, 1704069900)), "the rows are 15m apart"),
    "coarser timeframe": (text(*times(1704067200, 1704153600, 1704240000)), "the rows are 1d apart"),
}


@pytest.mark.parametrize("case", WHOLE_FILE)
def test_a_file_that_is_no_candle_table_gets_its_sentence(tmp_path: Path, case: str) -> None:
    content, sentence = WHOLE_FILE[case]
    with pytest.raises(DataError, match=sentence) as failure:
        read_candle_file(written(tmp_path, content), KEY)
    assert "candles.csv" in failure.value.where
    assert "\n" not in str(failure.value)


SINGLE_ROWS = {
    "cut in the row": ("1704078000,11,11.5,10", "line 5: it has 4 columns where the header names 6"),
    "NaN": ("1704078000,11,11.5,10,nan,3", "line 5: the close nan is not a finite number"),
    "infinite": ("1704078000,11,inf,10,11,3", "line 5: the high inf is not a finite number"),
    "empty cell": ("1704078000,11,11.5,10,11,", "line 5: the volume is empty"),
    "no number": ("1704078000,11,11.5,ten,11,3", "line 5: the low 'ten' is not a number"),
    "negative price": ("1704078000,-11,11.5,-12,11,3", "line 5: a price is not above zero"),
    "negative volume": ("1704078000,11,11.5,10,11,-3", "line 5: the volume -3 is negative"),
    "high below low": ("1704078000,11,9,10,11,3", "line 5: the high 9 is below the open 11"),
    "low above close": ("1704078000,11,12,10.5,10.4,3", "line 5: the low 10.5 is above the close 10.4"),
    "off the grid": ("1704078060,11,12,10,11,3", "line 5: 2024-01-01T03:01:00Z is not the open time of a 1h candle"),
    "repeated": (GOOD[2], "line 5: it repeats line 4"),
    "contradicting": ("1704074400,11,11.5,10.75,11,1", "line 4: it contradicts line 5 about 2024-01-01T02:00:00Z"),
    "out of order": ("1704063600,11,12,10,11,3", "line 5: its time 2023-12-31T23:00:00Z is before that of a row above"),
    "other unit": ("1704078000000,11,12,10,11,3", "line 5: the timestamp '1704078000000' is in milliseconds while"),
    "blank line": ("", "line 5: the volume is empty"),
    "beyond 64 bits": ("1704078000,11,1e30,10,11,3", "line 5: the high"),
    "too fine": ("1704078000,11,12,10,11.00000000000000000000001,3", "line 5: the close"),
}


@pytest.mark.parametrize("case", SINGLE_ROWS)
def test_a_row_that_is_no_candle_refuses_the_file_and_is_named(tmp_path: Path, case: str) -> None:
    row, sentence = SINGLE_ROWS[case]
    after = "1704081600,11,12,10,11,3" if case == "blank line" else None
    lines = [*GOOD, row] + ([after] if after else [])
    path = written(tmp_path, text(*lines) + (b"\n" if row else b""))
    expected = sentence if case != "blank line" else "line 5: the timestamp ''"
    with pytest.raises(RowsRefused, match=r"(^|[^\d])" + expected.replace("(", r"\(")) as failure:
        read_candle_file(path, KEY)
    assert failure.value.refused
    kept = read_candle_file(path, KEY, skip_refused=True)
    assert len(kept.bars) == (2 if case == "contradicting" else len(lines) - 1)
    assert len(kept.refused) == len(lines) - len(kept.bars)
    assert kept.rows_read == len(lines)


def test_a_file_without_one_candle_is_refused_even_when_bad_rows_may_be_skipped(tmp_path: Path) -> None:
    path = written(tmp_path, text("1704067200,1,1,1,nan,1"))
    with pytest.raises(RowsRefused, match="one row is no candle: line 2"):
        read_candle_file(path, KEY, skip_refused=True)


def test_holes_do_not_look_like_another_timeframe(tmp_path: Path) -> None:
    hours = [0, 1, 5, 9, 13, 17, 21]
    path = written(tmp_path, text(*times(*(1704067200 + 3600 * hour for hour in hours))))
    assert len(read_candle_file(path, KEY).bars) == len(hours)


def test_parquet_floats_are_read_by_their_shortest_text_and_noise_is_named(tmp_path: Path) -> None:
    noisy = 0.0036409999999999997  # 0.003641, one bit off, as some exporters write it
    column = np.array([0.1, 0.0036, noisy])
    table = {"timestamp": np.array([1704067200000, 1704070800000, 1704074400000])}
    table |= dict.fromkeys(("open", "high", "low", "close"), column) | {"volume": column}
    path = tmp_path / "c.parquet"
    pq.write_table(pa.table(table), path)
    found = read_candle_file(path, KEY)
    assert found.bars.price_scale == 6
    assert found.bars.close.tolist() == [100000, 3600, 3641]
    assert any("binary noise beyond 15 digits" in note for note in found.notes)


@pytest.mark.parametrize("kind", [pa.timestamp("ms", "UTC"), pa.timestamp("us"), pa.timestamp("ns")])
def test_parquet_timestamps_are_read_in_any_unit(tmp_path: Path, kind: pa.DataType) -> None:
    stamps = pa.array([1704067200000, 1704070800000]).cast(pa.timestamp("ms")).cast(pa.timestamp(kind.unit)).cast(kind)
    ones = pa.array([1, 1])
    path = tmp_path / "c.parquet"
    pq.write_table(
        pa.table({"timestamp": stamps} | dict.fromkeys(("open", "high", "low", "close", "volume"), ones)), path
    )
    assert read_candle_file(path, KEY).bars.open_time_ns[0] == 1704067200 * 10**9


def test_times_that_were_kept_as_floats_are_read_digit_for_digit(tmp_path: Path) -> None:
    times = np.array([1704067200000.0, 1704070800000.0])
    ones = dict.fromkeys(("open", "high", "low", "close", "volume"), np.ones(2))
    pq.write_table(pa.table({"timestamp": times} | ones), tmp_path / "c.parquet")
    assert read_candle_file(tmp_path / "c.parquet", KEY).bars.open_time_ns.tolist() == [
        1704067200 * 10**9,
        1704070800 * 10**9,
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nothing\.csv: the file cannot be read \(No such file or directory\)"):
        read_candle_file(tmp_path / "nothing.csv", KEY)


def test_volume_in_the_quote_asset_becomes_base_at_the_mean_of_high_low_and_close(tmp_path: Path) -> None:
    """The rule book, §2.3: 100 at 31.25 / 3 are 9.6 of the base asset, 7 at 31.5 / 3 two thirds."""
    lines = [
        "timestamp,open,high,low,close,quote_volume",
        "1704067200,10.5,11,10,10.25,100",
        "1704070800,10,11,10,10.5,7",
    ]
    imported = read_candle_file(written(tmp_path, "\n".join(lines).encode()), KEY)
    assert (imported.bars.volume / 10.0**imported.bars.volume_scale).tolist() == [9.6, 0.66666666]
    assert "turned into base" in imported.notes[-1]


def test_a_base_volume_is_taken_before_a_quote_volume(tmp_path: Path) -> None:
    lines = ["timestamp,open,high,low,close,quote_volume,volume", "1704067200,10.5,11,10,10.25,100,3"]
    imported = read_candle_file(written(tmp_path, "\n".join(lines).encode()), KEY)
    assert imported.bars.volume.tolist() == [3]
