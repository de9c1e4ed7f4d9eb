import numpy as np
import pytest

from tickwright.domain.errors import UsageError
from tickwright.strategy_api import Exits


def test_a_number_holds_for_every_bar():
    assert Exits(stop=0.02).column("stop", 3).tolist() == [0.02] * 3


def test_an_array_holds_bar_by_bar_and_nan_means_none():
    stop = np.array([0.02, np.nan, 0.03])
    assert np.array_equal(Exits(stop=stop).column("stop", 3), stop, equal_nan=True)


def test_what_is_not_given_is_none_at_every_bar():
    assert np.isnan(Exits(stop=0.02).column("target", 2)).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"stop": 0},
        {"stop": -0.1},
        {"stop": 1.0},
        {"trail": 2},
        {"target": 0.0},
        {"stop": np.array([0.1, 0.0])},
        {"stop": np.array([94_000.0, np.nan])},  # prices, not fractions of one
        {"trail": np.array([2.0, 1.0])},
        {"stop": "2%"},
        {"max_bars": 0},
        {"max_bars": True},
        {"reenter": "always"},
    ],
)
def test_distances_that_cannot_be_are_refused(wrong):
    with pytest.raises(UsageError, match="Exits"):
        Exits(**wrong)


def test_a_target_may_be_further_away_than_the_price_itself():
    assert Exits(target=1.5).target == 1.5


def test_an_array_of_another_length_is_refused_when_it_is_read():
    with pytest.raises(UsageError, match="one number or one per bar"):
        Exits(stop=np.array([0.1, 0.2])).column("stop", 3)
