"""Bad input of the best trade of cost against risk; its numbers are in tests/oracles/test_execution.py."""

from __future__ import annotations

import pytest

from tickwright.domain.errors import UsageError
from tickwright.execution.almgren_chriss import LinearImpact, almgren_chriss_schedule

MARKET = LinearImpact(volatility=1.0, half_spread=0.1, permanent=1e-6, temporary=1e-5)


@pytest.mark.parametrize("name", ["volatility", "half_spread", "permanent", "temporary"])
@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_a_market_of_impossible_numbers_is_refused_by_name(name: str, value: float) -> None:
    numbers = {"volatility": 1.0, "half_spread": 0.1, "permanent": 1e-6, "temporary": 1e-5} | {name: value}
    with pytest.raises(UsageError, match=name):
        LinearImpact(**numbers)


@pytest.mark.parametrize(
    ("duration", "aversion"), [(0.0, 1.0), (-1.0, 1.0), (float("inf"), 1.0), (1.0, -1.0), (1.0, float("nan"))]
)
def test_an_impossible_duration_or_aversion_is_refused(duration: float, aversion: float) -> None:
    with pytest.raises(UsageError, match="almgren_chriss_schedule"):
        almgren_chriss_schedule(1.0, 5, duration, MARKET, risk_aversion=aversion)


def test_without_volatility_there_is_no_haste() -> None:
    calm = LinearImpact(volatility=0.0, half_spread=0.1, permanent=1e-6, temporary=1e-5)
    assert almgren_chriss_schedule(10.0, 5, 1.0, calm, risk_aversion=1.0).slices.tolist() == [2.0] * 5


def test_the_rule_of_thumb_gives_the_numbers_of_the_paper() -> None:
    """A share of 50 with a spread of an eighth, 5 million a day and 30 % a year: the paper's example."""
    market = LinearImpact.of_market(price=50, spread=0.0025, daily_volume=5e6, daily_volatility=0.019)
    assert market.volatility == pytest.approx(0.95)
    assert market.half_spread == pytest.approx(0.0625)
    assert market.permanent == pytest.approx(2.5e-7)
    assert market.temporary == pytest.approx(2.5e-6)
