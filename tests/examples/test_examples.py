"""Every file under `examples/` is run as its reader would run it, on real candles."""

from __future__ import annotations

import runpy
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tickwright.adapters.sandbox.history import bundled_history
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.strategies import find_strategy
from tickwright.checks.example_bars import example_market
from tickwright.checks.strategy import check_strategy
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import Instrument, TradingRules
from tickwright.domain.market import Market
from tickwright.domain.timestamp import parse_instant
from tickwright.modes import event, vector
from tickwright.strategy_api.strategy import Form, form_of

EXAMPLES = Path(__file__).parents[2] / "examples"
STRATEGIES = sorted((EXAMPLES / "strategies").glob("*.py"))
SPAN = parse_instant("2020-01-01"), parse_instant("2020-07-01")


@pytest.fixture(scope="module")
def market() -> Market:
    bars = [series.between(*SPAN) for series in bundled_history()]
    rules = (TradingRules(0, tick=Decimal("0.01"), lot=Decimal("0.000001")),)
    return Market.of([Instrument(series.key.instrument, rules) for series in bars], bars)


def run(mode, strategy, market):
    return mode(strategy, {}, market, cash=Decimal(100_000), cash_asset="USDT", costs=CostModel())


@pytest.mark.parametrize("path", STRATEGIES, ids=lambda path: path.stem)
def test_a_strategy_passes_the_exam_and_trades_alike_in_every_mode(path, market):
    strategy = find_strategy(EXAMPLES, str(path))
    panel = example_market(4800) if form_of(strategy) is Form.WEIGHTS else None
    exam = check_strategy(strategy, panel)
    assert exam.passed, str(exam)
    assert exam.hints == ()
    whole = run(event.run, strategy, market)
    assert len(whole.fills)
    others = [event.replay] if form_of(strategy) is Form.CALLBACKS else [event.replay, vector.run]
    for mode in others:
        assert run(mode, strategy, market).digest == whole.digest


def test_the_first_backtest_runs_from_stored_candles_to_a_checked_strategy(tmp_path, monkeypatch, capsys):
    project = Project(tmp_path)
    for series in bundled_history():
        project.store.write(series.between(*SPAN), fetched=SPAN, source="test")
    monkeypatch.setattr(sys, "argv", ["first_backtest.py", str(tmp_path)])
    runpy.run_path(str(EXAMPLES / "first_backtest.py"), run_name="__main__")
    said = capsys.readouterr().out
    assert "fills " in said
    assert "Breakout passes" in said


def test_every_example_is_introduced():
    readme = (EXAMPLES / "README.md").read_text()
    assert all(path.relative_to(EXAMPLES).as_posix() in readme for path in EXAMPLES.rglob("*.py"))
