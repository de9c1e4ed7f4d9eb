"""The cost model: rates in parts per billion, rounded against us, and only numbers that make sense."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tickwright.domain.costs import CostModel
from tickwright.domain.errors import SettingsError


def test_the_defaults_are_a_basis_point_of_spread_square_root_impact_and_a_tenth_of_the_volume() -> None:
    model = CostModel()
    assert (model.half_spread_ppb, model.slippage_ppb, model.impact, model.impact_y) == (50_000, 0, "sqrt", 1.0)
    assert (model.participation_ppb, model.taker_fee_ppb) == (100_000_000, None)


def test_half_a_spread_is_rounded_up_to_a_whole_part_per_billion() -> None:
    assert CostModel.of(spread=Decimal("0.000000003")).half_spread_ppb == 2


def test_one_fee_serves_both_sides_unless_one_is_named() -> None:
    model = CostModel.of(fee="0.001", maker_fee="-0.0001")
    assert (model.maker_fee_ppb, model.taker_fee_ppb) == (-100_000, 1_000_000)


def test_a_free_model_has_no_cost_and_no_cap() -> None:
    model = CostModel.free()
    assert (model.taker_fee_ppb, model.half_spread_ppb, model.impact, model.participation_ppb) == (0, 0, "none", None)


@pytest.mark.parametrize(
    ("rates", "named"),
    [
        ({"fee": "-0.001"}, "taker_fee"),
        ({"fee": "0.6"}, "fee"),
        ({"spread": "nan"}, "spread"),
        ({"spread": "-0.001"}, "half_spread"),
        ({"slippage": "tiny"}, "slippage"),
        ({"spread_volatility": 1.5}, "spread_volatility"),
        ({"spread_volatility": float("nan")}, "spread_volatility"),
        ({"slippage": "0.00000000001"}, "slippage"),
        ({"max_participation": "0"}, "max_participation"),
        ({"max_participation": "1.1"}, "max_participation"),
        ({"impact": "cubic"}, "impact"),
        ({"impact_y": float("nan")}, "impact_y"),
        ({"latency_ns": -1}, "latency"),
    ],
)
def test_a_rate_that_makes_no_sense_is_named(rates: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        CostModel.of(**rates)  # type: ignore[arg-type]
