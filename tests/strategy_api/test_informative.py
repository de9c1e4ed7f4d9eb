import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwright.checks.example_bars import example_bars
from tickwright.domain.errors import UsageError
from tickwright.domain.timestamp import DAY
from tickwright.indicators import sma
from tickwright.strategy_api import Strategy, informative
from tickwright.strategy_api.evaluate import evaluate_targets
from tickwright.strategy_api.informative import aligned, informatives_of, last_closed
from tickwright.strategy_api.views import StrategyBars


class Daily(Strategy):
    @informative("1d")
    def daily(self, bars):
        return {"close": bars.close}

    @informative("4h", symbol="ETH/USDT")
    def other(self, bars):
        return {"close": bars.close}

    def targets(self, bars, ind):
        return ind.close_1d > 0


def test_names_carry_their_timeframe_and_the_symbol_where_one_is_named():
    assert [mark.suffix for mark in informatives_of(Daily)] == ["_1d", "_eth_4h"]
    assert [mark.key for mark in informatives_of(Daily)] == [("1d", None), ("4h", "ETH/USDT")]


def test_a_method_overridden_without_the_mark_is_no_longer_informative():
    class Plain(Daily):
        def daily(self, bars):
            return {}

    assert [mark.suffix for mark in informatives_of(Plain)] == ["_eth_4h"]


def test_a_bar_sees_the_last_bar_that_closed_not_after_its_own_close():
    base = np.array([10, 20, 30, 40])
    assert last_closed(base, np.array([20, 40])).tolist() == [-1, 0, 0, 1]


def test_what_is_not_known_yet_is_nan_and_a_condition_false():
    places = np.array([-1, 0, 1])
    assert np.array_equal(aligned(np.array([1.0, 2.0]), places), [np.nan, 1.0, 2.0], equal_nan=True)
    assert aligned(np.array([True, True]), places).tolist() == [False, True, True]


def test_no_informative_bars_at_all_are_unknown_everywhere():
    places = np.array([-1, -1])
    assert np.isnan(aligned(np.empty(0), places)).all()
    assert aligned(np.empty(0, np.bool_), places).tolist() == [False, False]


def test_a_timeframe_that_is_none_is_refused_where_it_is_written():
    with pytest.raises(UsageError, match="'daily' is not a timeframe"):
        informative("daily")


def test_days_made_of_hours_are_those_an_exchange_would_show():
    hours = example_bars(24 * 5)
    days = hours.resampled(type(hours.timeframe).parse("1d"))
    assert len(days) == 5
    assert days.open[2] == hours.open[48]
    assert days.close[2] == hours.close[71]
    assert days.high[2] == hours.high[48:72].max()
    assert days.low[2] == hours.low[48:72].min()
    assert days.volume[2] == pytest.approx(hours.volume[48:72].sum(), rel=1e-12)


class SeveralTimeframes(Strategy):
    """Reads everything that can be read above an hour."""

    @informative("1h")
    def same(self, bars):
        return {"close": bars.close}

    @informative("4h")
    def quarter_days(self, bars):
        return {"close": bars.close, "high": bars.high}

    @informative("1d")
    def days(self, bars):
        return {"close": bars.close, "up": bars.close > bars.open, "average": sma(bars.close, 2)}

    def targets(self, bars, ind):
        return ind.up_1d & (ind.close_4h > 0)


@settings(max_examples=60)
@given(
    present=st.sets(st.integers(0, 119), min_size=1),
    cut=st.integers(1, 119),
)
def test_with_any_holes_nothing_changes_when_later_bars_arrive(present, cut):
    hours = example_bars(120)
    kept = np.array(sorted(present))
    columns = {name: getattr(hours, name)[kept] for name in ("open_time_ns", "open", "high", "low", "close", "volume")}
    bars = StrategyBars("BTC/USDT", hours.timeframe, **columns)
    whole, part = (evaluate_targets(SeveralTimeframes(), view) for view in (bars, bars.head(cut)))
    for name in whole.indicators:
        assert np.array_equal(
            whole.indicators[name][:cut].astype(float), part.indicators[name].astype(float), equal_nan=True
        )
    reach = min(cut, len(bars), part.warmup)
    assert np.array_equal(whole.targets[reach:cut], part.targets[reach:])


@settings(max_examples=60)
@given(present=st.sets(st.integers(0, 119), min_size=1))
def test_a_day_is_seen_from_its_end_on_and_never_before(present):
    hours = example_bars(120)
    kept = np.array(sorted(present))
    columns = {name: getattr(hours, name)[kept] for name in ("open_time_ns", "open", "high", "low", "close", "volume")}
    bars = StrategyBars("BTC/USDT", hours.timeframe, **columns)
    seen = evaluate_targets(SeveralTimeframes(), bars).indicators.close_1d
    for bar, close_ns in enumerate(bars.close_time_ns):
        first_day = -(-bars.open_time_ns[0] // DAY) * DAY
        over = [b for b in range(len(bars)) if first_day <= bars.open_time_ns[b] < close_ns // DAY * DAY]
        expected = bars.close[over[-1]] if over else np.nan
        assert seen[bar] == expected or (np.isnan(seen[bar]) and np.isnan(expected))
