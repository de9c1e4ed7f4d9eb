"""A kept run comes back the same, and says when its candles have changed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tickwright.bootstrap.backtest import BacktestRequest, keep_run, run_backtest
from tickwright.bootstrap.market_loading import load_market
from tickwright.bootstrap.open_run import open_run
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.run import Run
from tickwright.domain.bars import SeriesKey
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.strategies import SmaCross

BTC = InstrumentId("binance", "BTC", "USDT")
HOUR = Timeframe.parse("1h")


@pytest.fixture
def kept(project: Project) -> Run:
    request = BacktestRequest(SmaCross, {"fast": 10, "slow": 30}, Decimal(100_000), CostModel.of(fee="0.001"))
    return keep_run(project, run_backtest(request, load_market(project, [BTC], HOUR, None, None)))


def test_a_kept_run_comes_back_with_the_same_statistics_digests_and_tables(project: Project, kept: Run) -> None:
    again = open_run(project, "latest")
    assert again.document() == kept.document()
    assert again.trades.equals(kept.trades)
    assert again.fills.equals(kept.fills)
    assert again.equity.equals(kept.equity)


def test_candles_revised_since_the_run_are_a_warning_and_its_numbers_stay(project: Project, kept: Run) -> None:
    key = SeriesKey(BTC, HOUR)
    bars = project.store.read(key)
    last = bars.between(int(bars.open_time_ns[-1]), int(bars.open_time_ns[-1]) + 1)
    project.store.write(replace(last, close=last.high), source="a correction")
    again = open_run(project, "latest")
    assert any("have changed since this run" in text for text in again.warnings)
    assert again.digest == kept.digest
