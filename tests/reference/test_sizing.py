"""§7, sentence by sentence: each situation in the naive market and in every mode of the product."""

from __future__ import annotations

from decimal import Decimal
from math import nan

from tests.reference.targets import situation
from tickwright.domain.margin import Margin
from tickwright.domain.records import OrderState
from tickwright.strategy_api.acts import every, retry

FLAT = (100, 100, 100, 100)
UP = (200, 200, 200, 200)
THIN = (100, 100, 100, 100, 10)
CAPPED = {"max_participation": "0.1"}


def test_a_target_acts_when_its_value_changes_and_nan_neither_acts_nor_resets() -> None:
    _, fills, _ = situation({"A": [FLAT] * 6}, {"A": [0, 1, nan, 1, 0, 0]})
    assert fills == ["A 2 OPEN: buy 10 @ 100", "A 5 OPEN: sell 10 @ 100"]


def test_drift_alone_never_trades() -> None:
    _, fills, _ = situation({"A": [FLAT, FLAT, UP, UP]}, {"A": [0.5, 0.5, 0.5, 0.5]})
    assert fills == ["A 1 OPEN: buy 5 @ 100"]


def test_a_change_on_an_absent_bar_waits_for_the_next_bar() -> None:
    rows = {"A": [FLAT, None, FLAT, FLAT], "B": [FLAT] * 4}
    _, fills, _ = situation(rows, {"A": [0, 0.5, nan, nan], "B": [0] * 4}, form="weights")
    assert fills == ["A 3 OPEN: buy 5 @ 100"]


def test_a_refused_target_counts_as_acted_and_is_a_warning() -> None:
    # 1 % of 1000 pays no share at 100
    market, _, result = situation({"A": [FLAT] * 3}, {"A": [0.01, 0.01, 0.01]})
    assert [order.state for order in market.orders] == ["VENUE_TOO_SMALL"]
    assert result.warnings[-1] == "1 orders for targets were refused."


def test_a_shrunk_target_counts_as_acted_and_is_a_warning() -> None:
    # 800 + 800 of 1000: each gets 500, and nothing more when the same is wanted again
    rows, wanted = {"A": [FLAT] * 4, "B": [FLAT] * 4}, {"A": [0.8] * 4, "B": [0.8] * 4}
    _, fills, result = situation(rows, wanted, form="weights")
    assert fills == ["A 1 OPEN: buy 5 @ 100", "B 1 OPEN: buy 5 @ 100"]
    assert result.warnings[-1] == "2 orders for targets were shrunk to the free cash."


def test_a_partly_unfilled_target_counts_as_acted_and_is_a_warning() -> None:
    _, fills, result = situation({"A": [THIN] * 3}, {"A": [1, 1, 1]}, costs=CAPPED)
    assert fills == ["A 1 OPEN: buy 1 @ 100", "A 2 OPEN: buy 1 @ 100"]
    assert len(result.orders) == 1
    assert result.warnings[-1] == "1 orders for targets ended before they were filled."


def test_the_shrink_factor_waits_for_all_reductions_also_where_an_increase_reduces() -> None:
    # 5 of A, one a bar, and 5 of B; then both turn short. One of A's five is closed: its increase meets a long of 4 and
    # so goes with the reducing orders, after B's reduction all the same: 600 are free for 500 + 500
    rows = {"A": [THIN] * 8, "B": [FLAT] * 8}
    wanted = [0.5] * 6 + [-0.5] * 2
    terms = {"costs": CAPPED, "margin": Margin(), "form": "weights"}
    _, fills, _ = situation(rows, {"A": wanted, "B": wanted}, **terms)  # type: ignore[arg-type]
    assert fills[-3:] == ["A 7 OPEN: sell 1 @ 100", "B 7 OPEN: sell 5 @ 100", "B 7 OPEN: sell 3 @ 100"]


def test_an_increase_that_no_free_cash_is_left_for_is_refused_as_too_small() -> None:
    # A took all 1000; B's 500 shrink by 0 ÷ 500 to nothing: that buys no share, and the order does not wait
    rows, wanted = {"A": [FLAT] * 4, "B": [FLAT] * 4}, {"A": [1.0] * 4, "B": [0.0, 0.5, 0.5, 0.5]}
    market, fills, result = situation(rows, wanted, form="weights")
    assert fills == ["A 1 OPEN: buy 10 @ 100"]
    assert [order.state for order in market.orders] == ["FILLED", "VENUE_TOO_SMALL"]
    assert [OrderState(int(state)).name for state in result.orders["state"]] == ["FILLED", "VENUE_TOO_SMALL"]
    assert "1 orders for targets were refused." in result.warnings


def test_retry_acts_again_while_the_last_decision_has_a_refused_order() -> None:
    rows = [FLAT, FLAT, (5, 5, 5, 5), (5, 5, 5, 5)]
    market, fills, _ = situation({"A": rows}, {"A": [0.01] * 4}, acts=retry())
    assert fills == ["A 2 OPEN: buy 2 @ 5"]
    assert [order.state for order in market.orders] == ["VENUE_TOO_SMALL", "FILLED"]


def test_retry_acts_again_while_the_last_decision_has_an_unfilled_order() -> None:
    market, fills, _ = situation({"A": [THIN] * 4}, {"A": [0.3] * 4}, acts=retry(), costs=CAPPED)
    # each close cancels the rest and asks anew for what is still missing
    assert fills == ["A 1 OPEN: buy 1 @ 100", "A 2 OPEN: buy 1 @ 100", "A 3 OPEN: buy 1 @ 100"]
    assert [order.state for order in market.orders] == ["CANCELLED", "CANCELLED", "FILLED"]
    assert [order.cost // 10**8 for order in market.orders] == [300, 200, 100]


def test_retry_acts_again_while_the_last_decision_has_a_shrunk_order() -> None:
    rows = {"A": [FLAT] * 4, "B": [FLAT, FLAT, UP, UP]}
    _, fills, _ = situation(rows, {"A": [0.8] * 4, "B": [0.8, 0.8, 0, 0]}, form="weights", acts=retry())
    # B sells at 200: 1000 free, equity 1500; A wants 1200 and holds 500
    assert fills == [
        "A 1 OPEN: buy 5 @ 100", "B 1 OPEN: buy 5 @ 100", "B 3 OPEN: sell 5 @ 200", "A 3 OPEN: buy 7 @ 100",
    ]  # fmt: skip


def test_periods_start_on_monday_and_the_first_wake_counts_as_one() -> None:
    # from Sunday 21:00 on: closes at 22:00 (the first wake), 23:00 and 00:00 (a new week)
    rows = [FLAT, FLAT, UP, UP]
    _, fills, _ = situation({"A": rows}, {"A": [0.5] * 4}, first_hour=7 * 24 - 3, acts=every("1w"))
    # 5 at 100; on Monday they are worth 1000 of 1500: sell (1000 - 750) / 200 = 1.25
    assert fills == ["A 1 OPEN: buy 5 @ 100", "A 3 OPEN: sell 1 @ 200"]


def test_days_start_at_midnight() -> None:
    rows = [FLAT, FLAT, UP, UP]
    _, fills, _ = situation({"A": rows}, {"A": [0.5] * 4}, first_hour=2 * 24 - 3, acts=every("1d"))
    assert fills == ["A 1 OPEN: buy 5 @ 100", "A 3 OPEN: sell 1 @ 200"]


def test_an_absent_symbol_acts_at_its_next_bar_of_the_period() -> None:
    # A has no bar that closes at midnight: it acts one hour later
    rows = {"A": [FLAT, FLAT, None, UP, UP], "B": [FLAT] * 5}
    _, fills, _ = situation(rows, {"A": [0.5] * 5, "B": [0.0] * 5}, form="weights", first_hour=21, acts=every("1d"))
    assert fills == ["A 1 OPEN: buy 5 @ 100", "A 4 OPEN: sell 1 @ 200"]


def test_every_goes_to_the_target_itself_when_outside_the_band() -> None:
    day = [FLAT] * 23 + [UP] * 3
    _, fills, _ = situation({"A": day}, {"A": [0.5] * 26}, acts=every("1d", 0.1))
    # 5 at 100; at Tuesday 00:00 they are worth 1000 of 1500, 0.667: more than 0.1 off, sell (1000 - 750) / 200 = 1.25
    assert fills == ["A 1 OPEN: buy 5 @ 100", "A 24 OPEN: sell 1 @ 200"]


def test_every_leaves_alone_what_is_inside_the_band() -> None:
    day = [FLAT] * 23 + [UP] * 3
    _, fills, _ = situation({"A": day}, {"A": [0.5] * 26}, acts=every("1d", 0.2))
    assert fills == ["A 1 OPEN: buy 5 @ 100"]


def test_the_band_is_of_equity_for_weights_and_of_the_allocation_for_targets() -> None:
    # 5 at 150 are worth 750 of 1250: 1.2 of the allocation of 625, 0.6 of equity
    rows = {"A": [FLAT] * 23 + [(150, 150, 150, 150)] * 3, "B": [FLAT] * 26}
    targets, weights = {"A": [1.0] * 26, "B": [0.0] * 26}, {"A": [0.5] * 26, "B": [0.0] * 26}
    _, fills, _ = situation(rows, targets, acts=every("1d", 0.15), lot="0.01")
    assert fills == ["A 1 OPEN: buy 5 @ 100", "A 24 OPEN: sell 0.83 @ 150"]
    _, fills, _ = situation(rows, weights, form="weights", acts=every("1d", 0.15), lot="0.01")
    assert fills == ["A 1 OPEN: buy 5 @ 100"]


def test_the_band_is_zero_by_default() -> None:
    # 5 at 101 are worth 505 of 1005: off by 0.0025, and (505 - 502.5) / 101 is less than a hundredth share
    slight = (101, 101, 101, 101)
    _, fills, _ = situation({"A": [FLAT] * 23 + [slight] * 3}, {"A": [0.5] * 26}, acts=every("1d"), lot="0.01")
    assert fills == ["A 1 OPEN: buy 5 @ 100", "A 24 OPEN: sell 0.02 @ 101"]
    assert every("1d").band == 0.0


def test_all_targets_of_one_instant_are_sized_together_from_one_equity() -> None:
    _, fills, _ = situation({"A": [FLAT] * 3, "B": [FLAT] * 3}, {"A": [1, 1, 1], "B": [0.5, 0.5, 0.5]})
    assert fills == ["A 1 OPEN: buy 5 @ 100", "B 1 OPEN: buy 2 @ 100"]


def test_equity_and_values_are_those_of_the_close_not_of_the_open_that_fills() -> None:
    # at the close 10 are worth 1000 and half is too much: 5 go, at whatever the open is; then 500 buy 10 at 50
    half = (50, 50, 50, 50)
    _, fills, _ = situation({"A": [FLAT, FLAT, UP, FLAT, half]}, {"A": [1, 0.5, 0.5, 1, 1]})
    # after bar 3: cash 1000 and 5 at 100, equity 1500, so 1000 are added: 20 at 50
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 2 OPEN: sell 5 @ 200", "A 4 OPEN: buy 20 @ 50"]


def test_reductions_round_down_and_come_before_increases() -> None:
    # B frees 500 at the same open at which A needs it
    rows = {"A": [FLAT] * 4, "B": [FLAT] * 4}
    _, fills, _ = situation(rows, {"A": [0, 1, 1, 1], "B": [1, 0.55, 0.55, 0.55]}, form="weights")
    # B: 10 shares to 550: sell 4.5 → 4; A wants 1000 but 400 are free
    assert fills == ["B 1 OPEN: buy 10 @ 100", "B 2 OPEN: sell 4 @ 100", "A 2 OPEN: buy 4 @ 100"]


def test_target_zero_sells_all_whole_lots() -> None:
    _, fills, _ = situation({"A": [FLAT, FLAT, (7, 7, 7, 7), (7, 7, 7, 7)]}, {"A": [1, 1, 0, 0]})
    assert fills == ["A 1 OPEN: buy 10 @ 100", "A 3 OPEN: sell 10 @ 7"]


def test_increases_pay_their_fee_from_the_cost() -> None:
    _, fills, _ = situation({"A": [FLAT] * 2}, {"A": [1, 1]}, costs={"fee": "0.1"})
    # 9 × 100 × 1.1 = 990 fits into 1000, 10 do not
    assert fills == ["A 1 OPEN: buy 9 @ 100"]


def test_targets_above_one_shrink_together() -> None:
    # 800 + 800 of 1000: each gets 500
    _, fills, _ = situation({"A": [FLAT] * 2, "B": [FLAT] * 2}, {"A": [0.8] * 2, "B": [0.8] * 2}, form="weights")
    assert fills == ["A 1 OPEN: buy 5 @ 100", "B 1 OPEN: buy 5 @ 100"]


def test_the_shrink_factor_is_taken_once_over_increases_still_waiting() -> None:
    # B has no bar 1: the factor 1000 / 1600 is taken with A's open; B then gets its own share
    rows = {"A": [FLAT] * 3, "B": [FLAT, None, FLAT]}
    _, fills, _ = situation(rows, {"A": [0.8] * 3, "B": [0.8] * 3}, form="weights")
    assert fills == ["A 1 OPEN: buy 5 @ 100", "B 2 OPEN: buy 5 @ 100"]


def test_the_shrink_factor_is_taken_from_cash_really_free_after_the_reductions() -> None:
    # C was to bring 1000 and brings 500 at its open: 500 / 1000 of each increase is left
    half = (50, 50, 50, 50)
    rows = {"A": [FLAT] * 3, "B": [FLAT] * 3, "C": [FLAT, FLAT, half]}
    wanted = {"A": [0, 0.5, 0.5], "B": [0, 0.5, 0.5], "C": [1, 0, 0]}
    _, fills, _ = situation(rows, wanted, form="weights", lot="0.5")
    assert fills == [
        "C 1 OPEN: buy 10 @ 100", "C 2 OPEN: sell 10 @ 50", "A 2 OPEN: buy 2.5 @ 100", "B 2 OPEN: buy 2.5 @ 100",
    ]  # fmt: skip


def test_a_shrunk_cost_rounds_down_to_the_money_unit_then_to_lots_and_the_rest_stays_cash() -> None:
    # three increases of 1000 share 1000: 333.33333333 each (the money unit is 1e-8), 3 whole lots at 100
    rows = {name: [FLAT] * 2 for name in "ABC"}
    market, fills, result = situation(rows, {name: [1.0] * 2 for name in "ABC"}, form="weights")
    assert fills == ["A 1 OPEN: buy 3 @ 100", "B 1 OPEN: buy 3 @ 100", "C 1 OPEN: buy 3 @ 100"]
    assert [order.cost for order in market.orders] == [33_333_333_333] * 3
    assert int(result.cash[-1]) == 100 * 10**8


def test_a_new_decision_cancels_its_own_unfinished_rest() -> None:
    market, fills, _ = situation({"A": [THIN] * 4}, {"A": [1, 1, 0.2, 0.2]}, costs=CAPPED)
    # one share a bar; after two the target is 200, which two shares are
    assert fills == ["A 1 OPEN: buy 1 @ 100", "A 2 OPEN: buy 1 @ 100"]
    assert market.orders[0].state == "CANCELLED"


def test_results_do_not_depend_on_the_order_in_which_symbols_were_named() -> None:
    rows, wanted = {"A": [FLAT] * 3, "B": [UP, FLAT, UP]}, {"A": [0.9, 0.4, 0.9], "B": [0.9, 0.9, 0.1]}
    _, fills, result = situation(rows, wanted, form="weights")
    _, again, other = situation(dict(reversed(rows.items())), wanted, form="weights")
    assert (fills, result.digest, result.equity.tolist()) == (again, other.digest, other.equity.tolist())


def test_dust_counts_in_equity_and_not_in_value_held() -> None:
    # 4.95 of 5 arrived: 995 of equity, 4 whole lots held; 0.47 of it, 467, are 67 more than 400, not 28 less than 495
    received = {"fee": "0.01", "fee_asset": "received"}
    market, fills, result = situation({"A": [FLAT] * 4}, {"A": [0.5, 0.5, 0.47, 0.47]}, costs=received)
    assert fills == ["A 1 OPEN: buy 5 @ 100"]
    assert [order.state for order in market.orders] == ["FILLED", "VENUE_TOO_SMALL"]
    assert result.equity.tolist()[1:] == [995 * 10**8] * 3


def test_an_open_position_stays_and_is_valued_at_the_last_close_without_exit_cost() -> None:
    _, fills, result = situation({"A": [FLAT, FLAT, UP]}, {"A": [0.5] * 3}, costs={"fee": "0.1"})
    # 4 × 100 × 1.1 = 440 of 500
    assert fills == ["A 1 OPEN: buy 4 @ 100"]
    assert int(result.equity[-1]) == (1000 - 440 + 4 * 200) * 10**8


def test_the_cap_is_per_instrument() -> None:
    rows = {"A": [THIN] * 2, "B": [THIN] * 2}
    _, fills, _ = situation(rows, {"A": [0.5] * 2, "B": [0.5] * 2}, form="weights", costs=CAPPED)
    assert fills == ["A 1 OPEN: buy 1 @ 100", "B 1 OPEN: buy 1 @ 100"]


def test_where_no_bar_has_closed_in_the_window_the_cap_is_off_with_one_warning() -> None:
    # decided before a hole of 31 days: at the open after it the 30 days behind it know no volume
    rows = [THIN, *[None] * (31 * 24 - 1), THIN]
    _, fills, result = situation({"A": rows}, {"A": [0.5] * len(rows)}, costs=CAPPED)
    assert fills == ["A 744 OPEN: buy 5 @ 100"]
    assert result.warnings == ("An order met an open before any bar had closed: the volume cap was off for it.",)


def test_a_series_without_volume_has_no_cap_and_no_impact_and_one_warning() -> None:
    silent = (100, 100, 100, 100, 0)
    costs = {"max_participation": "0.1", "impact": "sqrt"}
    _, fills, result = situation({"A": [silent] * 3}, {"A": [1.0] * 3}, costs=costs)
    assert fills == ["A 1 OPEN: buy 10 @ 100"]
    assert result.warnings == ("binance:A/USDT has no volume: volume cap and impact are off for it.",)


def test_a_sign_change_is_a_close_and_an_increase_at_the_same_open() -> None:
    market, fills, _ = situation({"A": [FLAT] * 3}, {"A": [0.5, -0.5, -0.5]}, margin=Margin())
    assert fills == ["A 1 OPEN: buy 5 @ 100", "A 2 OPEN: sell 5 @ 100", "A 2 OPEN: sell 5 @ 100"]
    assert [(order.reduce_only, order.cost // 10**8) for order in market.orders] == [
        (False, 500), (True, 0), (False, 500),
    ]  # fmt: skip


def test_a_short_costs_its_notional_and_its_fee() -> None:
    # 9 × 100 × 1.1 = 990 fits into 1000, 10 do not; and 900 + 90 are less than what is free
    _, fills, _ = situation({"A": [FLAT] * 2}, {"A": [-1, -1]}, costs={"fee": "0.1"}, margin=Margin())
    assert fills == ["A 1 OPEN: sell 9 @ 100"]


def test_targets_of_perpetuals_shrink_by_the_margin_they_need() -> None:
    # 1600 + 1600 at a leverage of 2 need 1600 of the 1000 that are free: each gets 1000
    rows = {"A": [FLAT] * 2, "B": [FLAT] * 2}
    _, fills, _ = situation(rows, {"A": [1.6] * 2, "B": [1.6] * 2}, form="weights", margin=Margin(Decimal(2)))
    assert fills == ["A 1 OPEN: buy 10 @ 100", "B 1 OPEN: buy 10 @ 100"]


def test_perpetuals_are_sized_from_their_marks() -> None:
    # traded at 100, marked at 80 when the 5 are halved: equity is 900, 0.25 of it 225, held 400: (400 - 225) / 80 = 2.2
    _, fills, _ = situation(
        {"A": [FLAT] * 3}, {"A": [0.5, 0.25, 0.25]}, margin=Margin(), marks={"A": [FLAT, (80, 80, 80, 80), FLAT]}
    )
    assert fills == ["A 1 OPEN: buy 5 @ 100", "A 2 OPEN: sell 2 @ 100"]


def test_under_cross_margin_the_loss_of_one_position_liquidates_another() -> None:
    # each 10 at 100 with a leverage of 10. A's mark of 60 takes 400: B is safe while 1000 - 400 + 10·(P - 100) > 0
    rows = {"A": [FLAT, FLAT, (60, 60, 60, 60), (60, 60, 60, 60)], "B": [FLAT, FLAT, FLAT, (100, 100, 39, 50)]}
    _, fills, _ = situation(
        rows, {"A": [1] * 4, "B": [1] * 4}, form="weights", margin=Margin(Decimal(10), "cross"), lot="1"
    )
    assert fills[:2] == ["A 1 OPEN: buy 10 @ 100", "B 1 OPEN: buy 10 @ 100"]
    assert fills[2:] == ["B 3 RANGE: sell 10 @ 40"]


def test_each_perpetual_has_its_own_leverage() -> None:
    # 2000 of A at 2 and 10000 of B at 10 need 1000 each, of 1000 free: each is halved
    rows, margins = {"A": [FLAT] * 3, "B": [FLAT] * 3}, [Margin(Decimal(2)), Margin(Decimal(10), "cross")]
    wanted = {"A": [2.0] * 3, "B": [10.0] * 3}
    _, fills, _ = situation(rows, wanted, form="weights", margin=margins)
    assert fills == ["A 1 OPEN: buy 10 @ 100", "B 1 OPEN: buy 50 @ 100"]
