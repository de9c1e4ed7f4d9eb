import numpy as np
import pytest

from tickwright.checks.example_bars import example_bars, example_market
from tickwright.domain.errors import UsageError
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY, HOUR
from tickwright.indicators import ema, rsi, sma
from tickwright.indicators.ema import ema_warmup
from tickwright.indicators.memo import Memo
from tickwright.strategies import BuyAndHold, SmaCross, WeeklyMomentum
from tickwright.strategy_api import Exits, Strategy, informative, integer
from tickwright.strategy_api.evaluate import evaluate_indicators, evaluate_targets, evaluate_weights
from tickwright.strategy_api.views import StrategyBars

BARS = example_bars(600)


def strategy_of(targets, **methods):
    return type("Made", (Strategy,), {"targets": lambda self, bars, ind: targets(bars, ind), **methods})()


def test_targets_are_what_the_strategy_says_after_its_warmup():
    decisions = evaluate_targets(SmaCross(fast=5, slow=20), BARS)
    assert decisions.warmup == 19
    assert not decisions.targets[:19].any()
    expected = sma(BARS.close, 5) > sma(BARS.close, 20)
    assert np.array_equal(decisions.targets[19:], expected[19:])
    assert np.array_equal(decisions.indicators.fast, sma(BARS.close, 5), equal_nan=True)


def test_a_strategy_without_indicators_may_act_at_once():
    decisions = evaluate_targets(BuyAndHold(), BARS)
    assert decisions.warmup == 0
    assert decisions.targets.all()


def test_nothing_acts_before_the_warmup_even_if_asked_to():
    always = strategy_of(
        lambda bars, ind: np.ones(len(bars)), indicators=lambda self, bars: {"slow": ema(bars.close, 50)}
    )
    decisions = evaluate_targets(always, BARS)
    assert decisions.warmup == ema_warmup(50)
    assert decisions.targets.tolist() == [0.0] * decisions.warmup + [1.0] * (600 - decisions.warmup)


def test_nan_before_the_warmup_becomes_the_value_every_run_starts_with():
    keep = strategy_of(
        lambda bars, ind: np.full(len(bars), np.nan), indicators=lambda s, bars: {"a": sma(bars.close, 9)}
    )
    assert evaluate_targets(keep, BARS).targets[:8].tolist() == [0.0] * 8


def test_indicators_called_inside_targets_count():
    inside = strategy_of(lambda bars, ind: bars.close > sma(bars.close, 33))
    assert evaluate_targets(inside, BARS).warmup == 32


def test_the_unknown_beginning_of_ones_own_arrays_counts():
    own = strategy_of(
        lambda bars, ind: bars.close > 0, indicators=lambda s, bars: {"a": np.r_[np.full(7, np.nan), bars.close[7:]]}
    )
    assert evaluate_targets(own, BARS).warmup == 7


def test_a_warmup_longer_than_the_data_is_all_of_it():
    decisions = evaluate_targets(SmaCross(fast=5, slow=400), BARS.head(100))
    assert decisions.warmup == 100
    assert not decisions.targets.any()


def test_no_bars_have_no_decisions():
    assert len(evaluate_targets(SmaCross(), BARS.head(0)).targets) == 0


def test_days_are_seen_when_they_have_closed_and_their_warmup_counts_in_hours():
    class Trend(Strategy):
        @informative("1d")
        def daily(self, bars):
            return {"average": sma(bars.close, 3), "up": bars.close > sma(bars.close, 3)}

        def targets(self, bars, ind):
            return ind.up_1d

    hours = example_bars(24 * 8)
    decisions = evaluate_targets(Trend(), hours)
    average = decisions.indicators.average_1d
    # The third day closes with the bar that opens at hour 71: at its close the first average is known.
    assert np.isnan(average[:71]).all()
    assert decisions.warmup == 71
    days = hours.resampled(Timeframe.parse("1d"))
    assert average[71] == average[94] == sma(days.close, 3)[2]
    assert average[95] == sma(days.close, 3)[3]


def test_bars_handed_in_are_used_instead_of_made_ones():
    class Trend(Strategy):
        @informative("1d")
        def daily(self, bars):
            return {"close": bars.close}

        def targets(self, bars, ind):
            return ind.close_1d > 0

    hours = example_bars(24 * 3)
    first_day = hours.open_time_ns[0]
    columns = [np.array([float(n), float(n) + 1]) for n in (70, 71, 69, 70, 5)]
    days = StrategyBars("BTC/USDT", Timeframe.parse("1d"), first_day + np.array([-DAY, 0]), *columns)
    close = evaluate_targets(Trend(), hours, {("1d", None): days}).indicators.close_1d
    assert close[:23].tolist() == [70.0] * 23
    assert close[23:].tolist() == [71.0] * (len(hours) - 23)


def test_another_symbol_must_be_handed_in():
    class Follows(Strategy):
        @informative("1h", symbol="ETH/USDT")
        def leader(self, bars):
            return {"close": bars.close}

        def targets(self, bars, ind):
            return ind.close_eth_1h > 0

    with pytest.raises(UsageError, match="no candles of ETH/USDT 1h were handed in"):
        evaluate_targets(Follows(), BARS)
    other = example_bars(600, symbol="ETH/USDT", seed=9)
    decisions = evaluate_targets(Follows(), BARS, {("1h", "ETH/USDT"): other})
    assert np.array_equal(decisions.indicators.close_eth_1h, other.close)


def test_a_higher_timeframe_of_another_symbol_is_made_from_its_bars():
    class Follows(Strategy):
        @informative("1d", symbol="ETH-USDT")
        def leader(self, bars):
            return {"close": bars.close}

        def targets(self, bars, ind):
            return ind.close_eth_1d > 0

    other = example_bars(600, symbol="ETH/USDT", seed=9)
    decisions = evaluate_targets(Follows(), BARS, {("1h", "ETH/USDT"): other})
    assert decisions.indicators.close_eth_1d[47] == other.close[47]
    assert decisions.indicators.close_eth_1d[46] == other.close[23]


def test_a_finer_timeframe_is_refused():
    class Finer(Strategy):
        @informative("15m")
        def quarter(self, bars):
            return {"close": bars.close}

        def targets(self, bars, ind):
            return bars.close > 0

    with pytest.raises(UsageError, match="finer than the strategy's 1h"):
        evaluate_targets(Finer(), BARS)


def test_two_indicators_of_one_name_are_refused():
    class Twice(Strategy):
        @informative("1d")
        def daily(self, bars):
            return {"a": bars.close}

        def indicators(self, bars):
            return {"a_1d": bars.close}

        def targets(self, bars, ind):
            return bars.close > 0

    with pytest.raises(UsageError, match="a_1d is named twice"):
        evaluate_targets(Twice(), BARS)


def test_exits_are_passed_on():
    guarded = strategy_of(lambda bars, ind: bars.close > 0, exits=lambda s, bars, ind: Exits(stop=0.02, max_bars=5))
    assert evaluate_targets(guarded, BARS).exits == Exits(stop=0.02, max_bars=5)
    wrong = strategy_of(lambda bars, ind: bars.close > 0, exits=lambda s, bars, ind: {"stop": 0.02})
    with pytest.raises(UsageError, match="exits returned a dict"):
        evaluate_targets(wrong, BARS)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda bars: bars.close[1:], r"shape \(599,\)"),
        (lambda bars: 1.0, r"shape \(\)"),
        (lambda bars: None, "shape"),
        (lambda bars: np.where(np.arange(len(bars)) == 5, np.inf, 1.0), "infinite at bar 5"),
        (lambda bars: np.full(len(bars), "x"), "holds <U1 values"),
    ],
)
def test_a_result_that_is_none_is_one_sentence(answer, sentence):
    with pytest.raises(UsageError, match=sentence):
        evaluate_targets(strategy_of(lambda bars, ind: answer(bars)), BARS)


def test_whole_numbers_are_targets_too():
    assert evaluate_targets(strategy_of(lambda bars, ind: np.ones(len(bars), int)), BARS).targets.dtype == np.float64


def test_invalid_parameters_are_refused():
    with pytest.raises(UsageError, match="not a valid combination"):
        evaluate_targets(SmaCross(fast=50, slow=20), BARS)


def test_a_strategy_of_another_form_is_refused():
    with pytest.raises(UsageError, match="WeeklyMomentum is written with weights"):
        evaluate_targets(WeeklyMomentum(), BARS)
    with pytest.raises(UsageError, match="SmaCross is written with targets"):
        evaluate_weights(SmaCross(), example_market(10))


def test_a_sweep_computes_each_indicator_once():
    memo = Memo()
    first = evaluate_targets(SmaCross(fast=5, slow=20), BARS, memo=memo)
    second = evaluate_targets(SmaCross(fast=5, slow=30), BARS, memo=memo)
    assert second.indicators.fast is first.indicators.fast
    alone = evaluate_targets(SmaCross(fast=5, slow=30), BARS)
    assert np.array_equal(second.targets, alone.targets)
    assert second.warmup == alone.warmup


def test_the_strategy_that_is_handed_in_is_left_as_it_was():
    class Draws(Strategy):
        def targets(self, bars, ind):
            return self.rng.random(len(bars)) < 0.5

    strategy = Draws().bound_to("BTC/USDT", seed=4)
    first, second = (evaluate_targets(strategy, BARS).targets for _ in range(2))
    assert np.array_equal(first, second)


def test_callbacks_get_indicators_exits_and_what_wakes_them():
    class Dips(Strategy):
        n = integer(14, low=2)

        def indicators(self, bars):
            return {"rsi": rsi(bars.close, self.n)}

        def wakes(self, bars, ind):
            return ind.rsi < 30

        def exits(self, bars, ind):
            return Exits(trail=0.05)

        def on_bar(self, ctx, bar):
            """Buys."""

    prepared = evaluate_indicators(Dips(), BARS)
    assert np.array_equal(prepared.wakes, rsi(BARS.close, 14) < 30)
    assert prepared.exits == Exits(trail=0.05)
    assert prepared.warmup > 14


def test_a_wake_condition_must_be_true_or_false():
    class Wrong(Strategy):
        def wakes(self, bars, ind):
            return bars.close

        def on_bar(self, ctx, bar):
            """Nothing."""

    with pytest.raises(UsageError, match="wakes holds float64"):
        evaluate_indicators(Wrong(), BARS)


def test_callbacks_without_a_wake_condition_wake_on_every_bar():
    class Plain(Strategy):
        def on_bar(self, ctx, bar):
            """Nothing."""

    assert evaluate_indicators(Plain(), BARS).wakes is None


def test_weights_are_silent_before_the_warmup_and_never_pick_more_than_asked():
    market = example_market(24 * 40)
    answer = evaluate_weights(WeeklyMomentum(days=7, hold=2), market)
    assert answer.warmup == 7 * 24
    assert not answer.weights[: answer.warmup].any()
    assert answer.weights.shape == market.close.shape
    assert (np.count_nonzero(answer.weights, axis=1) <= 2).all()
    assert answer.weights.max() == 0.5


def test_weights_with_indicators_of_bars_are_refused():
    class Mixed(Strategy):
        def indicators(self, bars):
            return {}

        def weights(self, market):
            return market.close * 0

    with pytest.raises(UsageError, match="beside weights"):
        evaluate_weights(Mixed(), example_market(10))


def test_times_of_bars_are_what_the_strategy_sees():
    assert BARS.close_time_ns[0] - BARS.open_time_ns[0] == HOUR
