"""Which trades, quotes, funding rates and book levels may be kept, and what is said of the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwright.checks.example_events import LEVELS, example_events
from tickwright.domain.bars import SeriesKind
from tickwright.domain.event_rules import broken_event_rules, place_of
from tickwright.domain.events import Events
from tickwright.domain.row_layout import EVENT_KINDS


def changed(events: Events, row: int, **values: int) -> Events:
    columns = {name: column.copy() for name, column in events.columns.items()}
    for name, value in values.items():
        columns[name][row] = value
    return Events(events.key, columns, events.price_scale, events.quantity_scale)


def reasons(events: Events) -> list[tuple[int, str]]:
    return [(rule.row, rule.reason) for rule in broken_event_rules(events)]


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_well_formed_rows_break_no_rule(kind: SeriesKind) -> None:
    assert reasons(example_events(kind, 0, 200)) == []


@pytest.mark.parametrize(
    ("kind", "wrong", "reason"),
    [
        ("trades", {"price": 0}, "the price 0 is not above zero"),
        ("trades", {"quantity": -3}, "the quantity -0.000003 is not above zero"),
        ("trades", {"taker_buys": 2}, "the taker's side is 2"),
        ("trades", {"trade_id": -1}, "the id -1 is negative"),
        ("trades", {"ts_ns": -5}, "1969-12-31T23:59:59.999999995Z is before 1970"),
        ("quotes", {"bid": 4_200_500, "ask": 4_200_499}, "the bid 42005 is not below the ask 42004.99"),
        ("quotes", {"bid": 4_200_500, "ask": 4_200_500}, "the bid 42005 is not below the ask 42005"),
        ("quotes", {"bid": 0}, "a price is not above zero (0 to 42000.01)"),
        ("quotes", {"ask_quantity": -1}, "a quantity is negative (0.002 and -0.000001)"),
        ("funding", {"rate": -1_000_000}, "the rate -1 is not between -1 and 1"),
        ("funding", {"mark": -1}, "the mark price -0.01 is negative"),
        ("funding", {"ts_ns": 1_704_038_400_003_000_000}, "2023-12-31T16:00:00.003Z is not a whole minute"),
        ("book", {"price": 0}, "the price 0 is not above zero"),
        ("book", {"quantity": 0}, "nothing stands at 42000, in a snapshot"),
        ("book", {"side": 2}, "the side is 2"),
        ("book", {"snapshot": 3}, "snapshot is 3"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named_with_its_values(
    kind: SeriesKind, wrong: dict[str, int], reason: str
) -> None:
    assert reasons(changed(example_events(kind, 0, 5), 0, **wrong)) == [(0, reason)]


def test_a_change_of_a_book_may_take_a_level_away() -> None:
    assert reasons(changed(example_events("book", 0, 2), 0, quantity=0, snapshot=0)) == []


def test_a_crossed_snapshot_is_not_believed_as_a_whole_and_the_next_one_is() -> None:
    books = example_events("book", 0, 3)
    crossed = changed(books, 0, price=4_200_900).in_order()
    found = reasons(crossed)
    assert [row for row, _ in found] == list(range(2 * LEVELS))
    assert {reason for _, reason in found} == {"the best bid of its snapshot is not below the best ask"}


def test_of_two_equal_rows_the_second_goes_and_of_contradicting_ones_both() -> None:
    trades = example_events("trades", 0, 5)
    twice = trades.take(np.array([0, 1, 1, 2, 3, 3, 4]))
    twice["price"][5] += 1
    assert reasons(twice) == [
        (2, "it repeats another row"),
        (4, "another row says something else of the same trade"),
        (5, "another row says something else of the same trade"),
    ]


def test_one_trade_far_in_the_future_does_not_condemn_those_after_it() -> None:
    late = changed(example_events("trades", 0, 50), 20, ts_ns=2_000_000_000_000_000_000).in_order()
    found = reasons(late)
    assert [int(late["trade_id"][row]) for row, _ in found] == [7_020]
    assert "the id 7020 does not fit its time" in found[0][1]


@given(st.lists(st.integers(0, 20), min_size=1, max_size=12))
def test_the_fewest_trades_that_restore_order_are_taken_out(times: list[int]) -> None:
    """The naive twin tries every subset."""
    base = example_events("trades", 0, len(times))
    trades = Events(base.key, {**base.columns, "ts_ns": np.array(times)}, 2, 6).in_order()
    most = max(
        sum(picked >> place & 1 for place in range(len(times)))
        for picked in range(1 << len(times))
        if (kept := [time for place, time in enumerate(times) if picked >> place & 1]) == sorted(kept)
    )
    assert len(times) - len(reasons(trades)) == most


def test_a_row_is_named_by_what_makes_it_itself() -> None:
    assert place_of(example_events("trades", 3, 4), 0) == "trade of 2023-12-31T16:01:30Z, trade id 7003"
    assert place_of(example_events("funding", 0, 1), 0) == "rate of 2023-12-31T16:00:00Z"
    assert place_of(example_events("book", 0, 1), 4) == (
        "level of 2023-12-31T16:00:00Z, update id 0 side 1 price 42000.04"
    )
