"""The type of every missing bar, rule by rule, and against a bar-by-bar twin."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tickwright.adapters.storage.gap_typing import ASKED, IMPORTED, Remembered, explained_anew, typed_gaps
from tickwright.domain.gaps import Gap, GapKind, Span, merged


def test_new_explanations_replace_old_ones_of_the_same_bars_only() -> None:
    old = [Gap(0, 10, 10, GapKind.OUTAGE, "a"), Gap(20, 30, 10, GapKind.NO_TRADES, "b")]
    new = [Gap(4, 6, 2, GapKind.UNKNOWN, "c")]
    assert explained_anew(old, new) == (
        Gap(0, 4, 4, GapKind.OUTAGE, "a"), new[0], Gap(6, 10, 4, GapKind.OUTAGE, "a"), old[1],
    )  # fmt: skip


def test_the_rules_in_their_order() -> None:
    remembered = Remembered(fetched=[(0, 20)], imported=[(10, 30)], explained=[Gap(4, 6, 2, GapKind.OUTAGE, "down")])
    assert typed_gaps([(2, 40)], (0, 50), remembered, 1) == (
        Gap(2, 4, 2, GapKind.UNKNOWN, ASKED),
        Gap(4, 6, 2, GapKind.OUTAGE, "down"),
        Gap(6, 20, 14, GapKind.UNKNOWN, ASKED),
        Gap(20, 30, 10, GapKind.UNKNOWN, IMPORTED),
        Gap(30, 40, 10, GapKind.NOT_FETCHED, ""),
    )


def test_what_was_asked_for_beyond_what_is_held_is_missing_too() -> None:
    gaps = typed_gaps([], (10, 20), Remembered(fetched=[(5, 25)]), 1)
    assert [(gap.start_ns, gap.end_ns) for gap in gaps] == [(5, 10), (20, 25)]
    assert typed_gaps([], None, Remembered(fetched=[(5, 25)]), 1)[0].bars == 20


spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (min(pair), max(pair))), max_size=4)


@given(held=st.sets(st.integers(0, 40), min_size=1), fetched=spans, imported=spans, explained=spans)
def test_typing_agrees_with_a_bar_by_bar_twin(
    held: set[int], fetched: list[Span], imported: list[Span], explained: list[Span]
) -> None:
    reasons = [Gap(a, b, b - a, GapKind.OUTAGE, "x") for a, b in merged(explained)]
    asked, filed = merged(fetched), merged(imported)
    first, last = min(held), max(held)
    missing = [bar for bar in range(first, last) if bar not in held]
    holes = merged((bar, bar + 1) for bar in missing)
    found = typed_gaps(holes, (first, last + 1), Remembered(asked, filed, reasons), 1)

    def inside(bar: int, ranges: tuple[Span, ...]) -> bool:
        return any(a <= bar < b for a, b in ranges)

    def kind_of(bar: int) -> GapKind:
        if any(gap.start_ns <= bar < gap.end_ns for gap in reasons):
            return GapKind.OUTAGE
        return GapKind.UNKNOWN if inside(bar, asked) or inside(bar, filed) else GapKind.NOT_FETCHED

    beyond = [bar for bar in range(-1, 42) if inside(bar, asked) and not first <= bar <= last]
    expected = {bar: kind_of(bar) for bar in [*missing, *beyond]}
    assert {bar: gap.kind for gap in found for bar in range(gap.start_ns, gap.end_ns)} == expected
    assert all(before.end_ns <= after.start_ns for before, after in itertools.pairwise(found))
