"""§3 in numbers, the published square-root law among them."""

from fractions import Fraction
from math import log, sqrt

import pytest

from tests.reference.cost_models import (
    bars_closed_in_window,
    daily_volatility,
    impact_fraction,
    open_budget,
    price_of_taking,
    range_budget,
)
from tests.reference.words import BUY, DAY_NS, SELL, UNLIMITED, Bar, Costs, Spec

DAILY = Spec(("x", "A/Q"), 2, 0, 2, DAY_NS)


def day(place: int, close: int, volume: int = 1000) -> Bar:
    return Bar(place * DAY_NS, (place + 1) * DAY_NS, close, close, close, close, volume)


def with_volatility(sigma: float, volume: int = 1_000_000) -> list[Bar]:
    """Two closes whose log return is sigma (to 1e-9)."""
    return [day(0, 10**12, volume), day(1, round(10**12 * (1 + sigma + sigma**2 / 2 + sigma**3 / 6)), volume)]


def test_windows_are_open_at_their_start_and_closed_at_their_end() -> None:
    history = [day(0, 1), day(1, 2), day(2, 3)]
    assert bars_closed_in_window(history, 3 * DAY_NS, 2 * DAY_NS) == history[1:]
    assert bars_closed_in_window(history, 2 * DAY_NS, 2 * DAY_NS) == history[:2]


def test_open_budget_is_a_share_of_the_mean_closed_volume_in_lots() -> None:
    costs = Costs(participation=Fraction(1, 10))
    assert open_budget(costs, DAILY, [day(0, 1, 100), day(1, 1, 151)], 2 * DAY_NS, lot=5) == 10  # 12.55
    assert open_budget(costs, DAILY, [], 0, lot=5) == UNLIMITED


def test_range_budget_is_a_share_of_this_bar_less_what_open_used() -> None:
    costs = Costs(participation=Fraction(1, 10))
    assert range_budget(costs, DAILY, day(0, 1, 100), used_at_open=4, lot=1) == 6
    assert range_budget(costs, DAILY, day(0, 1, 100), used_at_open=11, lot=1) == 0


def test_volatility_is_the_root_mean_square_of_log_returns_without_removing_the_mean() -> None:
    closes = [day(0, 100), day(1, 110), day(2, 110)]
    assert daily_volatility(closes, 24.0) == pytest.approx(sqrt(log(1.1) ** 2 / 2 * 24))


@pytest.mark.parametrize(("share", "average_bp"), [(0.001, 8.433), (0.01, 26.667), (0.1, 84.327)])
def test_square_root_law_pays_two_thirds_of_its_peak(share: float, average_bp: float) -> None:
    """Oracle R1.5: Y = 1, daily volatility 4 %."""
    piece = round(share * 1_000_000)
    paid = impact_fraction(Costs(impact="sqrt"), DAILY, with_volatility(0.04), BUY, 0, piece, 0)
    assert paid * 1e4 == pytest.approx(average_bp, abs=5e-4)


def test_slicing_an_order_cannot_make_it_cheaper() -> None:
    closed = with_volatility(0.04)
    costs = Costs(impact="sqrt")
    whole = impact_fraction(costs, DAILY, closed, BUY, 0, 1000, 0) * 1000
    pieces = sum(impact_fraction(costs, DAILY, closed, BUY, 250 * k, 250, 0) * 250 for k in range(4))
    assert pieces == pytest.approx(whole, rel=1e-12)


def test_linear_impact_is_the_middle_of_the_piece() -> None:
    costs = Costs(impact="linear", prefactor=2.0)
    closed = with_volatility(0.04)
    assert impact_fraction(costs, DAILY, closed, BUY, 100, 50, 0) == pytest.approx(2 * 0.04 * 125 / 1e6, rel=1e-5)


def test_permanent_part_helps_the_other_side() -> None:
    costs, closed = Costs(impact="linear", prefactor=0.0, permanent=1.0), with_volatility(0.04)
    bought = impact_fraction(costs, DAILY, closed, BUY, 0, 1, net=1000)
    sold = impact_fraction(costs, DAILY, closed, SELL, 0, 1, net=1000)
    assert bought == pytest.approx(4e-5, rel=1e-5)
    assert sold == -bought


def test_fewer_than_two_closes_or_no_volume_cost_no_impact() -> None:
    assert impact_fraction(Costs(impact="sqrt"), DAILY, [day(0, 1)], BUY, 0, 5, 0) == 0.0
    silent = [day(0, 100, 0), day(1, 110, 0)]
    assert impact_fraction(Costs(impact="sqrt"), DAILY, silent, BUY, 0, 5, 0) == 0.0


def test_latency_costs_the_square_root_of_its_share_of_a_day() -> None:
    costs = Costs(latency_days=0.25)
    assert impact_fraction(costs, DAILY, with_volatility(0.04), BUY, 0, 5, 0) == pytest.approx(0.02, rel=1e-5)


def test_price_of_taking_sums_integers_and_rounds_once() -> None:
    costs = Costs(spread=Fraction(1, 100), slippage=Fraction(1, 1000))
    assert price_of_taking(costs, BUY, 10_000, 0.0001) == 10_061
    assert price_of_taking(costs, SELL, 10_000, 0.0001) == 9_939
