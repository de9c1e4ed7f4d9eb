"""Ranges of missing bars as sets: union, difference and intersection on half-open spans."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.candles import HOUR
from tickwright.domain.gaps import common, holes, merged, without

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)


def places(spans: object) -> set[int]:
    return {place for start, end in spans for place in range(start, end)}  # type: ignore[attr-defined]


@given(SPANS, SPANS)
def test_spans_are_sets_of_places(spans: list[tuple[int, int]], others: list[tuple[int, int]]) -> None:
    assert places(merged(spans)) == places(spans)
    assert places(without(spans, others)) == places(spans) - places(others)
    assert places(common(spans, others)) == places(spans) & places(others)


@given(SPANS)
def test_merged_spans_are_few_sorted_and_apart(spans: list[tuple[int, int]]) -> None:
    found = merged(spans)
    assert all(start < end for start, end in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))


@given(st.sets(st.integers(0, 40), min_size=1))
def test_holes_are_the_missing_places_between_first_and_last(present: set[int]) -> None:
    times = np.array(sorted(present), np.int64) * HOUR.length_ns
    missing = set(range(min(present), max(present))) - present
    found = [(start // HOUR.length_ns, end // HOUR.length_ns) for start, end in holes(times, HOUR)]
    assert places(found) == missing
    assert list(merged(found)) == found
