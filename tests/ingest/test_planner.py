"""Pages by windows of time."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tickwright.domain.gaps import common, merged, without
from tickwright.domain.timeframe import Timeframe
from tickwright.ingest.planner import closed_end, plan_pages

HOUR = Timeframe.parse("1h")
H = HOUR.length_ns
instants = st.integers(0, 300 * H)
ranges = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda pair: (min(pair) * H, max(pair) * H)))


@given(instants, instants, ranges, st.integers(1, 50), instants)
def test_pages_cover_what_is_closed_and_was_not_fetched_exactly_once(start, end, fetched, limit, now) -> None:
    pages = plan_pages(HOUR, start, end, fetched=fetched, page_limit=limit, now_ns=now)
    wanted = (HOUR.ceil(start), min(HOUR.ceil(end), closed_end(HOUR, now)))
    assert merged(pages) == without([wanted], fetched)
    assert all(0 < last - first <= limit * H and first % H == 0 and last % H == 0 for first, last in pages)
    assert all(before[1] <= after[0] for before, after in pairwise(pages))
    assert not common(pages, merged(fetched))


def test_nothing_is_planned_when_all_was_fetched() -> None:
    assert plan_pages(HOUR, 0, 10 * H, fetched=[(0, 10 * H)], page_limit=5, now_ns=20 * H) == []


def test_the_forming_candle_is_never_planned() -> None:
    assert plan_pages(HOUR, 0, 99 * H, fetched=[], page_limit=500, now_ns=7 * H + H // 2) == [(0, 7 * H)]
