"""Edges of the plan for a book that refills; its numbers are in tests/oracles/test_execution.py."""

from __future__ import annotations

import pytest

from tickwright.domain.errors import UsageError
from tickwright.execution.obizhaeva_wang import obizhaeva_wang_cost, obizhaeva_wang_schedule
from tickwright.execution.twap import twap_schedule


def test_one_trade_takes_it_all() -> None:
    assert obizhaeva_wang_schedule(7.0, 1, 2.0).slices.tolist() == [7.0]


def test_a_book_that_never_refills_costs_the_same_however_it_is_traded() -> None:
    """The push of everything before stays, so the whole is X² / 2q."""
    for plan in (
        twap_schedule(100.0, 7),
        obizhaeva_wang_schedule(100.0, 7, 0.0),
        obizhaeva_wang_schedule(100.0, 1, 0.0),
    ):
        assert obizhaeva_wang_cost(plan, 50.0, 0.0) == pytest.approx(100.0)


def test_a_book_that_refills_at_once_is_met_in_equal_slices() -> None:
    assert obizhaeva_wang_schedule(6.0, 3, 1e6).slices.tolist() == pytest.approx([2.0] * 3)


@pytest.mark.parametrize("resilience", [-1.0, float("nan"), float("inf")])
def test_an_impossible_resilience_is_refused(resilience: float) -> None:
    with pytest.raises(UsageError, match="resilience"):
        obizhaeva_wang_schedule(1.0, 5, resilience)


def test_a_book_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="density"):
        obizhaeva_wang_cost(twap_schedule(1.0, 2), 0.0, 1.0)
