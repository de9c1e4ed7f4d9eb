"""The summary of a run: every field against the run's own books."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace

import numpy as np
import pytest

from tests.analytics.runs import START_NS, Deal, run_of, series_a
from tickwright.analytics.labels import LABELS
from tickwright.analytics.summary import Statistics, summarise, text
from tickwright.domain.timestamp import DAY, HOUR

PRICES = [[100.0, 120.0, 90.0, 130.0, 130.0]]


def test_summary_of_a_run_worked_out_by_hand() -> None:
    """Buy 5 at 100 (fee 1), sell at 90 (fee 1), buy 2 at 130 and hold: equity 999, 1099, 948, 948, 948."""
    deals = [Deal(0, 5.0, fee=1.0, spread=0.5), Deal(2, -5.0, fee=1.0), Deal(3, 2.0)]
    result = run_of(deals, PRICES, rejected=2)
    statistics = summarise(result, benchmark=np.array([1000.0, 1250.0]))
    assert result.equity.tolist() == [999_000_000, 1_099_000_000, 948_000_000, 948_000_000, 948_000_000]
    assert statistics.final_equity == 948.0
    assert statistics.total_return == pytest.approx(-0.052)
    assert statistics.benchmark_return == pytest.approx(0.25)
    assert statistics.max_drawdown == pytest.approx(948 / 1099 - 1)
    assert statistics.max_drawdown_start == START_NS + 2 * HOUR
    assert statistics.max_drawdown_trough == START_NS + 3 * HOUR
    assert statistics.max_drawdown_end == START_NS + 5 * HOUR
    assert not statistics.max_drawdown_recovered
    assert (statistics.trades, statistics.open_trades, statistics.win_rate) == (1, 1, 0.0)
    assert statistics.expectancy == pytest.approx(-52.0)
    assert (statistics.profit_factor, statistics.fills, statistics.orders, statistics.rejected) == (0.0, 3, 5, 2)
    assert statistics.exposure == pytest.approx(4 / 5)
    assert statistics.costs.document() == {"fee": 2.0, "spread": 0.5, "slippage": 0.0, "impact": 0.0}
    years = 5 * HOUR / (365.25 * DAY)
    assert statistics.turnover == pytest.approx((500 + 450 + 260) / np.mean(result.equity / 1e6) / years)
    r = np.array([-0.001, 1099 / 999 - 1, 948 / 1099 - 1, 0.0, 0.0])
    assert statistics.sharpe == pytest.approx(r.mean() / r.std(ddof=1) * math.sqrt(8760))
    assert statistics.volatility == pytest.approx(r.std(ddof=1) * math.sqrt(8760))
    assert statistics.cagr == pytest.approx(0.948 ** (1 / years) - 1)
    assert statistics.calmar == pytest.approx(statistics.cagr / -statistics.max_drawdown)


def test_daily_curve_has_the_published_measures_of_its_returns() -> None:
    equity = np.round(1e12 * np.cumprod(1 + series_a())).astype(np.int64)
    flat = run_of([], [[100.0] * 500], cash=1e6, step_ns=DAY)
    statistics = summarise(replace(flat, equity=equity))
    assert statistics.sharpe == pytest.approx(2.111778696923, rel=1e-7)
    assert statistics.sortino == pytest.approx(3.301912194511, rel=1e-7)
    assert statistics.max_drawdown == pytest.approx(-0.152761094948, rel=1e-9)
    assert statistics.total_return == pytest.approx(1.743689089701, rel=1e-9)
    assert statistics.cagr == pytest.approx(2.743689089701 ** (365.25 / 500) - 1), "calendar years, not 365 days"


def test_flat_run_is_undefined_where_nothing_happened() -> None:
    statistics = summarise(run_of([], PRICES))
    assert (statistics.total_return, statistics.max_drawdown, statistics.exposure) == (0.0, 0.0, 0.0)
    assert statistics.max_drawdown_start is None
    assert all(
        math.isnan(value)
        for value in (statistics.sharpe, statistics.win_rate, statistics.calmar, statistics.benchmark_return)
    )


def test_run_without_bars_is_summarised() -> None:
    empty = replace(run_of([], PRICES), **dict.fromkeys(("equity", "exposure", "equity_ts_ns"), np.empty(0, np.int64)))
    statistics = summarise(empty)
    assert statistics.final_equity == 1000.0
    assert math.isnan(statistics.sharpe)


def test_document_is_json_with_null_for_undefined_and_iso_times() -> None:
    document = summarise(run_of([], PRICES)).document()
    assert document["sharpe"] is None
    assert json.loads(json.dumps(document)) == document
    traded = summarise(run_of([Deal(0, 1.0)], PRICES)).document()
    assert traded["max_drawdown_start"] == "2023-01-01T02:00:00Z"
    assert traded["costs"] == {"fee": 0.0, "spread": 0.0, "slippage": 0.0, "impact": 0.0}


def test_every_statistic_has_exactly_one_row_in_tables() -> None:
    rows = summarise(run_of([Deal(0, 1.0)], PRICES)).as_rows()
    named = {field.name for field in fields(Statistics)} - {"costs", "max_drawdown_recovered"}
    assert [row.label.name for row in rows] == [label.name for label in LABELS]
    assert {row.label.name for row in rows} == named | {"fee", "spread", "slippage", "impact"}
    assert len({label.words for label in LABELS}) == len(LABELS)


def test_values_are_written_in_their_units() -> None:
    assert text(-0.5, "fraction") == "-50.00%"
    assert text(START_NS, "instant") == "2023-01-01 00:00"
    assert text(None, "instant") == "-"
    assert text(12.34, "per_year") == "12.3 × a year"
