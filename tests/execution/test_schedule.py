"""What every plan fulfils; plans of the literature are in tests/oracles/test_execution.py."""

from __future__ import annotations

import numpy as np
import pytest

from tickwright.domain.errors import UsageError
from tickwright.execution.schedule import Schedule


def test_what_is_left_begins_with_everything_and_ends_with_nothing() -> None:
    plan = Schedule(np.array([5.0, 3.0, 2.0]))
    assert plan.left.tolist() == [10.0, 5.0, 2.0, 0.0]
    assert (len(plan), plan.quantity) == (3, 10.0)


def test_before_the_first_slice_nothing_is_due_and_after_the_last_everything() -> None:
    plan = Schedule(np.array([5.0, 3.0, 2.0]))
    assert [plan.due(count) for count in (-1, 0, 1, 3, 9)] == [0.0, 0.0, 5.0, 10.0, 10.0]


def test_tenths_that_float64_cannot_add_are_whole_lots_all_the_same() -> None:
    plan = Schedule(np.full(10, 0.1))
    assert plan.in_lots(0.1).tolist() == [1] * 10
    assert plan.in_lots(0.25).tolist() == [0, 1, 0, 1, 0, 0, 1, 0, 1, 0]  # 0.4, 0.8, … of a lot, rounded to the even


@pytest.mark.parametrize("slices", [[], [1.0, -1.0], [1.0, float("nan")], [float("inf")], [[1.0], [2.0]]])
def test_what_is_no_plan_is_refused(slices: list[float]) -> None:
    with pytest.raises(UsageError, match="no quantity"):
        Schedule(np.array(slices))


@pytest.mark.parametrize(("lot", "reason"), [(0.0, "a lot is"), (-1.0, "a lot is"), (0.3, "not a whole number")])
def test_a_quantity_that_is_not_whole_lots_is_refused(lot: float, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        Schedule(np.array([1.0])).in_lots(lot)


def test_a_plan_cannot_be_changed() -> None:
    given = np.array([1.0, 2.0])
    plan = Schedule(given)
    given[0] = 9.0
    assert plan.slices.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        plan.slices[0] = 9.0
