"""Bar lengths and their grid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwright.domain.errors import UsageError
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import iso, parse_instant

NAMES = ["1s", "1m", "15m", "1h", "4h", "1d", "3d", "1w", "2w"]


@pytest.mark.parametrize(("text", "name"), [("60s", "1m"), ("90m", "90m"), ("24h", "1d"), ("7d", "1w"), (" 1h ", "1h")])
def test_one_length_has_one_name(text: str, name: str) -> None:
    assert Timeframe.parse(text).name == name


@given(st.sampled_from(NAMES), st.integers(0, 4 * 10**18))
def test_floor_and_ceil_enclose_an_instant_on_the_grid(name: str, ts_ns: int) -> None:
    timeframe = Timeframe.parse(name)
    floor, ceil = timeframe.floor(ts_ns), timeframe.ceil(ts_ns)
    assert floor <= ts_ns <= ceil
    assert ceil - floor in (0, timeframe.length_ns)
    assert timeframe.floor(floor) == floor == timeframe.ceil(floor)


def test_weeks_open_on_mondays_and_days_at_midnight() -> None:
    sunday = parse_instant("2024-01-07T12:00Z")
    assert iso(Timeframe.parse("1w").floor(sunday)) == "2024-01-01T00:00:00Z"
    assert iso(Timeframe.parse("1d").floor(sunday)) == "2024-01-07T00:00:00Z"


def test_timeframes_are_ordered_by_length() -> None:
    assert sorted(map(Timeframe.parse, reversed(NAMES))) == [Timeframe.parse(name) for name in NAMES]


@pytest.mark.parametrize("text", ["", "h", "0h", "1M", "1y", "-1h", "1.5h", "1 h"])
def test_what_is_no_timeframe_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="is not a timeframe; expected a number and one of"):
        Timeframe.parse(text)
