"""What becomes of incoming rows, against a dictionary that is obviously right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwright.adapters.storage.rows import Rows
from tickwright.adapters.storage.upsert import upsert
from tickwright.checks.example_events import example_events
from tickwright.domain.bars import SeriesKind
from tickwright.domain.events import Events
from tickwright.domain.row_layout import EVENT_KINDS

NUMBERS = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 2)), unique_by=lambda one: one[0], max_size=10)


def rows_of(kind: SeriesKind, numbers: list[tuple[int, int]], recorded_ns: int) -> Rows:
    pieces = [Rows.of(example_events(kind, number, number + 1, shift=shift), recorded_ns) for number, shift in numbers]
    whole = Rows.of(example_events(kind, 0, 0), recorded_ns)
    columns = {name: np.concatenate([whole[name], *(piece[name] for piece in pieces)]) for name in whole.columns}
    return Rows(whole.layout, columns, 2, 6).in_order()


def as_dictionary(rows: Rows) -> dict[tuple[int, ...], tuple[int, ...]]:
    identity = zip(*(rows[name].tolist() for name in rows.layout.identity), strict=True)
    others = zip(*(rows[name].tolist() for name in (*rows.values, "recorded_ns")), strict=True)
    return dict(zip(identity, others, strict=True))


@pytest.mark.parametrize("kind", EVENT_KINDS)
@given(before=NUMBERS, after=NUMBERS)
def test_an_upsert_is_that_of_a_dictionary(
    kind: SeriesKind, before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    stored, incoming = rows_of(kind, before, 1), rows_of(kind, after, 2)
    merge = upsert(stored, incoming)
    expected, arriving = as_dictionary(stored), as_dictionary(incoming)
    equal = {key for key in arriving if key in expected and expected[key][:-1] == arriving[key][:-1]}
    revised = {key for key in arriving if key in expected} - equal
    counts = (merge.inserted, merge.revised, merge.unchanged)
    assert counts == (len(arriving) - len(equal) - len(revised), len(revised), len(equal))
    assert as_dictionary(merge.replaced) == {key: expected[key] for key in revised}
    expected.update({key: arriving[key] for key in arriving if key not in equal})
    assert as_dictionary(merge.rows()) == expected
    assert merge.rows().in_order().times.tolist() == merge.rows().times.tolist()


def test_a_trade_that_comes_again_with_another_time_is_the_same_trade() -> None:
    trades = example_events("trades", 0, 10)
    moved = trades.take(slice(4, 5))
    moved = Events(moved.key, {**moved.columns, "ts_ns": moved.ts_ns + 5}, 2, 6)
    merge = upsert(Rows.of(trades, 1), Rows.of(moved, 2))
    assert (merge.inserted, merge.revised, len(merge.rows())) == (0, 1, 10)
    assert merge.rows()["trade_id"].tolist() == trades["trade_id"].tolist()


def test_values_are_compared_and_not_scales() -> None:
    quotes = example_events("quotes", 0, 10)
    merge = upsert(Rows.of(quotes, 1), Rows.of(quotes.rescaled(4, 9), 2))
    assert (merge.inserted, merge.revised, merge.unchanged) == (0, 0, 10)
