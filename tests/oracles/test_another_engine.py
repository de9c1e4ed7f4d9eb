"""Oracle R8.18: whole backtests of other engines, to the cent and to the bar.

The candles come with the installed package of that engine (backtesting.py 0.6.6, a tool of the tests), not with ours.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import replace
from importlib import resources

import numpy as np
import pytest

from tests.oracles.running import equity, run_perpetual, run_strategy
from tests.oracles.simulated import bars_of_closes
from tests.parity.twin import instrument
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.margin import Margin
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import HOUR
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Strategy

SHA256 = "60e961a56749"
DAY_NS = 86_400_000_000_000


def google() -> Bars:
    """2,148 daily bars of 2004 to 2013."""
    text = resources.files("backtesting").joinpath("test/GOOG.csv").read_bytes()
    assert hashlib.sha256(text).hexdigest().startswith(SHA256), "the published numbers are of another file"
    rows = list(csv.reader(text.decode().splitlines()))[1:]
    times = np.array([np.datetime64(row[0], "ns").astype(np.int64) for row in rows])
    columns = [np.array([round(float(row[place]) * 100) for row in rows], np.int64) for place in range(1, 6)]
    key = SeriesKey(instrument("GOOG/USDT").id, Timeframe.parse("1d"))
    return Bars(key, times, *columns[:4], columns[4] // 100, 2, 0)


def average(closes: np.ndarray, length: int) -> np.ndarray:
    sums = np.concatenate(([0], np.cumsum(closes)))
    return np.concatenate((np.full(length - 1, np.nan), (sums[length:] - sums[:-length]) / length))


class AlwaysIn(Strategy):
    """Long or short by SMA 10 over SMA 20, from the first cross on.

    Its targets ask for twice what there is, so that each entry takes all that is free at its own open, as there.
    """

    def targets(self, bars, ind):  # type: ignore[no-untyped-def]
        above = average(bars.close, 10) - average(bars.close, 20)
        crossed = np.flatnonzero(np.sign(above[20:]) != np.sign(above[19:-1])) + 20
        wanted = np.where(above > 0, 2.0, -2.0)
        wanted[: crossed[0]] = np.nan
        return wanted


@pytest.mark.parametrize("mode", ["vector", "event"])
def test_sma_cross_on_google_ends_where_backtesting_py_ends(mode: str) -> None:
    result = run_perpetual(AlwaysIn, google(), margin=Margin(), cash="10000", lot="1", mode=mode)
    assert equity(result)[-1] == pytest.approx(81_812.37, abs=0.01)
    assert equity(result).max() == pytest.approx(81_879.03, abs=0.01)
    fills = result.fills
    signed = (fills["side"] * fills["quantity"]) // 10 ** result.quantity_scales[0]
    prices = fills["price"] / 10.0 ** result.price_scales[0]
    # a turn is a close and an entry at one open: every second fill from the first on enters
    entries = list(zip(signed[::2].tolist(), prices[::2].tolist(), strict=True))
    assert entries[:3] == [(-59, 169.02), (52, 179.13), (-52, 182.00)]
    assert len(entries) - 1 == 93


# open, high, low, close: a stop in bar 3, a stop and a target in bar 5, a gap through the stop into bar 8
STOPPED = [
    (100, 101, 99, 100), (100, 101, 99, 100), (101, 102, 100, 101), (101, 103, 94, 102), (102, 104, 101, 103),
    (103, 112, 95, 100), (100, 101, 99, 100), (100, 101, 99, 100), (90, 91, 89, 90), (90, 91, 89, 90), (90, 91, 89, 90),
]  # fmt: skip


class AlwaysEntering(Strategy):
    """Wants in from the second bar on, with a stop of 5 % and a target of 6 %, and again on the bar after an exit."""

    def targets(self, bars, ind):  # type: ignore[no-untyped-def]
        return np.arange(len(bars)) >= 1

    def exits(self, bars, ind):  # type: ignore[no-untyped-def]
        return Exits(stop=0.05, target=0.06, reenter="next_bar")


@pytest.mark.parametrize("mode", ["vector", "event"])
def test_stops_targets_gaps_and_entries_again_are_those_of_freqtrade(mode: str) -> None:
    """What freqtrade 2026.9 prints for `stoploss = -0.05, minimal_roi = {"0": 0.06}` and a signal on every candle.

    Its trades: (opened, rate) to (closed, rate) in hours of the candles; what it forces out at the end stays open here.
    """
    theirs = [((2, 101.0), (3, 95.95)), ((4, 102.0), (5, 96.9)), ((6, 100.0), (8, 90.0)), ((9, 90.0),)]
    columns = [np.array(column, np.int64) * 10**6 for column in zip(*STOPPED, strict=True)]
    bars = bars_of_closes(columns[3] / 1e6)
    bars = replace(bars, open=columns[0], high=columns[1], low=columns[2])
    fills = run_strategy(AlwaysEntering, bars, cash="1000", mode=mode).fills
    # what fills in a bar's range carries its close: the bar before that time
    hours = (fills["ts_ns"] - bars.open_time_ns[0]) // HOUR - (fills["at_open"] == 0)
    ours = list(zip(hours.tolist(), (fills["price"] / 1e6).tolist(), strict=True))
    assert ours == [end for trade in theirs for end in trade]
