"""Candles as other programs keep them: each form is named, and near misses are refused."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from tickwright.adapters.storage.files.candle_file import read_candle_file
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import DataError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe

KEY = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), Timeframe.parse("1h"))
MS = (1704067200000, 1704070800000)

BINANCE = (
    "1704067200000,10.5,11.0,10.0,10.25,3.000,1704070799999,31.5,7,1.0,10.5,0\n"
    "1704070800000,10.25,12.0,10.0,11.0,4.125,1704074399999,45.0,9,2.0,21.0,0\n"
)
BINANCE_HEADER = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,buy_volume,buy_quote_volume,ignore\n"
)
CRYPTODATADOWNLOAD = (
    "https://www.CryptoDataDownload.com\n"
    "unix,date,symbol,open,high,low,close,Volume BTC,Volume USDT,tradecount\n"
    "1704070800,2024-01-01 01:00:00,BTC/USDT,10.25,12,10,11,4.125,45,9\n"
    "1704067200,2024-01-01 00:00:00,BTC/USDT,10.5,11,10,10.25,3,31.5,7\n"
)
# Yahoo counts the volume of coins in the quote asset: 3 at 31.25 / 3 and 4.125 at 33 / 3.
YFINANCE = "Datetime,Open,High,Low,Close,Adj Close,Volume\n2024-01-01 00:00:00+00:00,10.5,11,10,10.25,10.25,31.25\n" \
    "2024-01-01 01:00:00+00:00,10.25,12,10,11,11,45.375\n"  # fmt: skip
YFINANCE_LINES = "Price,Close,High,Low,Open,Volume\nTicker,BTC-USDT,BTC-USDT,BTC-USDT,BTC-USDT,BTC-USDT\n" \
    "Datetime,,,,,\n2024-01-01 00:00:00+00:00,10.25,11,10,10.5,31.25\n" \
    "2024-01-01 01:00:00+00:00,11,12,10,10.25,45.375\n"  # fmt: skip
VECTORBT = "Open time,Open,High,Low,Close,Volume,Close time,Quote volume,Number of trades\n" \
    "2024-01-01 00:00:00+00:00,10.5,11,10,10.25,3,2024-01-01 00:59:59.999000+00:00,31.5,7\n" \
    "2024-01-01 01:00:00+00:00,10.25,12,10,11,4.125,2024-01-01 01:59:59.999000+00:00,45,9\n"  # fmt: skip
JESSE = "id,timestamp,open,close,high,low,volume,exchange,symbol,timeframe\n" \
    "a7,1704067200000,10.5,10.25,11,10,3,Binance Spot,BTC-USDT,1h\n" \
    "a8,1704070800000,10.25,11,12,10,4.125,Binance Spot,BTC-USDT,1h\n"  # fmt: skip
ROWS = [[MS[0], 10.5, 11.0, 10.0, 10.25, 3.0], [MS[1], 10.25, 12.0, 10.0, 11.0, 4.125]]


def zipped(**members: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.csv", content)
    return sink.getvalue()


def frame() -> pa.Table:
    dates = pa.array(MS).cast(pa.timestamp("ms", "UTC"))
    columns = zip(("open", "high", "low", "close", "volume"), zip(*(row[1:] for row in ROWS), strict=True), strict=True)
    return pa.table({"date": dates} | {name: pa.array(values) for name, values in columns})


def arrow(write: object) -> bytes:
    sink = pa.BufferOutputStream()
    write(frame(), sink)  # type: ignore[operator]
    return bytes(sink.getvalue())


def array() -> bytes:
    """The same candles in jesse's order, as its research functions give them."""
    sink = io.BytesIO()
    np.save(sink, np.array([[row[place] for place in (0, 1, 4, 2, 3, 5)] for row in ROWS]))
    return sink.getvalue()


FORMS = {
    "Binance archive": zipped(BTCUSDT=BINANCE),
    "Binance archive, header": zipped(BTCUSDT=BINANCE_HEADER + BINANCE),
    "Binance archive, microseconds": zipped(BTCUSDT=BINANCE.replace("00000,10", "00000000,10")),
    "Binance archive, unpacked": BINANCE.encode(),
    "CryptoDataDownload": CRYPTODATADOWNLOAD.encode(),
    "CryptoDataDownload, gzip": gzip.compress(CRYPTODATADOWNLOAD.encode()),
    "freqtrade, feather": arrow(pyarrow.feather.write_feather),
    "freqtrade, parquet": arrow(pq.write_table),
    "plain, JSON rows": json.dumps(ROWS).encode(),
    "yfinance": YFINANCE.encode(),
    "yfinance, three lines of header": YFINANCE_LINES.encode(),
    "yfinance, days": YFINANCE.replace("Datetime", "Date").encode(),
    "yfinance, nobody says Yahoo's": YFINANCE.replace("Adj Close", "Other")
    .replace("31.25", "3")
    .replace("45.375", "4.125")
    .encode(),
    "vectorbt": VECTORBT.encode(),
    "jesse": JESSE.encode(),
    "plain, NumPy array": array(),
    "plain, JSON rows in jesse's order": json.dumps([[row[p] for p in (0, 1, 4, 2, 3, 5)] for row in ROWS]).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_candles_are_read_from_every_form_and_it_is_named(tmp_path: Path, form: str) -> None:
    path = tmp_path / "candles.any"
    path.write_bytes(FORMS[form])
    found = read_candle_file(path, KEY)
    assert found.bars.open_time_ns.tolist() == [instant * 1_000_000 for instant in MS]
    assert found.bars.prices("close").tolist() == [10.25, 11.0]
    assert found.bars.volumes().tolist() == [3.0, 4.125]
    assert found.notes[0].startswith(form.split(",")[0] + " columns, times in ")


REFUSED = {
    "two tickers": (YFINANCE_LINES.replace("BTC-USDT\n", "ETH-USDT\n").encode(), "holds 2 tickers beside each other"),
    "cut array": (array()[:-9], "the NumPy file is cut short or damaged"),
    "array of five columns": (array().replace(b"(2, 6)", b"(3, 4)"), r"the array has the shape \(3, 4\) of float64"),
    "two files in a zip": (zipped(a=BINANCE, b=BINANCE), "the zip archive holds 2 files"),
    "cut zip": (zipped(a=BINANCE)[:-30], "the zip archive is cut short or damaged"),
    "cut feather": (FORMS["freqtrade, feather"][:-40], "the Feather file is cut short or damaged"),
    "cut JSON": (json.dumps(ROWS).encode()[:-9], "the JSON is cut short or damaged"),
    "JSON of objects": (b'[{"open": 1}]', "the JSON is no list of rows"),
    "another symbol": (CRYPTODATADOWNLOAD.replace("BTC/USDT", "ETH/USDT").encode(), "the file is about ETH/USDT"),
    "volume of the quote only": (
        CRYPTODATADOWNLOAD.replace("Volume BTC", "Volume EUR").encode(),
        "columns? .* missing",
    ),
    "six columns without a header": (b"1704067200,1,1,1,1,1\n1704070800,1,1,1,1,1\n", "the first line holds numbers"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_near_misses_are_refused_with_their_sentence(tmp_path: Path, case: str) -> None:
    content, sentence = REFUSED[case]
    path = tmp_path / "candles.any"
    path.write_bytes(content)
    with pytest.raises(DataError, match=sentence):
        read_candle_file(path, KEY)


def test_a_row_of_another_length_in_json_is_refused_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "candles.json"
    path.write_text(json.dumps([*ROWS, [1704074400000, 1.0]]))
    with pytest.raises(DataError, match="row 3: it has 2 values where 6 make a candle"):
        read_candle_file(path, KEY)


def test_json_numbers_are_read_digit_for_digit(tmp_path: Path) -> None:
    path = tmp_path / "candles.json"
    path.write_text(
        "[[1704067200000, 0.12345678901234567, 0.2, 0.1, 0.15, 1], [1704070800000, 0.1, 0.2, 0.1, 0.1, NaN]]"
    )
    with pytest.raises(DataError, match="row 2: the volume NaN is not a finite number"):
        read_candle_file(path, KEY)
    kept = read_candle_file(path, KEY, skip_refused=True)
    assert (kept.bars.price_scale, kept.bars.open.tolist()) == (17, [12345678901234567])
