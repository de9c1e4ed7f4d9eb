"""On real candles and the real engine: the books of a run add up, and a sweep's row is its single run."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from tickwright.analytics.sweep_table import COLUMNS
from tickwright.analytics.trades import trades
from tickwright.bootstrap.backtest import BacktestRequest, run_backtest
from tickwright.bootstrap.market_loading import LoadedMarket, load_market
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.sweep import run_sweep
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.strategies import SmaCross

PAIR = [InstrumentId("binance", base, "USDT") for base in ("BTC", "ETH")]
REQUEST = BacktestRequest(SmaCross, {"fast": 10, "slow": 30}, Decimal(100_000), CostModel.of(fee="0.001"))


@pytest.fixture
def market(project: Project) -> LoadedMarket:
    return load_market(project, PAIR, Timeframe.parse("1h"), None, None)


@pytest.mark.parametrize("fee_asset", ["quote", "received"])
def test_results_of_all_trades_add_up_to_the_change_of_equity(market: LoadedMarket, fee_asset: str) -> None:
    costs = replace(REQUEST.costs, fee_asset=fee_asset)  # type: ignore[arg-type]
    run = run_backtest(replace(REQUEST, costs=costs), market)
    table = trades(run.result)
    change = run.stats.final_equity - 100_000.0
    dust = 0.0 if fee_asset == "quote" else 5.0
    assert np.sum(table["pnl"]) == pytest.approx(change, abs=1e-3 + dust), "what is left below a lot has a value, too"
    assert np.sum(table["fee"]) == pytest.approx(run.stats.costs.fee)
    assert len(table) > 50


def test_every_measure_of_a_sweep_is_that_of_the_single_run(market: LoadedMarket) -> None:
    sweep = run_sweep(REQUEST, {"fast": [5, 10], "slow": [30, 60]}, market)
    for row in sweep.frame.iter_rows(named=True):
        stats = sweep.run(row).stats
        single = {name: getattr(stats, name, None) for name in COLUMNS} | stats.costs.document()
        for name in COLUMNS:
            assert row[name] == pytest.approx(single[name], rel=1e-9, nan_ok=True), name


def test_report_of_a_sweep_is_written_with_what_holding_earned(market: LoadedMarket, project: Project) -> None:
    sweep = run_sweep(REQUEST, {"fast": [5, 10]}, market)
    text = sweep.report(project.home / "sweep.html").read_text()
    assert "Holding the symbols had a ratio of" in text
    assert sweep.luck.counted == 2
