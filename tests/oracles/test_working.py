"""Oracle R1.9: identities of every way to work a large order, in arithmetic and in the simulated market."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.running import run_schedule, run_strategy
from tests.oracles.simulated import START_NS, bars_of_closes, normals
from tickwright.domain.bars import Bars
from tickwright.domain.costs import CostModel
from tickwright.execution import ParentOrder, participation_allowance, twap_schedule, vwap_schedule
from tickwright.strategy_api.strategy import Strategy


@settings(max_examples=60)
@given(
    st.integers(1, 10**7), st.lists(st.floats(0.0, 1e6), min_size=1, max_size=50).filter(lambda curve: sum(curve) > 1)
)
def test_slices_follow_the_line_or_the_volume_to_a_lot(lots: int, curve: list[float]) -> None:
    """R1.9: TWAP stays within a lot of the straight line, VWAP of the volume curve, at every slice's end."""
    share = np.cumsum(curve) / np.sum(curve)
    time = np.arange(1, len(curve) + 1) / len(curve)
    for plan, wanted in ((twap_schedule(lots, len(curve)), time), (vwap_schedule(lots, curve), share)):
        sent = np.cumsum(plan.in_lots(1.0))
        assert int(sent[-1]) == lots
        assert (np.abs(sent - lots * wanted) <= 1).all()


def uneven_bars() -> Bars:
    """Hourly bars that trade more at some hours than at others."""
    bars = bars_of_closes(100 * np.exp(np.cumsum(0.01 * normals(40, 3))), scale=9)
    volumes = np.random.Generator(np.random.PCG64(4)).integers(10_000, 3_000_000, 40)
    return replace(bars, volume=volumes.astype(np.int64))


def test_slices_like_the_volume_pay_the_markets_own_average() -> None:
    """R1.9: where the market trades as the curve says and our orders move nothing, to 1e-9."""
    bars = uneven_bars()
    volume = bars.volume[6:26] / 1e3  # what is sent at a close is filled at the next bar's open
    fills = run_schedule(vwap_schedule(float(volume.sum()) / 100, volume), bars, CostModel.free())
    assert len(fills) == 20
    paid = float((fills["price"].astype(float) * fills["quantity"]).sum() / fills["quantity"].sum()) / 1e9
    own = float((bars.prices("open")[6:26] * volume).sum() / volume.sum())
    assert paid == pytest.approx(own, rel=1e-9)


@settings(max_examples=60)
@given(st.floats(0.01, 0.9), st.lists(st.floats(0.0, 1e5), min_size=1, max_size=40), st.booleans())
def test_participation_never_exceeds_its_share(rate: float, volumes: list[float], own_counts: bool) -> None:
    """R1.9: executed ≤ r · market volume at every time, our own volume in it or not; and it does use its share."""
    others = executed = 0.0
    for volume in volumes:
        others += volume
        executed += participation_allowance(rate, others, executed, own_counts=own_counts)
        market = others + executed if own_counts else others
        assert executed <= rate * market * (1 + 1e-12)
        assert executed == pytest.approx(rate * market, rel=1e-9)


@settings(max_examples=120)
@given(st.integers(1, 500), st.one_of(st.none(), st.integers(1, 50)), st.integers(0, 2**32 - 1))
def test_a_parent_order_is_never_overfilled(lots: int, display: int | None, seed: int) -> None:
    """R1.9: partial fills, refusals, repeated and stale reports in any order; stopped at any time it still adds up."""
    draw = np.random.Generator(np.random.PCG64(seed))
    parent, venue = ParentOrder(lots * 0.01, lot=0.01), {}  # by child: lots asked, filled, ended, reports so far
    for step in range(60):
        wanted = parent.allowed(float(draw.integers(1, 80)) * 0.01, display=None if display is None else display * 0.01)
        if wanted and draw.random() < 0.6:
            parent.sent(step, wanted)
            venue[step] = {"asked": round(wanted / 0.01), "filled": 0, "told": [(0, False)]}
        if display is not None:
            assert round(parent.working / 0.01) <= display
        for child, order in venue.items():
            if draw.random() < 0.3 and not order["told"][-1][1]:
                order["filled"] += int(draw.integers(0, order["asked"] - order["filled"] + 1))
                ended = order["filled"] == order["asked"] or draw.random() < 0.2
                order["told"].append((order["filled"], bool(ended)))
                parent.told(child, order["filled"] * 0.01, ended=bool(ended))
            if draw.random() < 0.3:  # an acknowledgement comes again, perhaps an old one
                filled, ended = order["told"][int(draw.integers(0, len(order["told"])))]
                parent.told(child, filled * 0.01, ended=ended)
        if draw.random() < 0.02:
            parent.stop()
            assert parent.unsent == 0
        executed = sum(order["filled"] for order in venue.values())
        assert executed <= lots
        assert round(parent.executed / 0.01) == executed
        assert parent.executed + parent.remaining == pytest.approx(lots * 0.01, rel=1e-12)
        open_lots = sum(order["asked"] - order["filled"] for order in venue.values() if not order["told"][-1][1])
        assert round(parent.working / 0.01) == open_lots


def test_an_iceberg_refills_behind_whoever_came_meanwhile() -> None:
    """R1.9: in the market each refill is an order of its own, younger than what rested before it."""

    class Iceberg(Strategy):
        """Shows 10 of 30 at 99; another order of ours stands in for the rest of the book."""

        def on_start(self, ctx):  # type: ignore[no-untyped-def]
            self.parent, self.filled = ParentOrder(30.0, lot=ctx.lot), Counter()

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            if bar.open_time_ns == START_NS:
                self.show(ctx)
                ctx.buy(qty=25, limit=99, tag="other")

        def on_fill(self, ctx, fill):  # type: ignore[no-untyped-def]
            if fill.tag == "iceberg":
                self.filled[fill.order_id] += fill.qty
                self.parent.told(fill.order_id, self.filled[fill.order_id])
                self.show(ctx)

        def show(self, ctx):  # type: ignore[no-untyped-def]
            quantity = self.parent.allowed(30.0, display=10.0)
            if quantity:
                order = ctx.buy(qty=quantity, limit=99, tag="iceberg")
                self.parent.sent(order.id, order.qty)

    bars = bars_of_closes(np.full(9, 100.0), volume=150.0)
    low = np.full(9, round(98.5 * 1e6), np.int64)
    low[0] = bars.low[0]
    bars = replace(bars, low=low)
    costs = CostModel.of(fee=0, spread=0, impact="none", max_participation="0.1")
    result = run_strategy(Iceberg, bars, costs=costs, mode="event", cash="100000")
    told = [(result.tags[fill["tag"]], fill["quantity"] / 1e8) for fill in result.fills]
    # 15 a bar; shown at the close of the bar that filled, each refill stands behind the other order
    assert told[:3] == [("iceberg", 10.0), ("other", 5.0), ("other", 15.0)]
    assert told[3:] == [("other", 5.0), ("iceberg", 10.0), ("iceberg", 10.0)]


def test_a_plan_that_the_cap_holds_back_is_never_overfilled() -> None:
    """R1.9, through the market: slices beyond the cap fill in part, the rest is sent again, and the total is exact."""

    class Plan(Strategy):
        """Catches up with ten equal slices; what a bar's volume does not allow ends unfilled."""

        def on_start(self, ctx):  # type: ignore[no-untyped-def]
            self.parent, self.plan = ParentOrder(25.0, lot=ctx.lot), twap_schedule(25.0, 10)
            self.sent, self.begun = [], 0

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            for order in self.sent:
                self.parent.told(order.id, order.filled, ended=not order.is_open)
            self.begun += 1
            quantity = self.parent.allowed(self.plan.due(self.begun) - self.parent.executed - self.parent.working)
            if quantity:
                self.sent.append(ctx.buy(qty=quantity, tif="ioc"))
                self.parent.sent(self.sent[-1].id, self.sent[-1].qty)

    volumes = np.array([20, 20, 30, 3, 5, 80, 10, 12, 0, 9, 50, 4, 7, 90, 90, 90, 90, 90]) * 1000
    bars = replace(bars_of_closes(np.full(18, 100.0)), volume=volumes.astype(np.int64))
    costs = CostModel.of(fee=0, spread=0, impact="none", max_participation="0.1")
    result = run_strategy(Plan, bars, costs=costs, mode="event", cash="100000")
    assert int(result.fills["quantity"].sum()) == 25 * 10**8
    assert sum(result.orders["filled"] < result.orders["quantity"]) > 2
