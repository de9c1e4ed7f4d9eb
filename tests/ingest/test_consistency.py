"""Finer and coarser series of real markets, and one that was tampered with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.adapters.storage.files.candle_file import read_candle_file
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.resample import resampled
from tickwright.domain.timeframe import Timeframe
from tickwright.ingest.consistency import compare_timeframes, finer_series

OHLCV = Path(__file__).parents[1] / "data" / "ohlcv" / "binance"
DAY, WEEK = Timeframe.parse("1d"), Timeframe.parse("1w")


def load(symbol: str, timeframe: str) -> Bars:
    key = SeriesKey(InstrumentId.parse(symbol, exchange="binance"), Timeframe.parse(timeframe))
    return read_candle_file(OHLCV / f"{symbol}_{timeframe}.parquet", key).bars


@pytest.mark.parametrize("symbol", ["BTC-USDT", "ETH-USDT", "SOL-USDT", "XRP-USDT", "LINK-USDT"])
def test_hours_add_up_to_the_separately_fetched_days(symbol: str) -> None:
    bundled = symbol in ("BTC-USDT", "ETH-USDT")
    fine = bundled_candles(symbol.replace("-", "/")) if bundled else load(symbol, "1h")
    days = load(symbol, "1d")
    agreement = compare_timeframes(fine, days)
    assert agreement.differences == ()
    assert agreement.compared > 1500
    assert agreement.compared + agreement.incomplete == len(days)


def test_quarters_of_an_hour_add_up_to_the_separately_fetched_hours() -> None:
    table = pq.read_table(OHLCV.parents[1] / "BTC-USDT_15m.parquet")
    facts = {name.decode(): value.decode() for name, value in table.schema.metadata.items()}
    hours = bundled_candles("BTC/USDT")
    columns = {name: table[name].to_numpy() for name in table.column_names}
    key = SeriesKey(hours.key.instrument, Timeframe.parse("15m"))
    fine = Bars(key, **columns, price_scale=int(facts["price_scale"]), volume_scale=int(facts["volume_scale"]))
    agreement = compare_timeframes(fine, hours.between(int(fine.open_time_ns[0]), 2**62))
    assert agreement.differences == ()
    assert agreement.compared > 17_000


@pytest.mark.parametrize("column", ["open", "high", "low", "close", "volume"])
def test_one_changed_value_is_named(make_series, column: str) -> None:
    fine = make_series(0, 24 * 10)
    days, _ = resampled(fine, DAY)
    getattr(days, column)[4] += 1
    (finding,) = compare_timeframes(fine, days).differences
    assert finding.place == "bar of 2024-01-05T00:00:00Z"
    assert finding.reason.startswith(f"the {column} is ")


def test_days_with_a_missing_hour_are_not_judged(make_series) -> None:
    whole = make_series(0, 24 * 10)
    days, _ = resampled(whole, DAY)
    agreement = compare_timeframes(make_series(0, 24 * 10, without=[30, 31, 100]), days)
    assert (agreement.compared, agreement.incomplete, agreement.differences) == (8, 2, ())


def test_finer_decimals_are_the_same_value(make_series) -> None:
    fine = make_series(0, 48)
    days, _ = resampled(fine, DAY)
    assert compare_timeframes(fine, days.rescaled(6, 8)).differences == ()


def test_weeks_begin_on_monday(make_series) -> None:
    weeks, count = resampled(make_series(0, 24 * 21), WEEK)
    assert weeks.open_time_ns.tolist() == [
        WEEK.floor(int(weeks.open_time_ns[0])) + n * WEEK.length_ns for n in range(3)
    ]
    assert count.tolist() == [168, 168, 168]


def test_a_resample_equals_a_loop_over_the_bars(make_series) -> None:
    random = np.random.default_rng(5)
    fine = make_series(3, 400, without=random.choice(400, 60, replace=False).tolist())
    fine = replace(fine, high=fine.high + random.integers(0, 50, len(fine)), volume=random.integers(0, 9, len(fine)))
    coarse, count = resampled(fine, DAY)
    rows = [np.flatnonzero([DAY.floor(int(t)) == day for t in fine.open_time_ns]) for day in coarse.open_time_ns]
    assert count.tolist() == [len(part) for part in rows]
    assert coarse.open.tolist() == [fine.open[part[0]] for part in rows]
    assert coarse.high.tolist() == [fine.high[part].max() for part in rows]
    assert coarse.low.tolist() == [fine.low[part].min() for part in rows]
    assert coarse.close.tolist() == [fine.close[part[-1]] for part in rows]
    assert coarse.volume.tolist() == [fine.volume[part].sum() for part in rows]


def test_no_bars_make_no_bars(make_series) -> None:
    coarse, count = resampled(make_series(0, 5).between(0, 1), DAY)
    assert len(coarse) == len(count) == 0


def test_a_series_is_compared_with_the_coarsest_finer_one_of_its_instrument() -> None:
    def key(symbol: str, timeframe: str, kind: str = "candles") -> SeriesKey:
        return SeriesKey(InstrumentId.parse(symbol), Timeframe.parse(timeframe), kind)  # type: ignore[arg-type]

    minutes, hours, days = (key("binance:BTC/USDT", length) for length in ("1m", "1h", "1d"))
    others = [key("kraken:BTC/USDT", "1h"), key("binance:BTC/USDT", "8h", "mark"), key("binance:BTC/USDT", "5m")]
    assert finer_series([days, minutes, hours, *others]) == [(hours, days), (others[2], hours), (minutes, others[2])]
