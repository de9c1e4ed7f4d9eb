"""Timers by themselves: when they are due, what passed unseen, and which terms go together."""

from __future__ import annotations

import pytest

from tickwright.domain.errors import UsageError
from tickwright.domain.timestamp import DAY, HOUR, MINUTE
from tickwright.strategy_api.timers import Timers, TimerView

MONDAY = 1_704_067_200_000_000_000  # 2024-01-01
NOTHING = {"at_ns": None, "after": None, "every": None, "offset": None}


def timers() -> tuple[Timers, list[int]]:
    """No timers yet, and the instants that will be asked for."""
    asked: list[int] = []
    return Timers(asked.append), asked


def start(one: Timers, name: str, now_ns: int, **terms: object) -> None:
    one.set(name, now_ns, **{**NOTHING, **terms})  # type: ignore[arg-type]


def test_a_timer_for_an_instant_is_due_once_at_or_after_it() -> None:
    one, asked = timers()
    start(one, "news", MONDAY, at_ns=MONDAY + 30 * MINUTE)
    assert asked == [MONDAY + 30 * MINUTE]
    assert one.take_due(MONDAY + 29 * MINUTE) == []
    assert one.take_due(MONDAY + HOUR) == [TimerView("news", MONDAY + 30 * MINUTE)]
    assert one.take_due(MONDAY + DAY) == []


def test_a_span_counts_from_now() -> None:
    one, _ = timers()
    start(one, "patience", MONDAY, after="90m")
    assert one.pending() == {"patience": MONDAY + 90 * MINUTE}


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ({"every": "4h"}, 12 * HOUR),
        ({"every": "1d"}, DAY),
        ({"every": "1d", "offset": "8h"}, DAY + 8 * HOUR),
        ({"every": "1d", "offset": "10h"}, 10 * HOUR),
        ({"every": "1w"}, 7 * DAY),
        ({"every": "1w", "offset": "1d"}, DAY),
    ],
)
def test_a_period_begins_on_the_clock_utc_and_weeks_on_monday(terms: dict[str, str], due: int) -> None:
    one, _ = timers()
    start(one, "again", MONDAY + 9 * HOUR, **terms)
    assert one.pending()["again"] == MONDAY + due


def test_a_period_that_begins_now_is_due_at_the_next() -> None:
    one, _ = timers()
    start(one, "again", MONDAY, every="1d")
    assert one.pending()["again"] == MONDAY + DAY


def test_times_that_passed_without_an_instant_are_told_once_and_counted() -> None:
    one, asked = timers()
    start(one, "hourly", MONDAY, every="1h")
    assert one.take_due(MONDAY + 5 * HOUR + MINUTE) == [TimerView("hourly", MONDAY + 5 * HOUR, missed=4)]
    assert one.take_due(MONDAY + 6 * HOUR) == [TimerView("hourly", MONDAY + 6 * HOUR)]
    assert asked == [MONDAY + HOUR, MONDAY + 6 * HOUR, MONDAY + 7 * HOUR]


def test_timers_of_one_instant_come_in_order_of_their_times_then_names() -> None:
    one, _ = timers()
    for name, minutes in (("b", 20), ("a", 20), ("z", 10)):
        start(one, name, MONDAY, after=f"{minutes}m")
    assert [timer.name for timer in one.take_due(MONDAY + HOUR)] == ["z", "a", "b"]


def test_a_timer_of_the_same_name_is_replaced_and_a_cancelled_one_is_not_told() -> None:
    one, _ = timers()
    start(one, "x", MONDAY, after="1h")
    start(one, "x", MONDAY, after="3h")
    start(one, "y", MONDAY, after="1h")
    one.cancel("y")
    one.cancel("never started")
    assert one.take_due(MONDAY + 2 * HOUR) == []
    assert [timer.name for timer in one.take_due(MONDAY + 3 * HOUR)] == ["x"]


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({}, "exactly one of"),
        ({"after": "1h", "every": "1h"}, "exactly one of"),
        ({"after": "1h", "offset": "5m"}, "exactly one of"),
        ({"at_ns": MONDAY}, "in the past"),
        ({"every": "1h", "offset": "1h"}, "an offset of 1h"),
        ({"after": "soon"}, "not a timeframe"),
    ],
)
def test_terms_that_do_not_go_together_are_refused(terms: dict[str, object], said: str) -> None:
    one, asked = timers()
    with pytest.raises(UsageError, match=said):
        start(one, "x", MONDAY, **terms)
    assert asked == []
