"""Edges of the estimates; their numbers are in tests/oracles/test_execution.py."""

from __future__ import annotations

import pytest

from tickwright.domain.errors import UsageError
from tickwright.execution.market_impact import ImpactEstimate, IStar, almgren_2005_impact


def test_half_of_what_stays_is_paid() -> None:
    assert ImpactEstimate(permanent=0.002, temporary=0.003).realised == 0.004


def test_nothing_traded_moves_nothing() -> None:
    none = almgren_2005_impact(0.0, 0.1, daily_volatility=0.02, turnover_days=100)
    assert (none.permanent, none.temporary) == (0.0, 0.0)


@pytest.mark.parametrize("name", ["duration", "daily_volatility", "turnover_days"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_impossible_numbers_are_refused_by_name(name: str, value: float) -> None:
    numbers = {"duration": 0.1, "daily_volatility": 0.02, "turnover_days": 100.0} | {name: value}
    with pytest.raises(UsageError, match=name):
        almgren_2005_impact(0.1, numbers.pop("duration"), **numbers)


def test_coefficients_that_are_none_and_participation_beyond_the_whole_are_refused() -> None:
    with pytest.raises(UsageError, match="coefficients"):
        IStar(a1=1, a2=1, a3=1, a4=1, b1=1.5)
    model = IStar(a1=1, a2=1, a3=1, a4=1, b1=1)
    for participation in (0.0, 1.5):
        with pytest.raises(UsageError, match="participation"):
            model.cost(0.1, 0.5, participation)
