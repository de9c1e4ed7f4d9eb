"""What the exchange knows at a time: nothing of the future, and the forming candle as far as it has come."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.history import bundled_history
from tickwright.adapters.sandbox.market import Candle, ReplayMarket, so_far
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import HOUR, MINUTE, parse_instant

ONE_HOUR, FOUR_HOURS, ONE_DAY, ONE_WEEK = (Timeframe.parse(name) for name in ("1h", "4h", "1d", "1w"))
NOON = parse_instant("2024-06-01T12:00:00Z")


def market_at(now_ns: int) -> ReplayMarket:
    """The bundled market at an instant."""
    return ReplayMarket(bundled_history(), SteppedClock(now_ns))


def test_nothing_opens_after_now() -> None:
    candles = market_at(NOON).candles("BTC/USDT", ONE_HOUR, NOON - 2 * HOUR, None, 1000)
    assert [candle.open_time_ns for candle in candles] == [NOON - 2 * HOUR, NOON - HOUR, NOON]


def test_the_newest_candles_are_returned_where_no_start_is_given() -> None:
    candles = market_at(NOON).candles("BTC/USDT", ONE_HOUR, None, None, 3)
    assert [candle.open_time_ns for candle in candles] == [NOON - 2 * HOUR, NOON - HOUR, NOON]


def test_before_the_history_there_is_nothing() -> None:
    assert market_at(parse_instant("2017-06-01")).candles("BTC/USDT", ONE_HOUR, None, None, 3) == []


def test_a_candle_that_has_just_opened_is_its_open_alone() -> None:
    last = market_at(NOON).candles("BTC/USDT", ONE_HOUR, NOON, None, 1)[0]
    assert last.open == last.high == last.low == last.close
    assert last.volume == 0


def test_a_day_forms_out_of_its_hours() -> None:
    """At 12:30 the day holds twelve whole hours and half of one."""
    now = NOON + 30 * MINUTE
    day = market_at(now).candles("BTC/USDT", ONE_DAY, None, None, 1)[0]
    hours = market_at(now).candles("BTC/USDT", ONE_HOUR, parse_instant("2024-06-01"), None, 1000)
    assert len(hours) == 13
    assert day == Candle(
        parse_instant("2024-06-01"),
        hours[0].open,
        max(hour.high for hour in hours),
        min(hour.low for hour in hours),
        hours[-1].close,
        sum(hour.volume for hour in hours),
    )


def test_a_day_whose_first_hours_are_missing_is_not_there_before_its_first_trade() -> None:
    """The outage of 2018-02-08 00:00 to 2018-02-09 09:00: on the 9th at 05:00 the day has no candle yet."""
    before = market_at(parse_instant("2018-02-09T05:00Z")).candles("BTC/USDT", ONE_DAY, None, None, 2)
    after = market_at(parse_instant("2018-02-09T12:00Z")).candles("BTC/USDT", ONE_DAY, None, None, 2)
    assert before[-1].open_time_ns == parse_instant("2018-02-08")
    assert after[-1].open_time_ns == parse_instant("2018-02-09")


@given(
    st.integers(1, 500),
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 10**6),
    st.integers(0, 3600),
)
def test_a_forming_candle_never_leaves_its_range_and_ends_as_the_whole(
    low: int, a: int, b: int, c: int, volume: int, seconds: int
) -> None:
    high = low + a + b + c
    whole = Candle(0, low + a, high, low, low + c, volume)
    part = so_far(whole, ONE_HOUR, seconds * 10**9)
    assert whole.low <= part.low <= min(part.open, part.close) <= max(part.open, part.close) <= part.high <= whole.high
    assert 0 <= part.volume <= whole.volume
    assert part.open == whole.open
    assert so_far(whole, ONE_HOUR, HOUR) == whole


def test_a_forming_candle_only_grows() -> None:
    whole = Candle(0, 100, 160, 40, 130, 600)
    parts = [so_far(whole, ONE_HOUR, minute * MINUTE) for minute in range(61)]
    assert all(later.high >= earlier.high for earlier, later in itertools.pairwise(parts))
    assert all(later.low <= earlier.low for earlier, later in itertools.pairwise(parts))
    assert all(later.volume >= earlier.volume for earlier, later in itertools.pairwise(parts))
    assert parts[20].low == 40
    assert parts[40].high == 160


def test_only_multiples_of_the_history_s_length_are_offered() -> None:
    market = market_at(NOON)
    assert market.offers("BTC/USDT", Timeframe.parse("6h"))
    assert not market.offers("BTC/USDT", Timeframe.parse("30m"))
    assert not market.offers("BTC/USDT", Timeframe.parse("90m"))
