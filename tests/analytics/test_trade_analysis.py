"""Excursions of trades, the rolling Sharpe ratio, and the divergence of two runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.analytics.runs import START_NS, Deal, run_of, series_a
from tickwright.analytics.divergence import divergence
from tickwright.analytics.excursions import excursions
from tickwright.analytics.rolling_sharpe import rolling_sharpe
from tickwright.analytics.sharpe import sharpe
from tickwright.analytics.trades import trades
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import HOUR

HOURLY = Timeframe.parse("1h")
PRICES = [[100.0, 110.0, 90.0, 120.0, 100.0, 105.0]]


def candles(low: list[float], high: list[float]) -> Bars:
    units = [np.round(np.array(column) * 100).astype(np.int64) for column in (PRICES[0], high, low, PRICES[0])]
    key = SeriesKey(InstrumentId("sandbox", "BTC", "USDT"), HOURLY)
    return Bars(key, START_NS + HOUR * np.arange(6), *units, np.full(6, 10), 2, 0)


SERIES = candles([95.0, 105.0, 80.0, 90.0, 95.0, 100.0], [105.0, 115.0, 110.0, 130.0, 120.0, 106.0])


def test_excursions_of_a_long_and_of_a_short_trade() -> None:
    result = run_of([Deal(1, 1.0), Deal(3, -1.0), Deal(4, -1.0), Deal(5, 1.0)], PRICES)
    found = excursions(trades(result), [SERIES])
    assert found.adverse.tolist() == pytest.approx([80 / 110 - 1, 1 - 120 / 100])
    assert found.favourable.tolist() == pytest.approx([115 / 110 - 1, 1 - 95 / 100])


def test_a_trade_open_to_the_last_bar_and_one_without_bars() -> None:
    table = trades(run_of([Deal(4, 1.0)], PRICES))
    assert excursions(table, [SERIES]).adverse.tolist() == pytest.approx([-0.05])
    assert np.isnan(excursions(table, []).adverse).all()


def test_rolling_ratio_equals_the_ratio_of_each_window() -> None:
    r = series_a()[:60].copy()
    rolled = rolling_sharpe(r, 20, 365)
    assert np.isnan(rolled[:19]).all()
    assert rolled[19:] == pytest.approx([sharpe(r[k - 19 : k + 1], 365) for k in range(19, 60)], rel=1e-9)
    r[30] = np.nan
    holed = rolling_sharpe(r, 20, 365)
    assert np.isnan(holed[30:50]).all()
    assert holed[50] == pytest.approx(rolled[50])
    assert np.isnan(rolling_sharpe(np.full(40, 0.01), 10, 365)).all()
    assert len(rolling_sharpe(r[:3], 20, 365)) == 3


def test_a_run_does_not_diverge_from_itself() -> None:
    result = run_of([Deal(1, 1.0, fee=0.5), Deal(3, -1.0)], PRICES)
    found = divergence(result, result, HOURLY)
    assert found.identical
    assert (found.agreement, found.cost) == (1.0, 0.0)


def test_worse_prices_higher_fees_and_missed_decisions_are_told_apart() -> None:
    backtest = run_of([Deal(1, 1.0, fee=0.5), Deal(3, -1.0, fee=0.5), Deal(4, 1.0)], PRICES)
    paper = run_of([Deal(1, 1.0, fee=0.7), Deal(3, -1.0, fee=0.5), Deal(5, 1.0)], PRICES)
    paper.fills["price"][0] += 25  # bought a quarter higher
    paper.fills["price"][1] -= 50  # sold a half lower
    found = divergence(backtest, paper, HOURLY)
    assert [d.price_cost for d in found.matched] == pytest.approx([0.25, 0.5])
    assert [d.fee_cost for d in found.matched] == pytest.approx([0.2, 0.0])
    assert found.cost == pytest.approx(0.95)
    assert [key[1] for key in found.only_first] == [START_NS + 4 * HOUR]
    assert [key[1] for key in found.only_second] == [START_NS + 5 * HOUR]
    assert found.agreement == pytest.approx(2 / 4)
    assert not found.identical


def test_parts_of_one_order_are_one_decision() -> None:
    whole = run_of([Deal(1, 3.0)], PRICES)
    parts = run_of([Deal(1, 1.0), Deal(1, 2.0)], PRICES)
    assert divergence(whole, parts, HOURLY).identical


def test_a_fill_inside_a_bar_belongs_to_the_bar_that_closes_with_it() -> None:
    at_open = run_of([Deal(1, 1.0)], PRICES)
    fills = at_open.fills.copy()
    fills["ts_ns"], fills["at_open"] = fills["ts_ns"] + HOUR, 0
    assert divergence(at_open, replace(at_open, fills=fills), HOURLY).agreement == 1.0
