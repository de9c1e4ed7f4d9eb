"""The account of one large order; that it cannot be overfilled is in tests/oracles/test_execution.py."""

from __future__ import annotations

import pytest

from tickwright.domain.errors import UsageError
from tickwright.execution.parent_order import ParentOrder


def test_a_child_gets_whole_lots_of_what_is_unsent() -> None:
    parent = ParentOrder(1.0, lot=0.3)
    assert parent.allowed(0.5) == 0.3
    assert parent.allowed(9.0) == 0.9


def test_tenths_add_up_to_one() -> None:
    parent = ParentOrder(1.0, lot=0.1)
    for child in range(10):
        parent.sent(child, parent.allowed(0.1))
        parent.told(child, 0.1)
    assert (parent.executed, parent.remaining, parent.is_done) == (1.0, 0.0, True)


def test_a_refused_child_gives_its_quantity_back() -> None:
    parent = ParentOrder(2.0, lot=1.0)
    parent.sent("a", 2.0)
    assert parent.unsent == 0.0
    parent.told("a", 0.0, ended=True)
    assert (parent.unsent, parent.working) == (2.0, 0.0)


def test_a_report_that_comes_twice_or_late_changes_nothing() -> None:
    parent = ParentOrder(3.0, lot=1.0)
    parent.sent("a", 3.0)
    for filled in (1.0, 2.0, 2.0, 1.0):
        parent.told("a", filled)
    assert (parent.executed, parent.working) == (2.0, 1.0)


def test_a_fill_after_the_end_is_believed() -> None:
    parent = ParentOrder(3.0, lot=1.0)
    parent.sent("a", 3.0)
    parent.told("a", 1.0, ended=True)
    parent.told("a", 2.0)
    assert (parent.executed, parent.working, parent.unsent) == (2.0, 0.0, 1.0)


def test_what_is_left_below_a_lot_is_done() -> None:
    parent = ParentOrder(1.0, lot=0.3)
    parent.sent("a", 0.9)
    assert not parent.is_done
    parent.told("a", 0.9)
    assert parent.is_done
    assert parent.allowed(1.0) == 0.0


def test_a_stopped_parent_waits_for_what_works_and_sends_nothing() -> None:
    parent = ParentOrder(3.0, lot=1.0)
    parent.sent("a", 1.0)
    parent.stop()
    assert (parent.allowed(1.0), parent.working, parent.remaining, parent.is_done) == (0.0, 1.0, 3.0, False)
    parent.told("a", 0.0, ended=True)
    assert parent.is_done


def test_an_iceberg_shows_no_more_than_it_may() -> None:
    parent = ParentOrder(10.0, lot=1.0)
    parent.sent("a", parent.allowed(10.0, display=4.0))
    assert parent.allowed(10.0, display=4.0) == 0.0
    parent.told("a", 3.0)
    assert parent.allowed(10.0, display=4.0) == 3.0


@pytest.mark.parametrize(
    ("quantity", "lot"), [(0.0, 1.0), (0.5, 1.0), (-1.0, 1.0), (float("nan"), 1.0), (1.0, 0.0), (1.0, float("nan"))]
)
def test_an_order_of_less_than_a_lot_is_refused(quantity: float, lot: float) -> None:
    with pytest.raises(UsageError, match="at least one lot"):
        ParentOrder(quantity, lot=lot)


def test_children_that_were_not_allowed_or_never_sent_are_refused() -> None:
    parent = ParentOrder(2.0, lot=1.0)
    parent.sent("a", 1.0)
    for child, quantity in (("a", 1.0), ("b", 2.0), ("b", 0.0)):
        with pytest.raises(UsageError, match="was sent"):
            parent.sent(child, quantity)
    with pytest.raises(UsageError, match="never sent"):
        parent.told("b", 1.0)
