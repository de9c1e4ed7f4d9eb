"""§7, sentence by sentence."""

from __future__ import annotations

from math import nan

from tests.reference.sizing import Every
from tests.reference.targets import HOUR, MONDAY, TENTH, situation, told
from tests.reference.words import Costs

FLAT = (100, 100, 100, 100)
UP = (200, 200, 200, 200)


def test_a_target_acts_when_its_value_changes_and_nan_neither_acts_nor_resets() -> None:
    market, _ = situation({"A": [FLAT] * 6}, {"A": [0, 1, nan, 1, 0, 0]})
    assert told(market) == ["A 2 OPEN: buy 10 @ 100", "A 5 OPEN: sell 10 @ 100"]


def test_drift_alone_never_trades() -> None:
    market, _ = situation({"A": [FLAT, FLAT, UP, UP]}, {"A": [0.5, 0.5, 0.5, 0.5]})
    assert told(market) == ["A 1 OPEN: buy 5 @ 100"]


def test_a_change_on_an_absent_bar_waits_for_the_next_bar() -> None:
    market, _ = situation({"A": [FLAT, None, FLAT, FLAT], "B": [FLAT] * 4}, {"A": [0, 1, nan, nan], "B": [0] * 4})
    assert told(market) == ["A 3 OPEN: buy 5 @ 100"]


def test_a_refused_target_counts_as_acted() -> None:
    # 1 % of 1000 pays no share at 100
    market, _ = situation({"A": [FLAT] * 3}, {"A": [0.01, 0.01, 0.01]})
    assert [order.state for order in market.orders] == ["VENUE_TOO_SMALL"]


def test_retry_acts_again_while_the_last_decision_has_a_refused_order() -> None:
    rows = [FLAT, FLAT, (5, 5, 5, 5), (5, 5, 5, 5)]
    market, _ = situation({"A": rows}, {"A": [0.01] * 4}, retry=True)
    assert told(market) == ["A 2 OPEN: buy 2 @ 5"]
    assert [order.state for order in market.orders] == ["VENUE_TOO_SMALL", "FILLED"]


def test_periods_start_on_monday_and_the_first_wake_counts_as_one() -> None:
    # from Sunday 21:00 on: closes at 22:00 (the first wake), 23:00 and 00:00 (a new week)
    rows = [FLAT, FLAT, UP, UP]
    weekly = Every(7 * 24 * HOUR)
    market, _ = situation({"A": rows}, {"A": [0.5] * 4}, start_ns=MONDAY - 3 * HOUR, every=weekly)
    # 5 at 100; on Monday they are worth 1000 of 1500: sell (1000 - 750) / 200 = 1.25
    assert told(market) == ["A 1 OPEN: buy 5 @ 100", "A 3 OPEN: sell 1 @ 200"]


def test_every_goes_to_the_target_itself_when_outside_the_band() -> None:
    day = [FLAT] * 23 + [UP] * 3
    market, _ = situation({"A": day}, {"A": [0.5] * 26}, every=Every(24 * HOUR, 0.1))
    # 5 at 100; at Tuesday 00:00 they are worth 1000 of 1500, 0.667: more than 0.1 off, sell (1000 - 750) / 200 = 1.25
    assert told(market) == ["A 1 OPEN: buy 5 @ 100", "A 24 OPEN: sell 1 @ 200"]


def test_every_leaves_alone_what_is_inside_the_band() -> None:
    day = [FLAT] * 23 + [UP] * 3
    market, _ = situation({"A": day}, {"A": [0.5] * 26}, every=Every(24 * HOUR, 0.2))
    assert told(market) == ["A 1 OPEN: buy 5 @ 100"]


def test_all_targets_of_one_instant_are_sized_together_from_one_equity() -> None:
    market, _ = situation({"A": [FLAT] * 3, "B": [FLAT] * 3}, {"A": [1, 1, 1], "B": [0.5, 0.5, 0.5]})
    assert told(market) == ["A 1 OPEN: buy 5 @ 100", "B 1 OPEN: buy 2 @ 100"]


def test_reductions_round_down_and_come_before_increases() -> None:
    # B frees 500 at the same open at which A needs it
    rows = {"A": [FLAT] * 4, "B": [FLAT] * 4}
    market, _ = situation(rows, {"A": [0, 1, 1, 1], "B": [1, 0.55, 0.55, 0.55]}, shares=1)
    # B: 10 shares to 550: sell 4.5 → 4; A wants 1000 but 400 are free
    assert told(market) == ["B 1 OPEN: buy 10 @ 100", "B 2 OPEN: sell 4 @ 100", "A 2 OPEN: buy 4 @ 100"]


def test_target_zero_sells_all_whole_lots() -> None:
    market, _ = situation({"A": [FLAT, FLAT, (7, 7, 7, 7), (7, 7, 7, 7)]}, {"A": [1, 1, 0, 0]})
    assert told(market) == ["A 1 OPEN: buy 10 @ 100", "A 3 OPEN: sell 10 @ 7"]


def test_increases_pay_their_fee_from_the_cost() -> None:
    market, _ = situation({"A": [FLAT] * 2}, {"A": [1, 1]}, spec_terms={"taker_fee": TENTH})
    # 9 × 100 × 1.1 = 990 fits into 1000, 10 do not
    assert told(market) == ["A 1 OPEN: buy 9 @ 100"]


def test_targets_above_one_shrink_together() -> None:
    # 800 + 800 of 1000: each gets 500
    market, _ = situation({"A": [FLAT] * 2, "B": [FLAT] * 2}, {"A": [0.8] * 2, "B": [0.8] * 2}, shares=1)
    assert told(market) == ["A 1 OPEN: buy 5 @ 100", "B 1 OPEN: buy 5 @ 100"]


def test_the_shrink_factor_is_taken_once_over_increases_still_waiting() -> None:
    # B has no bar 1: the factor 1000 / 1600 is taken with A's open; B then gets its own share
    rows = {"A": [FLAT] * 3, "B": [FLAT, None, FLAT]}
    market, _ = situation(rows, {"A": [0.8] * 3, "B": [0.8] * 3}, shares=1)
    assert told(market) == ["A 1 OPEN: buy 5 @ 100", "B 2 OPEN: buy 5 @ 100"]


def test_a_new_decision_cancels_its_own_unfinished_rest() -> None:
    thin = (100, 100, 100, 100, 10)
    market, _ = situation({"A": [thin] * 4}, {"A": [1, 1, 0.2, 0.2]}, costs=Costs(participation=TENTH), cash=1000)
    # one share a bar; after two the target is 200, which two shares are
    assert told(market) == ["A 1 OPEN: buy 1 @ 100", "A 2 OPEN: buy 1 @ 100"]
    assert market.orders[0].state == "CANCELLED"


def test_a_sign_change_is_a_close_and_an_increase_at_the_same_open() -> None:
    market, _ = situation({"A": [FLAT] * 3}, {"A": [0.5, -0.5, -0.5]}, spec_terms={"perpetual": True})
    assert told(market) == ["A 1 OPEN: buy 5 @ 100", "A 2 OPEN: sell 5 @ 100", "A 2 OPEN: sell 5 @ 100"]
    assert market.account.positions["x", "A"].quantity == -5
