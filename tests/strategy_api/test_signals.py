import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwright.domain.errors import UsageError
from tickwright.strategy_api import crossed_above, crossed_below, hold, lag, rank, where

NAN = float("nan")
flags = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


@given(flags)
def test_hold_is_the_plain_loop(pairs):
    holding, expected = False, []
    for enter, leave in pairs:
        holding = False if leave else (True if enter else holding)
        expected.append(holding)
    enters, leaves = np.array(pairs).T
    assert hold(enters, exit=leaves).tolist() == expected


def test_hold_treats_panels_column_by_column():
    enters = np.array([[True, False], [False, True], [False, False]])
    leaves = np.array([[False, False], [True, False], [False, False]])
    assert hold(enters, exit=leaves).tolist() == [[True, False], [False, True], [False, True]]


def test_hold_takes_conditions_only():
    with pytest.raises(UsageError, match="expected true and false"):
        hold(np.array([1.0, 0.0]), exit=np.array([False, True]))
    with pytest.raises(UsageError, match="one value instead of one per bar"):
        hold(True, exit=False)


def test_a_comparison_with_an_unknown_number_is_false():
    assert hold(np.array([NAN, 20.0, NAN]) < 30, exit=np.array([NAN, NAN, NAN]) > 55).tolist() == [False, True, True]


def test_rank_counts_from_the_highest_and_leaves_the_unknown_out():
    assert rank([[1.0, NAN, 3.0, 2.0]]).tolist()[0][::2] == [3.0, 1.0]
    assert np.isnan(rank([[1.0, NAN]])[0, 1])


def test_equal_scores_share_the_last_of_their_places():
    places = rank([[5.0, 5.0, 1.0, 5.0]])
    assert places.tolist() == [[3.0, 3.0, 4.0, 3.0]]
    assert (places <= 2).sum() == 0  # never more than two are picked


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.randoms())
def test_rank_does_not_depend_on_the_order_of_symbols(scores, random):
    order = list(range(len(scores)))
    random.shuffle(order)
    values = np.array(scores, np.float64)
    assert rank(values)[order].tolist() == rank(values[order]).tolist()


def test_where_chooses_value_by_value():
    assert where(np.array([[True, False]]), 0.2, 0.0).tolist() == [[0.2, 0.0]]


def test_lag_shifts_back_and_never_ahead():
    assert np.array_equal(lag([1.0, 2.0, 3.0], 2), [NAN, NAN, 1.0], equal_nan=True)
    assert lag([1.0, 2.0], 0).tolist() == [1.0, 2.0]
    assert np.isnan(lag([1.0, 2.0], 9)).all()
    with pytest.raises(UsageError, match="looks ahead"):
        lag([1.0], -1)


def test_crossings_happen_at_one_bar_and_touching_is_not_crossing():
    left = [1.0, 2.0, 3.0, 3.0, 2.0, 1.0]
    assert crossed_above(left, 2.0).tolist() == [False, False, True, False, False, False]
    assert crossed_below(left, 2.0).tolist() == [False, False, False, False, False, True]


def test_an_unknown_bar_before_is_no_crossing():
    assert crossed_above([NAN, 3.0], 2.0).tolist() == [False, False]


@pytest.mark.parametrize("function", [lag, rank])
def test_inputs_are_left_alone(function):
    values = np.array([3.0, 1.0, 2.0])
    function(values)
    assert values.tolist() == [3.0, 1.0, 2.0]
