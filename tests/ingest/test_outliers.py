"""Doubts: what is marked, and real crashes that are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.checks.example_events import example_events
from tickwright.domain.events import Events
from tickwright.domain.instrument import InstrumentId
from tickwright.ingest.outliers import doubts, trade_doubts, venue_doubts


def lively(make_series, last: int = 600):
    bars = make_series(0, last)
    steps = np.random.default_rng(2).integers(-2_000, 2_000, len(bars)).cumsum()
    for name in ("open", "high", "low", "close"):
        getattr(bars, name)[:] += steps
    bars.volume[:] = 500 + np.arange(len(bars)) % 3
    return bars


def test_a_single_absurd_tick_is_marked(make_series) -> None:
    """DI-09: one trade at 100 times the price; it stays in the data."""
    bars = lively(make_series)
    bars.high[300] *= 100
    (doubt,) = doubts(bars)
    assert (doubt.row, doubt.bars) == (300, 1)
    assert doubt.reason.endswith("times the price around it")


def test_a_low_wick_to_nothing_is_marked(make_series) -> None:
    bars = lively(make_series)
    bars.low[10] //= 50
    assert [doubt.row for doubt in doubts(bars)] == [10]


def test_a_crash_that_stays_is_not_marked(make_series) -> None:
    bars = lively(make_series)
    for name in ("open", "high", "low", "close"):
        getattr(bars, name)[300:] //= 2
    bars.open[300] *= 2
    bars.high[300] = bars.open[300] + 9
    assert doubts(bars) == []


@pytest.mark.parametrize("symbol", ["BTC/USDT", "ETH/USDT"])
def test_seven_years_of_real_crashes_are_believed(symbol: str) -> None:
    found = doubts(bundled_candles(symbol))
    assert [doubt for doubt in found if "times the price" in doubt.reason] == []
    assert len(found) <= 3


def test_a_price_that_moves_without_volume_is_marked(make_series) -> None:
    bars = lively(make_series)
    bars.volume[7] = 0
    assert doubts(bars) == [(7, 1, "the price moved and nothing was traded")]


def test_a_feed_that_stands_still_is_marked_from_the_fourth_bar_on(make_series) -> None:
    bars = lively(make_series)
    for first, length in ((100, 3), (200, 4), (300, 9)):
        for name in ("open", "high", "low", "close", "volume"):
            getattr(bars, name)[first : first + length] = getattr(bars, name)[first]
    assert [(doubt.row, doubt.bars) for doubt in doubts(bars)] == [(200, 4), (300, 9)]


def test_a_long_silence_is_marked_once(make_series) -> None:
    bars = lively(make_series)
    for first, length in ((100, 11), (200, 12)):
        bars.volume[first : first + length] = 0
        for name in ("high", "low", "close"):
            getattr(bars, name)[first : first + length] = bars.open[first : first + length]
    assert [(doubt.row, doubt.bars, doubt.reason) for doubt in doubts(bars)] == [
        (200, 12, "12 bars in a row have no volume")
    ]


def test_a_handful_of_bars_is_no_error(make_series) -> None:
    assert doubts(make_series(0, 0)) == []
    assert doubts(make_series(0, 3)) == []


def test_of_a_mark_price_only_the_price_is_doubted(make_series) -> None:
    bars = lively(make_series)
    bars.volume[:] = 0
    assert len(doubts(bars)) > 500
    marks = replace(bars, key=replace(bars.key, kind="mark"))
    assert doubts(marks) == []
    marks.high[300] *= 100
    assert [doubt.row for doubt in doubts(marks)] == [300]


def trades_at(*prices: int) -> Events:
    made = example_events("trades", 0, len(prices))
    return Events(made.key, {**made.columns, "price": np.array(prices)}, 2, 6)


def test_a_lone_trade_far_from_those_around_it_is_marked_and_a_move_that_stays_is_not() -> None:
    calm = [10_000 + 3 * (n % 5) for n in range(20)]
    assert [doubt.row for doubt in trade_doubts(trades_at(*calm[:10], 1_000_000, *calm[10:]))] == [10]
    assert [doubt.row for doubt in trade_doubts(trades_at(*calm[:10], 100, *calm[10:]))] == [10]
    assert trade_doubts(trades_at(*calm, *(price // 2 for price in calm))) == []
    assert [doubt.row for doubt in trade_doubts(trades_at(*calm, 30_000))] == [20]
    assert trade_doubts(trades_at(10_000, 30_000)) == []  # too few to say which is the odd one


def test_a_close_that_another_exchange_does_not_have_is_marked_and_a_standing_premium_is_not(make_series) -> None:
    ours = lively(make_series)
    instrument = InstrumentId.parse("kraken:BTC/USDT")
    premium = {name: getattr(ours, name) * 11 // 10 for name in ("open", "high", "low", "close")}
    theirs = replace(ours, key=replace(ours.key, instrument=instrument), **premium)
    assert venue_doubts(ours, theirs) == []
    theirs.close[77] = theirs.close[77] * 2
    (doubt,) = venue_doubts(ours, theirs)
    assert (doubt.row, doubt.bars) == (77, 1)
    assert doubt.reason.endswith("times that of kraken")
    later = theirs.between(int(ours.open_time_ns[-1]) + 1, 2**62)
    assert venue_doubts(ours, later) == []
