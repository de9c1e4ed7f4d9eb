"""Equal slices."""

from __future__ import annotations

import pytest

from tickwright.domain.errors import UsageError
from tickwright.execution.twap import twap_schedule


def test_slices_are_equal_to_the_last_bit() -> None:
    assert len(set(twap_schedule(1.0, 7).slices.tolist())) == 1


@pytest.mark.parametrize(("quantity", "slices"), [(0.0, 3), (-1.0, 3), (float("nan"), 3), (float("inf"), 3), (1.0, 0)])
def test_an_order_of_nothing_or_in_no_slices_is_refused(quantity: float, slices: int) -> None:
    with pytest.raises(UsageError, match="twap_schedule"):
        twap_schedule(quantity, slices)
