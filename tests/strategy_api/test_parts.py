# ruff: noqa: RUF012 -- written as authors write their strategies
import numpy as np
import pytest

from tickwright.checks.example_bars import example_bars
from tickwright.domain.errors import UsageError
from tickwright.strategies import RsiReversion, SmaCross, WeeklyMomentum
from tickwright.strategy_api import Exits, Strategy, informative, integer
from tickwright.strategy_api.evaluate import evaluate_targets
from tickwright.strategy_api.grid import expand_grid
from tickwright.strategy_api.parameters import parameters_of

BARS = example_bars(600)


class Both(Strategy):
    parts = {"trend": SmaCross, "dips": RsiReversion}

    def targets(self, bars, ind):
        return 0.5 * ind.trend + 0.25 * ind.dips


def test_parameters_of_parts_carry_their_name():
    names = ["trend_fast", "trend_slow", "dips_length", "dips_oversold", "dips_recovered"]
    assert list(parameters_of(Both)) == names
    assert Both(trend_fast=7).part("trend").fast == 7
    with pytest.raises(UsageError, match="Did you mean trend_fast"):
        Both(trend_fats=7)


def test_targets_of_parts_arrive_under_their_names():
    alone = evaluate_targets(SmaCross(fast=5), BARS)
    decisions = evaluate_targets(Both(trend_fast=5), BARS)
    after = decisions.warmup
    assert np.array_equal(decisions.indicators.trend[after:], alone.targets[after:])
    assert np.array_equal(decisions.indicators.trend_fast, alone.indicators.fast, equal_nan=True)
    assert set(np.unique(decisions.targets)) <= {0.0, 0.25, 0.5, 0.75}


def test_the_warmup_is_that_of_the_slowest_part():
    warmups = [evaluate_targets(part, BARS).warmup for part in (SmaCross(), RsiReversion())]
    assert evaluate_targets(Both(), BARS).warmup == max(warmups)


def test_an_invalid_part_makes_the_whole_invalid():
    assert not Both(trend_fast=60, trend_slow=50).valid()
    grid = expand_grid(Both, {"trend_fast": "10,60", "trend_slow": "50"})
    assert (len(grid), grid.invalid) == (1, 1)


def test_a_parameter_of_a_part_can_be_narrowed_or_fixed():
    class Fixed(Strategy):
        parts = {"trend": SmaCross}
        trend_fast = integer(8, low=5, high=10)
        trend_slow = 30

        def targets(self, bars, ind):
            return ind.trend

    assert list(parameters_of(Fixed)) == ["trend_fast"]
    assert Fixed().part("trend").params == {"fast": 8, "slow": 30}


def test_a_part_that_keeps_what_it_wanted_stands():
    class Once(Strategy):
        def targets(self, bars, ind):
            wanted = np.full(len(bars), np.nan)
            wanted[10], wanted[20] = 1.0, 0.5
            return wanted

    class Whole(Strategy):
        parts = {"once": Once}

        def targets(self, bars, ind):
            return ind.once

    targets = evaluate_targets(Whole(), BARS).targets
    assert (targets[:10] == 0).all()
    assert (targets[10:20] == 1).all()
    assert (targets[20:] == 0.5).all()


def test_parts_may_read_other_timeframes_and_have_parts_of_their_own():
    class Trend(Strategy):
        @informative("1d")
        def daily(self, bars):
            return {"up": bars.close > bars.open}

        def targets(self, bars, ind):
            return ind.up_1d

    class Inner(Strategy):
        parts = {"day": Trend}

        def targets(self, bars, ind):
            return ind.day

    class Outer(Strategy):
        parts = {"inner": Inner, "trend": SmaCross}

        def targets(self, bars, ind):
            return ind.inner * ind.trend

    decisions = evaluate_targets(Outer(), BARS)
    assert np.array_equal(decisions.indicators.inner, evaluate_targets(Trend(), BARS).targets)
    assert "inner_day_up_1d" in decisions.indicators


def test_every_part_draws_its_own_random_numbers():
    class Coin(Strategy):
        def targets(self, bars, ind):
            return self.rng.random(len(bars)) < 0.5

    class Coins(Strategy):
        parts = {"one": Coin, "two": Coin}

        def targets(self, bars, ind):
            return ind.one * ind.two

    ind = evaluate_targets(Coins(), BARS).indicators
    assert not np.array_equal(ind.one, ind.two)


def test_a_part_with_exits_or_of_another_form_is_refused():
    class Guarded(SmaCross):
        def exits(self, bars, ind):
            return Exits(stop=0.1)

    for inner in (Guarded, WeeklyMomentum):
        whole = type("Whole", (Strategy,), {"parts": {"inner": inner}, "targets": lambda self, bars, ind: ind.inner})
        with pytest.raises(UsageError, match=r"Whole\.inner: .* cannot be a part"):
            evaluate_targets(whole(), BARS)


def test_timeframe_and_needs_are_taken_over():
    class Hourly(SmaCross):
        timeframe = "1h"
        needs = ("funding",)

    class Whole(Strategy):
        parts = {"a": Hourly, "b": SmaCross}

        def targets(self, bars, ind):
            return ind.a

    assert (Whole.timeframe, Whole.needs) == ("1h", ("funding",))


def test_parts_of_different_timeframes_are_refused():
    hourly = type("Hourly", (SmaCross,), {"timeframe": "1h"})
    daily = type("Daily", (SmaCross,), {"timeframe": "1d"})
    with pytest.raises(UsageError, match="written for 1d and 1h"):
        type("Whole", (Strategy,), {"parts": {"a": hourly, "b": daily}})
