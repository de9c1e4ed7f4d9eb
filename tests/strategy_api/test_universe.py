import numpy as np
import pytest

from tickwright.checks.example_bars import example_market
from tickwright.checks.strategy import check_strategy
from tickwright.domain.errors import UsageError
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY, parse_instant
from tickwright.indicators import roc
from tickwright.strategy_api import Strategy, every, rank, top, where
from tickwright.strategy_api.evaluate import evaluate_weights
from tickwright.strategy_api.views import StrategyMarket


def panel(volumes, symbols=("A/USDT", "B/USDT", "C/USDT"), start="2024-01-01"):
    """Daily bars at a price of 1 with these volumes; NaN is an absent bar. 2024-01-01 is a Monday."""
    volume = np.array(volumes, np.float64)
    price = np.where(np.isnan(volume), np.nan, 1.0)
    times = parse_instant(start) + np.arange(len(volume)) * DAY
    return StrategyMarket(symbols, Timeframe.parse("1d"), times, price, price, price, price, volume)


def members(universe, market):
    return ["".join(s[0] for s, m in zip(market.symbols, row, strict=True) if m) for row in universe.members(market)]


def test_a_universe_says_how_many_by_what_and_how_often():
    universe = top(20, by="quote_volume_30d", quote="USDT", refresh="1w")
    assert (universe.n, universe.span.name, universe.quote, universe.refresh.name) == (20, "30d", "USDT", "1w")


def test_the_most_traded_are_chosen_each_day_from_bars_that_have_closed():
    volumes = [[9, 1, 1], [9, 1, 1], [1, 9, 1], [1, 9, 1], [1, 1, 9]]
    universe = top(1, by="quote_volume_2d", refresh="1d")
    #                                          9+1 = 1+9: equal, nobody
    assert members(universe, panel(volumes)) == ["", "A", "", "B", ""]


def test_a_choice_holds_until_the_next_period():
    volumes = [[9, 1, 1]] * 6 + [[1, 90, 1]] * 8
    chosen = members(top(1, by="quote_volume_2d", refresh="1w"), panel(volumes))
    # The first bar closes on Tuesday: nobody has two days yet. The bar that closes on Monday 00:00 decides for a week.
    assert chosen == [""] * 6 + ["B"] * 7 + ["B"]


def test_a_symbol_without_the_full_span_is_no_member_and_one_that_left_is_none():
    nan = np.nan
    volumes = [[5, nan, 1], [5, nan, 1], [5, 9, 1], [5, 9, 1], [nan, 9, 1], [nan, 9, 1]]
    chosen = members(top(1, by="quote_volume_2d", refresh="1d"), panel(volumes))
    assert chosen == ["", "A", "A", "B", "B", "B"]


def test_only_symbols_quoted_in_the_asset_take_part():
    market = panel([[9, 1, 5]] * 4, ("A/BTC", "B/USDT", "C/USDT:USDT"))
    assert members(top(1, by="quote_volume_2d", refresh="1d"), market)[-1] == "C"


def test_no_rows_have_no_members():
    assert top(1).members(panel(np.empty((0, 3)))).shape == (0, 3)


class Winners(Strategy):
    """The better of the two most traded symbols of the last week."""

    universe = top(2, by="quote_volume_1w", refresh="1w")
    acts = every("1w")

    def weights(self, market):
        return where(rank(roc(market.close, market.bars_in("1d"))) <= 1, 1.0, 0.0)


def test_weights_are_decided_among_members_alone():
    market = example_market(24 * 40)
    answer = evaluate_weights(Winners(), market)
    inside = Winners.universe.members(market)
    assert not answer.weights[~inside].any()
    assert answer.weights.any()
    row = 24 * 30
    best = np.where(inside[row], market.close[row] / market.close[row - 24], -1).argmax()
    assert answer.weights[row].argmax() == best


def test_a_universe_passes_the_exam_and_its_order_of_symbols_does_not_matter():
    market = example_market(24 * 40)
    assert check_strategy(Winners, market).passed
    turned = market.only(np.arange(len(market.symbols))[::-1])
    straight, reverse = (evaluate_weights(Winners(), view).weights for view in (market, turned))
    assert np.array_equal(straight, reverse[:, ::-1])


def test_an_empty_universe_and_an_unknown_measure_are_refused():
    with pytest.raises(UsageError, match="0 symbols"):
        top(0)
    with pytest.raises(UsageError, match="'market_cap' is no measure"):
        top(5, by="market_cap")
