"""Slices like the volume."""

from __future__ import annotations

import pytest

from tickwright.domain.errors import UsageError
from tickwright.execution.vwap import vwap_schedule


def test_an_hour_without_volume_gets_nothing() -> None:
    assert vwap_schedule(4.0, [1, 0, 3]).slices.tolist() == [1.0, 0.0, 3.0]


@pytest.mark.parametrize("curve", [[], [0.0, 0.0], [1.0, -1.0], [1.0, float("nan")], [[1.0], [2.0]]])
def test_what_is_no_volume_curve_is_refused(curve: list[float]) -> None:
    with pytest.raises(UsageError, match="vwap_schedule"):
        vwap_schedule(1.0, curve)
