"""The holes a lake reports against the published list of holes in real series."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.known_gaps import OHLCV, known_gaps
from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.adapters.storage.files.candle_file import read_candle_file
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.gaps import GapKind
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe


def load(name: str) -> Bars:
    folder, _, file = name.partition("/")
    symbol, timeframe = file.removesuffix(".parquet").split("_")[:2]
    if folder == "bundled":
        return bundled_candles(symbol.replace("-", "/"))
    key = SeriesKey(InstrumentId.parse(symbol, exchange=folder), Timeframe.parse(timeframe))
    return read_candle_file(OHLCV / name, key).bars


SERIES = sorted({*known_gaps(), *(str(path.relative_to(OHLCV)) for path in OHLCV.glob("*/*_1[dhm]*.parquet"))})


@pytest.mark.parametrize("name", SERIES)
def test_the_holes_of_a_real_series_are_found_exactly(name: str, tmp_path: Path) -> None:
    bars = load(name)
    lake = ParquetLake(tmp_path)
    lake.write(bars)
    found = lake.coverage(bars.key)
    assert [(gap.start_ns, gap.bars) for gap in found.gaps] == known_gaps().get(name, [])
    assert {gap.kind for gap in found.gaps} <= {GapKind.UNKNOWN}
    assert found.rows == len(bars)


def test_a_hole_that_spans_a_fetched_and_an_unfetched_range_is_two_gaps(make_bars, tmp_path: Path) -> None:
    lake = ParquetLake(tmp_path)
    bars = make_bars(0, 100, without=tuple(range(40, 60)))
    hour = bars.timeframe.length_ns
    at = lambda number: int(bars.open_time_ns[0]) + number * hour  # noqa: E731
    lake.write(bars.between(at(0), at(40)), fetched=(at(0), at(50)))
    lake.write(bars.between(at(60), at(100)), fetched=(at(60), at(100)))
    kinds = [(gap.start_ns, gap.bars, gap.kind) for gap in lake.coverage(bars.key).gaps]
    assert kinds == [(at(40), 10, GapKind.UNKNOWN), (at(50), 10, GapKind.NOT_FETCHED)]
