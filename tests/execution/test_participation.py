"""Bad input of following the volume; its law is in tests/oracles/test_execution.py."""

from __future__ import annotations

import pytest

from tickwright.domain.errors import UsageError
from tickwright.execution.participation import participation_allowance


def test_who_is_ahead_of_the_market_waits() -> None:
    assert participation_allowance(0.1, 100.0, 50.0) == 0.0


@pytest.mark.parametrize(
    ("rate", "volume", "executed"), [(0.0, 1, 0), (1.0, 1, 0), (float("nan"), 1, 0), (0.1, -1, 0), (0.1, 1, -1)]
)
def test_impossible_numbers_are_refused(rate: float, volume: float, executed: float) -> None:
    with pytest.raises(UsageError, match="participation_allowance"):
        participation_allowance(rate, volume, executed)
