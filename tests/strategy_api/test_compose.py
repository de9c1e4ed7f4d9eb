import numpy as np
import pytest

from tickwright.checks.example_bars import example_bars
from tickwright.checks.strategy import check_strategy
from tickwright.domain.errors import UsageError
from tickwright.strategies import BuyAndHold, DonchianBreakout, RsiReversion, SmaCross
from tickwright.strategy_api import Strategy, blend, regime_filter, volatility_target, vote
from tickwright.strategy_api.compose import realised_volatility
from tickwright.strategy_api.evaluate import evaluate_targets
from tickwright.strategy_api.parameters import parameters_of

BARS = example_bars(1500)


def wants(*values):
    """A strategy that wants these values, repeated."""
    pattern = np.array(values, np.float64)
    return type("Wants", (Strategy,), {"targets": lambda self, bars, ind: np.resize(pattern, len(bars))})


def targets_of(strategy, bars=4):
    return evaluate_targets(strategy(), BARS.head(bars)).targets.tolist()


def test_a_blend_gives_each_part_its_share():
    assert targets_of(blend(a=wants(1, 1, 0, 0), b=wants(1, 0, 1, 0))) == [1.0, 0.5, 0.5, 0.0]


def test_shares_are_parameters_and_may_not_exceed_the_whole():
    mixed = blend(a=wants(1, 0), b=wants(0, 1))
    assert evaluate_targets(mixed(share_a=0.75, share_b=0.25), BARS.head(2)).targets.tolist() == [0.75, 0.25]
    assert mixed(share_a=0.5, share_b=0.3).valid()
    assert not mixed(share_a=0.75, share_b=0.5).valid()


def test_shares_of_ten_parts_are_valid_by_default():
    assert blend(**{f"part{n}": BuyAndHold for n in range(10)})().valid()


def test_a_vote_needs_more_than_half_by_default():
    three = vote(a=wants(1, 1, 0, -1), b=wants(1, 0, 0, -1), c=wants(0, 0, 1, 1))
    assert targets_of(three) == [1.0, 0.0, 0.0, -1.0]


def test_a_vote_can_ask_for_all_or_for_one():
    parts = {"a": wants(1, 1, 0, 0), "b": wants(1, 0, 1, 0)}
    assert targets_of(vote(need=2, **parts)) == [1.0, 0.0, 0.0, 0.0]
    assert evaluate_targets(vote(**parts)(need=1), BARS.head(4)).targets.tolist() == [1.0, 1.0, 1.0, 0.0]


def test_a_regime_filter_trades_in_its_regime_only():
    filtered = regime_filter(wants(1, 0.5, 1, 0.5), regime=wants(1, 1, 0, -1))
    assert targets_of(filtered) == [1.0, 0.5, 0.0, 0.0]


def test_a_volatility_target_scales_by_what_prices_do():
    steady = volatility_target(BuyAndHold)
    decisions = evaluate_targets(steady(volatility=0.2, days=10), BARS)
    realised = realised_volatility(BARS, 240)
    after = decisions.warmup
    assert after == 240  # 240 returns need 241 closes
    expected = np.minimum(0.2 / realised[after:], 1.0)
    np.testing.assert_array_equal(decisions.targets[after:], expected)
    assert not decisions.targets[:after].any()


def test_realised_volatility_is_the_deviation_of_log_returns_per_year_of_365_days():
    returns = np.diff(np.log(BARS.close[100:341]))
    assert realised_volatility(BARS, 240)[340] == pytest.approx(np.std(returns) * np.sqrt(365 * 24), rel=1e-9)


def test_prices_that_do_not_move_are_not_leveraged_without_end():
    flat = BARS.head(500)
    object.__setattr__(flat, "close", np.full(500, 100.0))
    targets = evaluate_targets(volatility_target(BuyAndHold)(days=10, most=2.0), flat).targets
    assert (targets[240:] == 2.0).all()


def test_a_volatility_target_acts_once_a_day_in_a_band():
    assert (volatility_target(BuyAndHold).acts.period.name, volatility_target(BuyAndHold).acts.band) == ("1d", 0.1)


def test_compositions_nest():
    inner = blend(cross=SmaCross, breakout=DonchianBreakout)
    whole = volatility_target(regime_filter(inner, regime=SmaCross))
    names = parameters_of(whole)
    assert "strategy_strategy_cross_fast" in names
    assert "strategy_regime_slow" in names
    decisions = evaluate_targets(whole(days=10, strategy_regime_slow=100), BARS)
    assert np.any(decisions.targets)


def test_a_composition_passes_the_exam():
    class HalfAndHalf(blend(trend=SmaCross, dips=RsiReversion)):
        """Half follows the trend, half buys dips."""

    exam = check_strategy(HalfAndHalf)
    assert exam.passed, str(exam)


def test_a_composition_of_nothing_is_refused():
    with pytest.raises(UsageError, match="without parts"):
        blend()
