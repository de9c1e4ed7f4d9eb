from types import MappingProxyType

import numpy as np
import pytest

from tickwright.domain.errors import UsageError
from tickwright.strategy_api import Strategy, informative, integer, persistent, top
from tickwright.strategy_api.strategy import Form, callbacks_of, form_of, one_instance, series_asked_for


class Targets(Strategy):
    n = integer(5, low=1)
    state = persistent(seen=0)

    def targets(self, bars, ind):
        return bars.close > 0


class Weights(Strategy):
    def weights(self, market):
        return market.close > 0


class OnBar(Strategy):
    def on_bar(self, ctx, bar):
        """Nothing."""

    def on_fill(self, ctx, fill):
        """Nothing."""


class OnBars(Strategy):
    def on_bars(self, ctx, bars):
        """Nothing."""


def test_the_form_is_what_is_overridden():
    forms = [form_of(strategy) for strategy in (Targets, Weights, OnBar, OnBars)]
    assert forms == [Form.TARGETS, Form.WEIGHTS, Form.CALLBACKS, Form.CALLBACKS]


def test_the_form_is_inherited():
    class Narrower(Targets):
        n = integer(3, low=1)

    assert form_of(Narrower) is Form.TARGETS


def test_a_strategy_without_a_form_is_refused():
    class Nothing(Strategy):
        pass

    with pytest.raises(UsageError, match="Nothing overrides none of them"):
        form_of(Nothing)


def test_two_forms_at_once_are_refused():
    class Both(Targets):
        def on_bar(self, ctx, bar):
            """Nothing."""

    with pytest.raises(UsageError, match="overrides targets and callbacks"):
        form_of(Both)


def test_a_universe_without_weights_is_refused():
    class Chooses(Targets):
        universe = top(5)

    with pytest.raises(UsageError, match="has a universe and is written with targets"):
        form_of(Chooses)


def test_callbacks_are_named_in_their_own_order():
    assert callbacks_of(OnBar) == ("on_bar", "on_fill")


def test_one_instance_serves_all_symbols_for_weights_and_on_bars():
    assert [one_instance(strategy) for strategy in (Targets, Weights, OnBar, OnBars)] == [False, True, False, True]


def test_calling_a_form_that_is_not_written_is_one_sentence():
    with pytest.raises(UsageError, match="OnBar has no targets"):
        OnBar().targets(None, None)
    with pytest.raises(UsageError, match="OnBar has no weights"):
        OnBar().weights(None)


def test_invalid_parameters_are_refused_where_it_matters():
    class Never(Targets):
        def valid(self):
            return self.n > 10

    Never(n=11).require_valid()
    with pytest.raises(UsageError, match=r"Never\(n=5\) is not a valid combination"):
        Never().require_valid()


def test_random_numbers_come_from_seed_instance_and_symbol_alone():
    def first(symbol, seed, instance):
        return Targets().bound_to(symbol, seed=seed, instance=instance).rng.random()

    assert first("BTC/USDT", 1, "a") == first("BTC/USDT", 1, "a")
    others = [first("ETH/USDT", 1, "a"), first("BTC/USDT", 2, "a"), first("BTC/USDT", 1, "b")]
    assert len({first("BTC/USDT", 1, "a"), *others}) == 4


def test_a_fresh_copy_begins_its_random_numbers_and_state_anew():
    strategy = Targets(n=7).bound_to("BTC/USDT", seed=3)
    drawn = strategy.rng.random(3)
    strategy.state.seen = 9
    copy = strategy.fresh()
    assert np.array_equal(copy.rng.random(3), drawn)
    assert copy.state.seen == 0
    assert copy.n == 7


def test_replacing_parameters_keeps_the_binding():
    strategy = Targets().bound_to("BTC/USDT", seed=3)
    assert strategy.with_params(n=9).n == 9
    assert strategy.with_params(n=9).rng.random() == strategy.fresh().rng.random()


def test_a_strategy_reads_like_the_call_that_makes_it():
    assert repr(Targets(n=4)) == "Targets(n=4)"


def test_the_series_asked_for_are_those_of_the_strategy_and_of_its_parts():
    class Leader(Targets):
        @informative("1d", symbol="BTC/USDT")
        def leader(self, bars):
            return {"up": bars.close > bars.open}

    class Whole(Targets):
        parts = MappingProxyType({"inner": Leader})

        @informative("1w")
        def weekly(self, bars):
            return {}

    assert [mark.key for mark in series_asked_for(Whole)] == [("1w", None), ("1d", "BTC/USDT")]


def test_a_strategy_with_a_constructor_of_its_own_is_copied_through_it():
    class Own(Targets):
        def __init__(self, **overrides):
            super().__init__(**overrides)
            self.calls = []

    strategy = Own(n=4)
    strategy.calls.append(1)
    assert strategy.fresh().calls == []
    assert strategy.fresh().n == 4
