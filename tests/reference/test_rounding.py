"""§1 in numbers."""

from fractions import Fraction

from tests.reference.rounding import (
    away_from_market,
    fee_up,
    notional_paid,
    notional_received,
    parts_per_billion_up,
    passive,
    taker_price,
    whole_lots,
)
from tests.reference.words import BUY, SELL, Spec

CENTS = Spec(("x", "A/Q"), price_scale=2, quantity_scale=3, money_scale=2, timeframe_ns=1)


def test_half_spread_rounds_up_to_parts_per_billion() -> None:
    assert parts_per_billion_up(Fraction(1, 3_000_000_000) / 2) == 1


def test_taker_price_rounds_against_us_and_stays_above_zero() -> None:
    assert taker_price(BUY, 1000, 1) == 1001  # 1000.000001
    assert taker_price(SELL, 1000, 1) == 999
    assert taker_price(SELL, 1, 500_000_000) == 1


def test_notional_rounds_up_when_we_pay_and_down_when_we_receive() -> None:
    # 0.001 A at 0.99 is 0.00099 Q: one cent to pay, nothing to receive
    assert notional_paid(CENTS, 99, 1) == 1
    assert notional_received(CENTS, 99, 1) == 0


def test_fee_is_taken_from_the_rounded_notional_and_rounds_up() -> None:
    assert fee_up(1001, Fraction(1, 1000)) == 2
    assert fee_up(1000, Fraction(1, 1000)) == 1


def test_limits_round_passively_and_stops_away_from_the_market() -> None:
    assert (passive(BUY, 107, 10), passive(SELL, 107, 10)) == (100, 110)
    assert (away_from_market(BUY, 107, 10), away_from_market(SELL, 107, 10)) == (110, 100)


def test_quantities_round_down_to_lots() -> None:
    assert (whole_lots(29, 10), whole_lots(-1, 10), whole_lots(Fraction(299, 10), 10)) == (20, 0, 20)
