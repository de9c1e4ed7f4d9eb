from decimal import Decimal

import numpy as np
import pytest

from tickwright.domain.errors import UsageError
from tickwright.strategy_api import Strategy, choice, flag, integer, real
from tickwright.strategy_api.parameters import parameters_of


class Cross(Strategy):
    """Two averages."""

    fast = integer(20, low=2, high=200, doc="bars in the fast average")
    slow = integer(50, low=3, high=400, doc="bars in the slow average")
    threshold = real(0.01, low=0, high=0.5)
    kind = choice("sma", ["sma", "ema"])
    both = flag(False)
    seed = integer(1, optimize=False)

    def valid(self):
        return self.fast < self.slow

    def targets(self, bars, ind):
        return bars.close > 0


def test_defaults_hold_until_overridden():
    assert Cross().params == {"fast": 20, "slow": 50, "threshold": 0.01, "kind": "sma", "both": False, "seed": 1}
    assert Cross(fast=10).params["fast"] == 10


def test_values_read_as_plain_attributes_of_their_type():
    strategy = Cross(fast="7", threshold="0.02", both="yes")
    assert (strategy.fast, strategy.threshold, strategy.both) == (7, 0.02, True)
    assert type(strategy.fast) is int


@pytest.mark.parametrize("value", [10, "10", 10.0, np.int64(10), Decimal(10), " 10 ", "1_0"])
def test_whole_numbers_are_taken_from_every_source(value):
    assert Cross(fast=value).fast == 10


@pytest.mark.parametrize("value", [1, 201, 2.5, "ten", "", None, True, float("nan"), float("inf"), [10]])
def test_anything_but_a_whole_number_inside_the_bounds_is_refused(value):
    with pytest.raises(UsageError, match=r"Cross\.fast: .* does not fit; expected a whole number, 2 to 200"):
        Cross(fast=value)


@pytest.mark.parametrize(("text", "value"), [("5bp", 0.0005), ("0.05%", 0.0005), ("1e-3", 0.001), (0, 0.0)])
def test_real_numbers_may_be_said_in_basis_points_and_per_cent(text, value):
    assert Cross(threshold=text).threshold == value


@pytest.mark.parametrize("value", [-0.1, 0.6, "much", float("nan"), float("inf"), True])
def test_real_numbers_outside_the_bounds_are_refused(value):
    with pytest.raises(UsageError, match=r"a number, 0 to 0\.5"):
        Cross(threshold=value)


def test_a_word_that_is_no_option_is_answered_with_the_options():
    with pytest.raises(UsageError, match="one of sma, ema"):
        Cross(kind="wma")


@pytest.mark.parametrize(("text", "value"), [("true", True), ("off", False), ("1", True), ("NO", False), (True, True)])
def test_flags_understand_the_usual_words(text, value):
    assert Cross(both=text).both is value


@pytest.mark.parametrize("value", ["maybe", 1, 0.0, None])
def test_flags_refuse_everything_else(value):
    with pytest.raises(UsageError, match="true or false"):
        Cross(both=value)


def test_an_unknown_name_is_answered_with_the_nearest_spelling():
    with pytest.raises(UsageError, match=r"Cross has no parameter 'fats'\. Did you mean fast\?"):
        Cross(fats=3)


def test_a_default_outside_its_own_bounds_is_refused_where_it_is_written():
    with pytest.raises((UsageError, RuntimeError)) as caught:

        class Wrong(Strategy):
            fast = integer(1, low=2)

    assert "Wrong.fast: 1 does not fit" in str(caught.value) or isinstance(caught.value.__cause__, UsageError)


def test_a_made_strategy_does_not_change():
    strategy = Cross()
    with pytest.raises(UsageError, match=r"Make another one: Cross\(fast=5\)"):
        strategy.fast = 5


def test_parameters_are_inherited_and_can_be_replaced_or_fixed():
    class Narrow(Cross):
        fast = integer(5, low=2, high=9)
        slow = 30  # no longer a parameter

    assert list(parameters_of(Narrow)) == ["fast", "threshold", "kind", "both", "seed"]
    assert Narrow().slow == 30


def test_a_description_says_everything_a_listing_needs():
    assert parameters_of(Cross)["fast"].document() == {
        "name": "fast",
        "type": "a whole number",
        "default": 20,
        "bounds": "2 to 200",
        "optimize": True,
        "doc": "bars in the fast average",
    }


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        (integer(1), "any"),
        (integer(1, low=0), "0 or more"),
        (integer(1, high=5), "5 or less"),
        (real(1.0, low=0.5, high=2), "0.5 to 2"),
        (flag(True), "yes or no"),
    ],
)
def test_bounds_are_said_in_words(parameter, words):
    assert parameter.bounds == words
