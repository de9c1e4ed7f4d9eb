"""Fills become trades from flat to flat, and the books add up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analytics.runs import QUANTITY_SCALE, START_NS, Deal, run_of
from tickwright.analytics.trades import closed, trades
from tickwright.domain.records import ACCOUNT_EVENT
from tickwright.domain.timestamp import HOUR

RISING = [[100.0, 110.0, 120.0, 130.0, 140.0, 150.0]]


def test_one_round_trip_net_of_fees() -> None:
    (trade,) = trades(run_of([Deal(1, 2.0, fee=1.0), Deal(4, -2.0, fee=3.0)], RISING))
    assert trade["pnl"] == pytest.approx(2 * (140 - 110) - 4)
    assert trade["trade_return"] == pytest.approx(56 / 220)
    assert (trade["entry_price"], trade["exit_price"], trade["quantity"], trade["fee"]) == (110.0, 140.0, 2.0, 4.0)
    assert (trade["side"], trade["fills"], bool(trade["is_open"])) == (1, 2, False)
    assert trade["bars_held"] == 3, "bought at the open of bar 1, sold at the open of bar 4: three closes in between"


def test_adding_and_reducing_stay_one_trade_with_average_prices() -> None:
    deals = [Deal(0, 1.0), Deal(1, 3.0), Deal(2, -2.0), Deal(5, -2.0)]
    (trade,) = trades(run_of(deals, RISING))
    assert trade["entry_price"] == pytest.approx((100 + 3 * 110) / 4)
    assert trade["exit_price"] == pytest.approx((120 + 150) / 2)
    assert trade["quantity"] == 4.0
    assert trade["pnl"] == pytest.approx(240 + 300 - 430)


def test_flat_in_between_makes_two_trades() -> None:
    deals = [Deal(0, 1.0), Deal(1, -1.0), Deal(2, 1.0), Deal(3, -1.0)]
    table = trades(run_of(deals, RISING))
    assert table["pnl"].tolist() == pytest.approx([10.0, 10.0])
    assert table["bars_held"].tolist() == [1, 1]


def test_open_trade_is_marked_and_kept_apart() -> None:
    table = trades(run_of([Deal(0, 1.0), Deal(1, -1.0), Deal(2, 2.0, fee=1.0), Deal(3, -1.0)], RISING))
    assert len(closed(table)) == 1
    last = table[1]
    assert last["is_open"]
    assert last["pnl"] == pytest.approx(130 + 150 - 240 - 1)
    assert last["exit_price"] == pytest.approx((130 + 150) / 2)


def test_a_fill_that_turns_the_position_is_split_at_zero() -> None:
    table = trades(run_of([Deal(0, 1.0), Deal(1, -3.0, fee=3.0), Deal(3, 2.0)], RISING))
    assert table["side"].tolist() == [1, -1]
    assert table["quantity"].tolist() == pytest.approx([1.0, 2.0])
    assert table["fee"].tolist() == pytest.approx([1.0, 2.0])
    assert table["pnl"].tolist() == pytest.approx([10 - 1, 2 * (110 - 130) - 2])


def test_short_trade_earns_when_the_price_falls() -> None:
    (trade,) = trades(run_of([Deal(0, -1.0), Deal(1, 1.0)], [[100.0, 90.0]]))
    assert (trade["side"], trade["pnl"]) == (-1, pytest.approx(10.0))


def test_fee_kept_from_what_arrived_leaves_dust_that_is_flat() -> None:
    deals = [Deal(0, 1.0, base_fee=0.001), Deal(2, -0.99), Deal(3, 1.0, base_fee=0.001), Deal(4, -1.0)]
    table = trades(run_of(deals, RISING, lots=(((0, 100),),)))
    assert len(table) == 2, "0.009 base units are below one lot of 0.01"
    assert not table["is_open"].any()
    assert table["fee"].tolist() == pytest.approx([0.1, 0.13]), "0.001 base units at 100 and at 130"
    assert table["pnl"][0] == pytest.approx(0.99 * 120 - 100), "the fee shows in what could be sold, not twice"


def test_a_lot_that_grew_makes_no_dust_of_what_was_traded_before_it() -> None:
    """Half a unit each way; from the last bar on the lot is 100 units."""
    deals = [Deal(0, 0.5), Deal(2, -0.5), Deal(3, 0.5), Deal(4, -0.5)]
    lots = (((0, 1), (START_NS + 4 * HOUR, 100 * 10**QUANTITY_SCALE)),)
    grown, plain = (trades(run_of(deals, RISING, lots=known)) for known in (lots, ()))
    assert len(grown) == 2
    assert grown.tolist() == plain.tolist()


def test_funding_belongs_to_the_trade_that_was_open_when_it_fell_due() -> None:
    """Held from the open of bar 1 to the open of bar 3, and from the open of bar 4 on; funding is due at every open."""
    result = run_of([Deal(1, 1.0), Deal(3, -1.0), Deal(4, 1.0)], RISING)
    events = np.zeros(6, ACCOUNT_EVENT)
    events["ts_ns"] = START_NS + HOUR * np.arange(6)
    events["amount"] = [1_000_000, 2_000_000, -4_000_000, -8_000_000, 16_000_000, 32_000_000]
    result.fills["sequence"], events["sequence"] = (2, 5, 7), (0, 1, 3, 4, 6, 8)
    first, second = trades(replace(result, account_events=events))
    assert first["account_flow"] == pytest.approx(-12.0), "due at the opens of bars 2 and 3; at bar 1 nothing was held"
    assert first["pnl"] == pytest.approx(20.0 - 12.0)
    assert second["account_flow"] == pytest.approx(32.0), "the open trade takes what came after its entry"
    events["instrument"] = -1
    assert trades(replace(result, account_events=events))["account_flow"].tolist() == [0.0, 0.0], "transfers are apart"


def test_funding_at_the_close_of_a_range_fill_comes_after_it() -> None:
    result = run_of([Deal(1, 1.0), Deal(3, -1.0)], RISING)
    result.fills["at_open"] = 0
    events = np.zeros(2, ACCOUNT_EVENT)
    events["ts_ns"], events["amount"] = result.fills["ts_ns"], (1_000_000, 2_000_000)
    result.fills["sequence"], events["sequence"] = (0, 2), (1, 3)
    (trade,) = trades(replace(result, account_events=events))
    assert trade["account_flow"] == pytest.approx(1.0)


def test_instruments_trade_apart_and_sort_by_entry() -> None:
    deals = [Deal(0, 1.0, place=1), Deal(1, 1.0), Deal(2, -1.0, place=1), Deal(3, -1.0)]
    table = trades(run_of(deals, [*RISING, *RISING]))
    assert table["instrument"].tolist() == [1, 0]


def test_no_fills_give_no_trades() -> None:
    assert len(trades(run_of([], RISING))) == 0


@settings(max_examples=80)
@given(
    st.lists(
        st.tuples(st.integers(0, 19), st.integers(-30, 30).filter(bool), st.integers(0, 1), st.integers(0, 50)),
        max_size=25,
    )
)
def test_results_of_all_trades_add_up_to_the_change_of_equity(rows: list[tuple[int, int, int, int]]) -> None:
    deals = [Deal(bar, quantity / 10, place, fee / 100) for bar, quantity, place, fee in sorted(rows)]
    prices = np.round(100 + 20 * np.sin(np.arange(40).reshape(2, 20) * 1.3), 2)
    result = run_of(deals, prices.tolist(), cash=100_000.0)
    table = trades(result)
    change = (result.equity[-1] - result.initial_cash) / 1e6
    assert np.sum(table["pnl"]) == pytest.approx(change, abs=1e-3)
    assert np.sum(table["fee"]) == pytest.approx(sum(deal.fee for deal in deals))
    assert np.sum(table["is_open"]) == np.count_nonzero(result.position)
