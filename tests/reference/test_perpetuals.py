"""§6 in numbers: published maintenance tiers and liquidation prices, and what a liquidation leaves."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.reference.market import Market
from tests.reference.perpetuals import liquidation_price, maintenance
from tests.reference.words import BUY, SELL, Bar, Costs, Fill, Name, Spec, Tier

HOUR = 3_600_000_000_000
PERPETUAL = ("x", "BTC/USDT:USDT")
RATES = [Fraction(text) for text in ("0.004", "0.005", "0.01", "0.025", "0.05", "0.1", "0.125", "0.15", "0.25", "0.5")]
FLOORS = [0, 50_000, 250_000, 10**6, 10**7, 2 * 10**7, 5 * 10**7, 10**8, 2 * 10**8, 3 * 10**8]
AMOUNTS = [0, 50, 1_300, 16_300, 266_300, 1_266_300, 2_516_300, 5_016_300, 25_016_300, 100_016_300]


def terms(**more: object) -> Spec:
    return Spec(PERPETUAL, 2, 3, 4, HOUR, perpetual=True, **more)  # type: ignore[arg-type]


class Once:
    """Sends one market order after the first close."""

    def __init__(self, side: int, quantity: int) -> None:
        self.side, self.quantity = side, quantity

    def on_wake(self, market: Market, ts_ns: int, fills: list[Fill], closed: list[Name]) -> None:
        if closed and ts_ns == HOUR:
            market.send(PERPETUAL, self.side, quantity=self.quantity)


def run(spec: Spec, rows: list[tuple[int, int, int, int]], trader: Once, **more: object) -> Market:
    bars = [Bar(i * HOUR, (i + 1) * HOUR, *(p * 100 for p in row), 10**9) for i, row in enumerate(rows)]
    market = Market([spec], {PERPETUAL: bars}, Costs(), 10_000 * 10**4, **more)  # type: ignore[arg-type]
    market.run(trader)
    return market


@pytest.mark.parametrize(("value", "margin"), [(264_000, 1_340), (500_000, 3_700), (50_000, 200), (50_001, "200.005")])
def test_maintenance_tiers(value: int, margin: object) -> None:
    """Oracle R6.6."""
    tiers = tuple(Tier(*row) for row in zip(FLOORS, RATES, map(Fraction, AMOUNTS), strict=True))
    assert maintenance(terms(tiers=tiers), Fraction(value)) == Fraction(str(margin))


@pytest.mark.parametrize("place", range(1, 10))
def test_maintenance_is_continuous_at_every_boundary(place: int) -> None:
    """Oracle R6.6: amount(n) = floor(n)·(rate(n) - rate(n-1)) + amount(n-1)."""
    assert AMOUNTS[place] == FLOORS[place] * (RATES[place] - RATES[place - 1]) + AMOUNTS[place - 1]


@pytest.mark.parametrize(("side", "price"), [(BUY, 19_700), (SELL, 20_300)])
def test_isolated_liquidation_price_with_maintenance_at_entry(side: int, price: int) -> None:
    """Oracle R6.7: 1 BTC at 20,000, 50x, 0.5 %: margin 400, maintenance 100."""
    spec = terms(leverage=Fraction(50), tiers=(Tier(0, Fraction(5, 1000)),))
    market = run(spec, [(20_000,) * 4, (20_000,) * 4], Once(side, 1000), maintenance_at="entry")
    assert market.account.positions[PERPETUAL].margin == 400 * 10**4
    assert liquidation_price(market, PERPETUAL) == price * 100


def test_liquidation_takes_from_its_price_and_returns_what_is_left() -> None:
    # long 1 at 20000 with 50x: safety(P) = 400 + P - 20000 - 0.005 P is 0 at 19698.49246…: first unit 19698.49
    spec = terms(leverage=Fraction(50), tiers=(Tier(0, Fraction(5, 1000)),), liquidation_fee=Fraction(1, 1000))
    market = run(spec, [(20_000,) * 4, (20_000, 20_000, 19_000, 19_500)], Once(BUY, 1000))
    assert [(fill.price, fill.reason) for fill in market.fills] == [(2_000_000, "signal"), (1_969_849, "liquidation")]
    # loses 301.51 and a fee of 19.69849, rounded up to 19.6985
    assert market.account.cash == (10_000 * 10**4) - 3_015_100 - 196_985
    assert market.account.positions[PERPETUAL].margin == 0


def test_insurance_pays_what_a_gap_takes_beyond_the_margin() -> None:
    spec = terms(leverage=Fraction(50), tiers=(Tier(0, Fraction(5, 1000)),))
    market = run(spec, [(20_000,) * 4, (20_000,) * 4, (15_000,) * 4], Once(BUY, 1000))
    assert [(fill.price, fill.at_open) for fill in market.fills] == [(2_000_000, True), (1_500_000, True)]
    assert [(event.kind, event.amount) for event in market.account_events] == [("insurance", 4_600 * 10**4)]
    assert market.account.cash == 9_600 * 10**4


def test_funding_is_paid_by_what_is_held_after_the_range_of_equal_time() -> None:
    """Oracle R6.8: mark notional × rate; longs pay when it is positive; what opens at that time pays nothing."""
    rows = [(20_000,) * 4, (20_000, 20_000, 20_000, 21_000), (21_000,) * 4]
    rate = Fraction(1, 10_000)
    market = run(terms(), rows, Once(BUY, 100), funding={PERPETUAL: [(HOUR, rate), (2 * HOUR, rate)]})
    assert [(event.ts_ns, event.amount) for event in market.account_events] == [
        (2 * HOUR, -2_100)
    ]  # 0.1 × 21000 × 1e-4


def test_cross_margin_counts_the_whole_account() -> None:
    # 10000 + P - 20000 - 0.005 P = 0 at 10050.25…
    spec = terms(leverage=Fraction(50), isolated=False, tiers=(Tier(0, Fraction(5, 1000)),))
    market = run(spec, [(20_000,) * 4, (20_000,) * 4], Once(BUY, 1000))
    assert liquidation_price(market, PERPETUAL) == 1_005_025
