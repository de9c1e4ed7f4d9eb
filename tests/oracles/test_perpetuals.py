"""Oracles R6.6 to R6.8 and R6.10 on perpetuals: tiers, liquidation prices and funding as exchanges publish them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from tests.oracles.running import FREE, run_perpetual
from tests.oracles.simulated import START_NS, bars_of_closes, normals
from tickwright.domain.costs import CostModel
from tickwright.domain.margin import Margin, maintenance_tiers
from tickwright.domain.market import Funding
from tickwright.domain.records import Reason
from tickwright.domain.run import RunResult
from tickwright.strategy_api.strategy import Strategy

BITCOIN = [
    (0, "0.004"), (50_000, "0.005"), (250_000, "0.01"), (1_000_000, "0.025"), (10_000_000, "0.05"),
    (20_000_000, "0.1"), (50_000_000, "0.125"), (100_000_000, "0.15"), (200_000_000, "0.25"), (300_000_000, "0.5"),
]  # fmt: skip
AMOUNTS = [0, 50, 1_300, 16_300, 266_300, 1_266_300, 2_516_300, 5_016_300, 25_016_300, 100_016_300]
HOUR_NS = 3_600_000_000_000


def held(side: int, quantity: float) -> type[Strategy]:
    """Opens one position at the second bar's open."""

    class Held(Strategy):
        """Buys or sells once."""

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            if bar.open_time_ns == START_NS:
                (ctx.buy if side > 0 else ctx.sell)(qty=quantity)

    return Held


def fall_from(price: float, side: int, **terms: object) -> RunResult:
    """One unit of a position whose market then moves by four fifths against it, inside one bar."""
    quantity = float(str(terms.pop("quantity", 1.0)))
    closes = [price, price, price, price * (1 - 0.8 * side)]
    return run_perpetual(held(side, quantity), bars_of_closes(closes, scale=2), mode="event", **terms)


def test_amounts_make_the_published_brackets_continuous() -> None:
    """R6.6: published anchors are 264,000 at 1 % and 500,000 with an amount of 1,300."""
    tiers = maintenance_tiers(BITCOIN)
    assert [int(tier.amount) for tier in tiers] == AMOUNTS
    needed = {value: max(value * tier.rate - tier.amount for tier in tiers) for value in (264_000, 500_000)}
    assert needed == {264_000: Decimal(1_340), 500_000: Decimal(3_700)}


@pytest.mark.parametrize("side", [1, -1], ids=["long", "short"])
@pytest.mark.parametrize("quantity", [1.0, 3.0, 20.0, 400.0, 2_000.0])
def test_a_cross_position_is_liquidated_at_the_published_price(side: int, quantity: float) -> None:
    """R6.6: LP = (WB + cum - side·q·EP) / (q·rate - side·q), with the bracket of the notional at LP."""
    entry, wallet = 40_000, Decimal(int(quantity * 8_000))
    result = fall_from(
        entry, side, quantity=quantity, cash=str(wallet), margin=Margin(Decimal(20), "cross"),
        tiers=maintenance_tiers(BITCOIN),
    )  # fmt: skip
    price = result.fills[1]["reference_price"] / 10 ** result.price_scales[0]
    assert result.fills[1]["reason"] == Reason.LIQUIDATION
    size = Fraction(quantity)
    prices = []
    for tier in maintenance_tiers(BITCOIN):
        rate, amount = Fraction(tier.rate), Fraction(tier.amount)
        found = (Fraction(wallet) + amount - side * size * entry) / (size * rate - side * size)
        highest = [other.notional_above for other in maintenance_tiers(BITCOIN) if other.notional_above < size * found]
        if found > 0 and highest and highest[-1] == tier.notional_above:
            prices.append(float(found))
    assert prices == [pytest.approx(price, abs=0.011)]


@pytest.mark.parametrize(("side", "expected"), [(1, 19_700), (-1, 20_300)])
def test_isolated_liquidation_price_of_the_help_centre(side: int, expected: int) -> None:
    """R6.7: 1 BTC at 20,000 with 50x and 0.5 %: 20,000 - (400 - 100)."""
    result = fall_from(
        20_000, side, margin=Margin(Decimal(50)), costs=MAINTAINED_AT_ENTRY, tiers=maintenance_tiers([(0, "0.005")])
    )
    assert result.fills[1]["reference_price"] / 10 ** result.price_scales[0] == expected


def test_with_three_thousand_more_behind_it_the_price_is_three_thousand_lower() -> None:
    """R6.7: 16,700 where 3,400 stand behind the position, as they do under cross margin."""
    result = fall_from(
        20_000, 1, margin=Margin(Decimal(50), "cross"), cash="3400", costs=MAINTAINED_AT_ENTRY,
        tiers=maintenance_tiers([(0, "0.005")]),
    )  # fmt: skip
    assert result.fills[1]["reference_price"] / 10 ** result.price_scales[0] == 16_700


MAINTAINED_AT_ENTRY = CostModel.of(fee=0, spread=0, impact="none", max_participation=None, maintenance_at="entry")


def every_eight_hours(rate_ppb: int, hours: int) -> Funding:
    """One rate at 08:00, 16:00 and 00:00."""
    times = START_NS + np.arange(8, hours + 1, 8, dtype=np.int64) * HOUR_NS
    return Funding(times, np.full(len(times), rate_ppb, np.int64))


def test_a_hundredth_of_a_per_cent_three_times_a_day_is_eleven_per_cent_a_year() -> None:
    """R6.8: 0.01 % per eight hours of a constant notional is 10.95 % in 365 days; longs pay it."""
    hours = 365 * 24
    bars = bars_of_closes(np.full(hours, 1_000.0), scale=2)
    result = run_perpetual(
        held(1, 100.0), bars, mode="event", cash="200000", margin=Margin(), funding=every_eight_hours(100_000, hours)
    )
    assert len(result.account_events) == 365 * 3
    paid = -float(result.money(result.account_events["amount"].astype(np.int64)).sum())
    assert paid == pytest.approx(0.1095 * 100_000, rel=1e-12)


def test_what_longs_pay_shorts_receive() -> None:
    """R6.8: over all traders funding adds up to zero; here to what rounding keeps."""
    closes = 1_000 * np.exp(np.cumsum(0.01 * normals(400, 7)))
    bars, funding = bars_of_closes(closes, scale=4), every_eight_hours(123_456, 400)
    amounts = []
    for side in (1, -1):
        result = run_perpetual(held(side, 3.333), bars, mode="event", margin=Margin(), funding=funding)
        amounts.append(result.account_events["amount"].astype(np.int64))
    payments = len(funding.ts_ns)
    assert len(amounts[0]) == len(amounts[1]) == payments
    assert ((amounts[0] + amounts[1] <= 0) & (amounts[0] + amounts[1] >= -1)).all()
    notional = 3.333 * np.asarray(bars.prices("close"))[7::8][:payments]
    np.testing.assert_allclose(-amounts[0] / 1e8, notional * 123_456e-9, atol=2e-8)


def test_a_long_and_an_equal_short_lose_their_costs_together() -> None:
    """R6.10: the price moves from one to the other; what is missing is fees, spread and rounding."""
    closes = 1_000 * np.exp(np.cumsum(0.01 * normals(200, 8)))
    costs = CostModel.of(fee="0.001", spread="0.001", impact="none", max_participation=None)
    results = [
        run_perpetual(held(side, 2.5), bars_of_closes(closes, scale=4), mode="event", costs=costs, margin=Margin())
        for side in (1, -1)
    ]
    lost = sum(result.initial_cash - result.equity for result in results)
    fills = [result.fills[0] for result in results]
    paid = sum(int(fill["fee"] + fill["spread_cost"]) for fill in fills)
    np.testing.assert_allclose(lost[2:], np.full(len(lost) - 2, paid), atol=4)


@pytest.mark.parametrize("seed", range(3))
def test_equity_is_cash_plus_what_positions_have_gained(seed: int) -> None:
    """R6.10: wallet and unrealised profit; each change of equity is position times change of price less fees."""
    closes = 1_000 * np.exp(np.cumsum(0.02 * normals(150, seed)))
    draw = np.random.Generator(np.random.PCG64(seed))
    sides: Sequence[float] = np.repeat(draw.choice([-0.9, 0.0, 0.9], 30), 5).tolist()

    class Sides(Strategy):
        """Turns now and then."""

        def targets(self, bars, ind):  # type: ignore[no-untyped-def]
            return np.array(sides)

    costs = CostModel.of(fee="0.0005", spread=0, impact="none", max_participation=None)
    bars = bars_of_closes(closes, scale=4)
    result = run_perpetual(Sides, bars, costs=costs, margin=Margin())
    signed = result.fills["side"].astype(np.int64) * result.fills["quantity"]
    places = np.searchsorted(result.equity_ts_ns, result.fills["ts_ns"]) + 1
    position, fees = np.zeros(151), np.zeros(151)
    np.add.at(position, places, signed / 10.0 ** result.quantity_scales[0])
    np.add.at(fees, places, result.fills["fee"] / 1e8)
    held_in = np.cumsum(position)[:150]
    expected = held_in[1:] * np.diff(bars.prices("close")) - fees[1:150]
    np.testing.assert_allclose(np.diff(result.money(result.equity)), expected, atol=1e-6)
    assert FREE.participation_ppb is None
