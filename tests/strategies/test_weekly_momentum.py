import numpy as np

from tests.strategies.bars_of import market_of
from tickwright.strategies import WeeklyMomentum
from tickwright.strategy_api.evaluate import evaluate_weights

RISING, FASTER, FALLING = 1.01, 1.02, 0.99


def panel(*growth, days=40):
    return market_of(np.column_stack([100 * g ** np.arange(days) for g in growth]))


def test_equal_shares_of_the_strongest_that_rose():
    weights = evaluate_weights(WeeklyMomentum(days=7, hold=2), panel(RISING, FASTER, FALLING)).weights
    assert weights[-1].tolist() == [0.5, 0.5, 0.0]


def test_places_nobody_deserves_stay_cash():
    weights = evaluate_weights(WeeklyMomentum(days=7, hold=2), panel(FALLING, FALLING, RISING)).weights
    assert weights[-1].tolist() == [0.0, 0.0, 0.5]


def test_equals_are_left_out_together_rather_than_chosen_by_their_place():
    weights = evaluate_weights(WeeklyMomentum(days=7, hold=1), panel(RISING, RISING)).weights
    assert weights[-1].tolist() == [0.0, 0.0]


def test_shares_do_not_depend_on_the_order_of_symbols():
    growth = [1.01, 1.005, 1.02, 0.99, 1.015]
    strategy = WeeklyMomentum(days=7, hold=3, invested=0.9)
    straight = evaluate_weights(strategy, panel(*growth)).weights
    turned = evaluate_weights(strategy, panel(*reversed(growth))).weights
    assert np.array_equal(straight, turned[:, ::-1])


def test_a_symbol_without_enough_history_is_not_held():
    market = panel(RISING, FASTER)
    close = np.array(market.close)
    close[:35, 1] = np.nan  # listed five days ago
    weights = evaluate_weights(WeeklyMomentum(days=7, hold=1), market_of(close)).weights
    assert weights[-1].tolist() == [1.0, 0.0]


def test_nothing_is_held_before_the_strength_is_known():
    answer = evaluate_weights(WeeklyMomentum(days=28), panel(RISING, FASTER))
    assert answer.warmup == 28
    assert not answer.weights[:28].any()


def test_it_acts_once_a_week_outside_a_band():
    assert (WeeklyMomentum.acts.period.name, WeeklyMomentum.acts.band) == ("1w", 0.02)
