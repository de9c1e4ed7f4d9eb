"""Monthly returns, the benchmark, results per symbol, costs and the drawdown table."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analytics.runs import START_NS, Deal, run_of
from tickwright.analytics.benchmark import buy_and_hold
from tickwright.analytics.by_symbol import by_symbol
from tickwright.analytics.drawdown import drawdowns
from tickwright.analytics.monthly_returns import monthly_returns
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY, HOUR, parse_instant


def hourly(prices: list[float], *, start: int = 0, base: str = "BTC") -> Bars:
    units = np.round(np.array(prices) * 100).astype(np.int64)
    times = START_NS + HOUR * (start + np.arange(len(prices)))
    key = SeriesKey(InstrumentId("sandbox", base, "USDT"), Timeframe.parse("1h"))
    return Bars(key, times, units, units, units, units, np.full(len(prices), 10), 2, 0)


def closes(n: int) -> np.ndarray:
    return START_NS + HOUR * np.arange(1, n + 1)


def test_months_compound_to_years_and_skip_what_was_not_observed() -> None:
    instants = np.array([parse_instant(day) for day in ("2022-11-16", "2022-12-02", "2023-03-01", "2023-04-05")])
    table = monthly_returns(instants, np.array([110.0, 121.0, 60.5, np.nan]), 100.0)
    assert table.years.tolist() == [2022, 2023]
    assert table.months[0, 10:].tolist() == pytest.approx([0.1, 0.1])
    assert table.months[1, 1] == pytest.approx(-0.5), "the bar that closes on March 1st was open in February"
    assert np.isnan(table.months[1, 3])
    assert np.isnan(table.months[0, 0])
    assert table.totals.tolist() == pytest.approx([0.21, -0.5])
    assert len(monthly_returns(instants[:0], np.empty(0), 1.0).years) == 0


def test_benchmark_buys_at_the_first_open_and_pays_the_fee_once() -> None:
    equity = buy_and_hold([hourly([100.0, 150.0, 200.0])], closes(3), 1000.0, fee=0.001)
    assert equity.tolist() == pytest.approx([1000 / 1.001, 1500 / 1.001, 2000 / 1.001])


def test_benchmark_splits_equally_and_waits_in_cash_for_a_later_listing() -> None:
    series = [hourly([100.0, 100.0, 200.0]), hourly([50.0, 100.0], start=1, base="ETH")]
    assert buy_and_hold(series, closes(3), 1000.0).tolist() == pytest.approx([1000.0, 1000.0, 2000.0])


def test_benchmark_carries_the_last_close_over_a_hole() -> None:
    series = hourly([100.0, 110.0, 120.0])
    holed = Bars(series.key, *(getattr(series, name)[[0, 2]] for name in
                 ("open_time_ns", "open", "high", "low", "close", "volume")), 2, 0)  # fmt: skip
    assert buy_and_hold([holed], closes(3), 100.0).tolist() == pytest.approx([100.0, 100.0, 120.0])
    assert buy_and_hold([], closes(2), 100.0).tolist() == [100.0, 100.0]


def test_benchmark_does_not_buy_the_history_before_the_record() -> None:
    series = hourly([10.0, 20.0, 100.0, 150.0])
    assert buy_and_hold([series], closes(4)[2:], 100.0).tolist() == pytest.approx([100.0, 150.0])


def test_results_per_symbol_add_up() -> None:
    prices = [[100.0, 120.0, 90.0, 100.0], [10.0, 10.0, 20.0, 30.0]]
    deals = [Deal(0, 1.0, fee=1.0), Deal(2, -1.0), Deal(1, 5.0, place=1, spread=0.5), Deal(3, -5.0, place=1)]
    result = run_of(sorted(deals, key=lambda deal: deal.bar), prices)
    bitcoin, ether = by_symbol(result)
    assert bitcoin.symbol == "sandbox:BTC/USDT"
    assert (bitcoin.trades, bitcoin.win_rate, bitcoin.pnl, bitcoin.costs) == (1, 0.0, pytest.approx(-11.0), 1.0)
    assert ether.pnl == pytest.approx(100.0)
    assert ether.best == pytest.approx(2.0)
    assert ether.exposure == pytest.approx(2 / 4)
    assert bitcoin.contribution + ether.contribution == pytest.approx(0.089)


def test_drawdown_table_is_deepest_first_with_recovery() -> None:
    equity = np.array([110.0, 99.0, 120.0, 60.0, 90.0, 130.0, 129.0])
    instants = START_NS + DAY * np.arange(1, 8)
    first, second, third = drawdowns(instants, equity, 100.0)
    assert [round(d.depth, 6) for d in (first, second, third)] == [-0.5, -0.1, -0.007692]
    assert (first.start_ns, first.trough_ns, first.end_ns) == tuple(instants[[2, 3, 5]])
    assert first.duration_ns == 3 * DAY
    assert not third.recovered
    assert len(drawdowns(instants, equity, 100.0, largest=2)) == 2
