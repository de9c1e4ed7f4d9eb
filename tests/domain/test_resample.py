"""Coarser bars are what Polars makes of the finer ones, and a sum that does not fit is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.domain.errors import DataError
from tickwright.domain.resample import resampled, summed
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY, HOUR, parse_instant

FOUR_HOURS, ONE_DAY, ONE_WEEK = (Timeframe.parse(name) for name in ("4h", "1d", "1w"))


@pytest.mark.parametrize("timeframe", [FOUR_HOURS, ONE_DAY, ONE_WEEK])
def test_coarser_candles_are_what_polars_makes_of_the_history(timeframe: Timeframe) -> None:
    bars = bundled_candles("ETH/USDT")
    ours = resampled(bars, timeframe)[0]
    frame = pl.DataFrame(
        {name: getattr(bars, name) for name in ("open_time_ns", "open", "high", "low", "close", "volume")}
    ).with_columns(pl.from_epoch("open_time_ns", time_unit="ns").alias("time"))
    theirs = frame.group_by_dynamic("time", every=timeframe.name, start_by="window").agg(
        pl.col("open").first(),
        pl.col("high").max(),
        pl.col("low").min(),
        pl.col("close").last(),
        pl.col("volume").sum(),
    )
    assert (ours.open_time_ns == theirs["time"].dt.epoch("ns").to_numpy()).all()
    for name in ("open", "high", "low", "close", "volume"):
        assert (getattr(ours, name) == theirs[name].to_numpy()).all()


def test_weeks_open_on_mondays() -> None:
    weeks = resampled(bundled_candles("BTC/USDT"), ONE_WEEK)[0]
    assert ((weeks.open_time_ns - 4 * DAY) % (7 * DAY) == 0).all()
    assert int(np.diff(weeks.open_time_ns).max()) == 7 * DAY


def test_no_bars_make_no_bars() -> None:
    none = bundled_candles("BTC/USDT").between(0, 1)
    made, count = resampled(none, ONE_DAY)
    assert (len(made), len(count), made.timeframe) == (0, 0, ONE_DAY)


def test_a_hole_leaves_its_bar_standing_and_a_bar_without_any_is_missing() -> None:
    begin = parse_instant("2021-06-01")
    hours = bundled_candles("BTC/USDT").between(begin, begin + 4 * DAY)
    hour = (hours.open_time_ns - begin) // HOUR
    made, count = resampled(hours.where((hour < 24) | ((hour >= 36) & (hour < 48)) | (hour >= 72)), ONE_DAY)
    assert ((made.open_time_ns - begin) // DAY).tolist() == [0, 1, 3]
    assert count.tolist() == [24, 12, 24]


def test_volumes_that_leave_64_bits_together_are_refused_and_never_wrap() -> None:
    hours = bundled_candles("BTC/USDT")
    huge = replace(hours, volume=np.full(len(hours), 2**62))
    with pytest.raises(DataError, match="add up to more than 64 bits hold"):
        resampled(huge, FOUR_HOURS)
    assert summed(np.array([2**62, 2**61, 5]), np.array([0, 2]), where="here").tolist() == [2**62 + 2**61, 5]
