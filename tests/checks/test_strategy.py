"""Every shipped strategy passes; every way to cheat is caught and named."""

from __future__ import annotations

import numpy as np
import pytest

import tickwright.strategies as shipped
from tickwright.checks.example_bars import example_bars, example_market
from tickwright.checks.strategy import check_strategy
from tickwright.indicators import ema, rsi, sma
from tickwright.strategy_api import Exits, Strategy, hold, informative, integer, where


class Honest(Strategy):
    """Long above the average."""

    n = integer(20, low=2, high=200, doc="bars in the average")

    def indicators(self, bars):
        return {"average": sma(bars.close, self.n)}

    def targets(self, bars, ind):
        return bars.close > ind.average


def found(strategy, data=None):
    """The rules an exam found broken."""
    return {finding.rule for finding in check_strategy(strategy, data).findings}


@pytest.mark.parametrize("name", shipped.__all__)
def test_shipped_strategies_pass(name):
    exam = check_strategy(getattr(shipped, name))
    assert exam.passed, str(exam)
    assert exam.hints == ()


def test_an_honest_strategy_passes_and_the_exam_says_what_it_examined():
    exam = check_strategy(Honest(n=30))
    assert str(exam).startswith("Honest passes: parameters, runs")


class SeesTomorrowsClose(Honest):
    """Buys what rises tomorrow."""

    def targets(self, bars, ind):
        return np.append(bars.close[1:] > bars.close[:-1], False)


class NormalisesOverAllOfHistory(Honest):
    """Compares with the mean of all bars, future ones included."""

    def targets(self, bars, ind):
        return bars.close > bars.close.mean()


class LooksAtTheEnd(Honest):
    """Knows the last price."""

    def targets(self, bars, ind):
        return np.full(len(bars), bars.close[-1] > bars.close[0])


class FillsHolesBackwards(Honest):
    """An indicator whose unknown beginning is filled from later bars."""

    def indicators(self, bars):
        average = np.array(sma(bars.close, self.n))
        average[: self.n] = average[self.n] if len(average) > self.n else 0.0
        return {"average": average}


class CentredAverage(Honest):
    """An average around each bar instead of behind it."""

    def indicators(self, bars):
        return {"average": np.convolve(bars.close, np.ones(21) / 21, mode="same")}


class JoinsDaysByTheirDate(Honest):
    """Sees today's daily close from midnight on."""

    def indicators(self, bars):
        day = bars.open_time_ns // 86_400_000_000_000
        last_of_day = np.searchsorted(day, day, side="right") - 1
        return {"average": bars.close[last_of_day]}


class ExitFromTheFuture(Honest):
    """Sets its stop by the volatility of all bars."""

    def exits(self, bars, ind):
        return Exits(stop=np.full(len(bars), min(0.5, float(np.std(bars.close) / bars.close[-1]) + 0.01)))


@pytest.mark.parametrize(
    "cheat",
    [
        SeesTomorrowsClose,
        NormalisesOverAllOfHistory,
        LooksAtTheEnd,
        FillsHolesBackwards,
        CentredAverage,
        JoinsDaysByTheirDate,
        ExitFromTheFuture,
    ],
)
def test_looking_ahead_is_caught(cheat):
    assert "no look-ahead" in found(cheat)


def test_looking_ahead_in_a_panel_is_caught():
    class RanksByTomorrow(Strategy):
        """Holds what will rise most."""

        def weights(self, market):
            ahead = np.vstack([market.close[1:], market.close[-1:]])
            best = np.nanmax(ahead / market.close, axis=1, keepdims=True)
            return where(ahead / market.close == best, 1.0, 0.0)

    assert "no look-ahead" in found(RanksByTomorrow)


def test_looking_ahead_in_a_higher_timeframe_of_ones_own_is_caught():
    class Peeks(Strategy):
        """Uses the day's last close before the day is over."""

        @informative("1d")
        def daily(self, bars):
            return {"close": np.append(bars.close[1:], np.nan)}

        def targets(self, bars, ind):
            return bars.close < ind.close_1d

    assert "no look-ahead" in found(Peeks)


def test_looking_ahead_of_callbacks_is_caught_in_their_indicators():
    class Peeks(Strategy):
        """Reads the next close in a callback."""

        def indicators(self, bars):
            return {"next": np.append(bars.close[1:], np.nan)}

        def on_bar(self, ctx, bar):
            """Would trade on ctx.ind.next."""

    assert "no look-ahead" in found(Peeks)


def test_an_indicator_without_declared_warmup_is_caught_while_it_settles():
    class SelfMade(Honest):
        """A slow recursive average that starts at the first price and is used at once."""

        def indicators(self, bars):
            average = np.empty(len(bars))
            value = bars.close[0]
            for bar, close in enumerate(bars.close):
                value += (close - value) / 200
                average[bar] = value
            return {"average": average}

    assert found(SelfMade) == {"enough history"}


def test_library_averages_declare_enough():
    class Slow(Honest):
        """The same with the library's average."""

        def indicators(self, bars):
            return {"average": ema(bars.close, 150), "rsi": rsi(bars.close, 40)}

    assert check_strategy(Slow).passed


def test_more_history_than_there_is_is_said():
    assert found(Honest(n=200), example_bars(100)) >= {"enough history"}


def test_a_strategy_that_answers_differently_is_caught():
    class Moody(Honest):
        """Draws without its seed."""

        calls = 0

        def targets(self, bars, ind):
            Moody.calls += 1
            return np.full(len(bars), Moody.calls % 2 == 0)

    assert "repeats itself" in found(Moody)


def test_random_numbers_of_ones_own_repeat():
    class Drawn(Honest):
        """Tosses a coin for each bar, seeded."""

        def targets(self, bars, ind):
            return self.rng.random(100_000)[: len(bars)] < 0.5

    assert check_strategy(Drawn).passed


def test_writing_into_bars_is_caught():
    class Vandal(Honest):
        """Smooths prices in place where it can."""

        def targets(self, bars, ind):
            if bars.close.flags.writeable:
                bars.close[:] = 1.0
            return bars.close > ind.average

    assert "leaves bars untouched" in found(Vandal)


def test_writing_into_sealed_bars_is_a_finding_not_a_crash():
    class Vandal(Honest):
        """Smooths prices in place."""

        def targets(self, bars, ind):
            bars.close[:] = 1.0
            return bars.close > ind.average

    exam = check_strategy(Vandal)
    assert "read-only" in str(exam)


def test_a_strategy_that_fails_is_a_finding_with_its_reason():
    class Broken(Honest):
        """Divides by zero."""

        def targets(self, bars, ind):
            return 1 // 0

    exam = check_strategy(Broken)
    assert "it raised ZeroDivisionError" in str(exam)


def test_a_result_of_the_wrong_shape_is_said():
    class Short(Honest):
        """Forgets a bar."""

        def targets(self, bars, ind):
            return bars.close[1:] > 0

    assert "one value per bar" in str(check_strategy(Short))


def test_a_strategy_that_never_decides_is_said():
    class Idle(Honest):
        """Waits for a negative price."""

        def targets(self, bars, ind):
            return bars.close < 0

    assert found(Idle) == {"decides"}


def test_failing_on_a_short_history_is_said():
    class NeedsMuch(Honest):
        """Reads a fixed place."""

        def targets(self, bars, ind):
            return bars.close > bars.close[500]

    assert "with the first" in str(check_strategy(NeedsMuch))


def test_impossible_defaults_are_found():
    class Impossible(Honest):
        def valid(self):
            return False

    assert "parameters: the defaults are a combination that valid() refuses" in str(check_strategy(Impossible))


def test_a_missing_sentence_is_a_hint_and_refuses_nothing():
    class Nameless(Strategy):
        fast = integer(20)

        def targets(self, bars, ind):
            return hold(bars.close > bars.open, exit=bars.close < bars.open)

    exam = check_strategy(Nameless)
    assert exam.passed
    assert exam.hints == (
        "fast has no doc= that says what it is",
        "the class has no docstring that says what it does",
    )
    assert str(exam).splitlines()[1:] == [f"  hint: {hint}" for hint in exam.hints]


def test_example_bars_are_the_same_each_time_and_obey_the_rules_of_candles():
    first, second = example_bars(300), example_bars(300)
    assert np.array_equal(first.close, second.close)
    assert (first.low <= np.minimum(first.open, first.close)).all()
    assert (first.high >= np.maximum(first.open, first.close)).all()
    assert np.isnan(example_market(300).close).any()
