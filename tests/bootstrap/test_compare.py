"""Kept runs side by side."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tickwright.bootstrap.backtest import BacktestRequest, keep_run, run_backtest
from tickwright.bootstrap.compare import compare
from tickwright.bootstrap.market_loading import load_market
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.run import Run
from tickwright.domain.costs import CostModel
from tickwright.domain.errors import UsageError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.strategies import SmaCross

BTC = InstrumentId("binance", "BTC", "USDT")


@pytest.fixture
def runs(project: Project) -> list[Run]:
    """The same run twice, then at half the fee, then with other parameters."""
    market = load_market(project, [BTC], Timeframe.parse("1h"), None, None)
    first = BacktestRequest(SmaCross, {"fast": 10, "slow": 30}, Decimal(100_000), CostModel.of(fee="0.001"))
    requests = (first, first, replace(first, costs=CostModel.of(fee="0.0005")), replace(first, params={"fast": 5}))
    return [keep_run(project, run_backtest(request, market)) for request in requests]


def test_the_same_run_twice_is_alike(runs: list[Run]) -> None:
    comparison = compare(runs[:2])
    assert comparison.alike
    assert comparison.divergence.identical
    assert comparison.differing_settings == {}


def test_a_lower_fee_shows_in_settings_and_in_cost_but_not_in_decisions(runs: list[Run]) -> None:
    comparison = compare([runs[2], runs[0]])
    assert not comparison.alike
    assert set(comparison.differing_settings) == {"costs.maker_fee_ppb", "costs.taker_fee_ppb"}
    assert comparison.divergence.agreement == 1.0
    assert comparison.divergence.cost > 0.0
    assert comparison.document()["divergence"]["only_first"] == []


def test_other_parameters_part_in_named_decisions(runs: list[Run]) -> None:
    comparison = compare([runs[0], runs[3], runs[1]])
    assert comparison.differing_settings["params.fast"] == [10, 5, 10]
    missing = comparison.document()["divergence"]["only_second"]
    assert missing[0].keys() == {"instrument", "bar", "side"}
    words = [label.words for label, cells in comparison.rows() if len(cells) == 3]
    assert words[:2] == ["Final equity", "Total return"]


def test_one_run_is_nothing_to_compare(runs: list[Run]) -> None:
    with pytest.raises(UsageError, match="nothing to compare"):
        compare(runs[:1])
