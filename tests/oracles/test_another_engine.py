"""Oracle R8.18: a whole backtest that another engine and an independent loop have published to the cent.

The candles come with the installed package of that engine (backtesting.py 0.6.6, a tool of the tests), not with ours.
"""

from __future__ import annotations

import csv
import hashlib
from importlib import resources

import numpy as np
import pytest

from tests.oracles.running import equity, run_perpetual
from tests.parity.twin import instrument
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.margin import Margin
from tickwright.domain.timeframe import Timeframe
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
