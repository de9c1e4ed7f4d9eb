"""What a taker pays, with every expected value worked out in the open."""

from __future__ import annotations

import math

import numba
import pytest

from tickwright.kernel import prices
from tickwright.kernel.arithmetic import OVERFLOW


def compiled(rule):  # type: ignore[no-untyped-def]
    """A rule called from compiled code: rules have no Python face of their own."""
    return numba.njit(rule.py_func)


def test_a_taker_buys_at_the_ceiling_and_sells_at_the_floor() -> None:
    price = compiled(prices.taker_price)
    # 1000 units, 1 bp: 1000.1 rounds to 1001 for a buy and 999.9 to 999 for a sell
    assert (price(1_000, 100_000, 1), price(1_000, 100_000, -1)) == (1_001, 999)
    assert (price(1_000, 0, 1), price(1_000, 0, -1)) == (1_000, 1_000)


def test_a_price_is_never_below_one_unit() -> None:
    assert compiled(prices.taker_price)(1, 999_999_999, -1) == 1
    assert compiled(prices.taker_price)(5, 3_000_000_000, -1) == 1


def test_notional_rounds_up_when_we_pay_and_down_when_we_receive() -> None:
    notional = compiled(prices.notional_of)
    # 7 price units × 3 quantity units / 2 = 10.5 money units
    assert (notional(7, 3, 2, 1), notional(7, 3, 2, -1)) == (11, 10)


def test_a_notional_that_does_not_fit_is_named_not_wrapped() -> None:
    assert compiled(prices.notional_of)(2**62, 2**62, 1, 1) == OVERFLOW


def test_fees_round_up_and_rebates_towards_zero() -> None:
    fee = compiled(prices.fee_rounded_up)
    # 10 bp of 1001 units is 1.001: 2 paid, 1 returned
    assert (fee(1_001, 1_000_000), fee(1_001, -1_000_000), fee(0, 1_000_000)) == (2, -1, 0)


def test_a_spread_from_volatility_is_its_share_rounded_up_and_at_least_the_fixed_one() -> None:
    widened = compiled(prices.widened)
    # 0.005 · 4 % = 2 bp, half of it 1 bp = 100,000 ppb; 3e-9 / 2 is 1.5 ppb, which rounds up
    assert (widened(50_000, 0.005, 0.04), widened(200_000, 0.005, 0.04), widened(0, 1.0, 3e-9)) == (100_000, 200_000, 2)


@pytest.mark.parametrize(
    ("share", "basis_points"), [(0.001, 8.433), (0.01, 26.667), (0.1, 84.327)], ids=["0.1%", "1%", "10%"]
)
def test_square_root_impact_pays_two_thirds_of_the_published_peak(share: float, basis_points: float) -> None:
    # Y = 1, σ = 4 % a day: the peak is σ·√(Q/V), the average along the path two thirds of it
    average = compiled(prices.square_root_impact)(1.0, 0.04, 1_000.0, 0.0, 1_000.0 * share)
    assert average * 1e4 == pytest.approx(basis_points, abs=5e-4)


def test_slicing_an_order_cannot_make_it_cheaper() -> None:
    impact = compiled(prices.square_root_impact)
    whole = impact(1.0, 0.04, 1_000.0, 0.0, 50.0) * 50.0
    sliced = sum(impact(1.0, 0.04, 1_000.0, 5.0 * place, 5.0) * 5.0 for place in range(10))
    assert sliced == pytest.approx(whole, rel=1e-12)


def test_linear_impact_is_the_average_along_its_path() -> None:
    # Y·σ·(Q + q/2)/V = 1 × 0.04 × (30 + 5)/1000
    assert compiled(prices.linear_impact)(1.0, 0.04, 1_000.0, 30.0, 10.0) == pytest.approx(0.0014, rel=1e-15)


def test_permanent_impact_hurts_on_and_helps_against_our_own_side() -> None:
    permanent = compiled(prices.permanent_impact)
    assert permanent(0.5, 0.04, 1_000.0, 1, 20.0) == -permanent(0.5, 0.04, 1_000.0, -1, 20.0) > 0
    assert math.isclose(permanent(0.5, 0.04, 1_000.0, 1, 20.0), 0.5 * 0.04 * 20 / 1_000)
