"""What is exported comes back bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwright.adapters.storage.files.candle_file import read_candle_file
from tickwright.adapters.storage.files.export import export_series
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import StoreWriteFailed, UsageError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe

KEY = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), Timeframe.parse("1h"))
START = 1704067200 * 10**9


@settings(max_examples=30)
@given(
    rows=st.lists(st.tuples(st.integers(1, 10**17), st.integers(0, 10**17)), min_size=2, max_size=12),
    scales=st.tuples(st.integers(0, 12), st.integers(0, 12)),
    ending=st.sampled_from(["csv", "csv.gz", "parquet"]),
)
def test_import_of_an_export_gives_the_same_content(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int]], scales: tuple[int, int], ending: str
) -> None:
    price, volume = np.array(rows, np.int64).T
    time = START + np.arange(len(rows)) * KEY.timeframe.length_ns  # type: ignore[union-attr]
    bars = Bars(KEY, time, price, price + 1, price, price, volume, *scales)
    path = tmp_path_factory.mktemp("export") / f"c.{ending}"
    export_series(bars, path)
    assert read_candle_file(path, KEY).bars.content_hash() == bars.content_hash()


def test_csv_is_plain_decimals_and_milliseconds(make_bars, tmp_path: Path) -> None:
    export_series(make_bars(0, 1), tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_text() == (
        "timestamp,open,high,low,close,volume\n1703894400000,42000.0,42000.5,41999.5,42000.03,1\n"
    ).replace("42000.0,", "42000.00,").replace("42000.5", "42000.50").replace("41999.5", "41999.50")


def test_the_same_series_gives_the_same_bytes(make_bars, tmp_path: Path) -> None:
    for name in ("a.csv.gz", "b.csv.gz"):
        export_series(make_bars(), tmp_path / name)
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


def test_an_unknown_ending_is_a_usage_error(make_bars, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.csv, \.csv\.gz or \.parquet"):
        export_series(make_bars(), tmp_path / "c.xlsx")


def test_a_place_that_does_not_exist_is_named_and_nothing_is_left(make_bars, tmp_path: Path) -> None:
    with pytest.raises(StoreWriteFailed, match="missing"):
        export_series(make_bars(), tmp_path / "missing" / "c.csv")
    assert not list(tmp_path.iterdir())
