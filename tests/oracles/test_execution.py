"""Oracle section 1: plans for large orders against published numbers, theorems and the simulated market."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.running import run_schedule
from tests.oracles.simulated import bars_of_closes
from tickwright.domain.costs import CostModel
from tickwright.domain.errors import UsageError
from tickwright.execution import (
    IStar,
    LinearImpact,
    Schedule,
    almgren_2005_impact,
    almgren_chriss_schedule,
    obizhaeva_wang_cost,
    obizhaeva_wang_schedule,
    twap_schedule,
)

PAPER = LinearImpact(volatility=0.95, half_spread=0.0625, permanent=2.5e-7, temporary=2.5e-6)
MILLION = 1_000_000.0


def paper_schedule(risk_aversion: float, slices: int = 5) -> Schedule:
    """A million shares in five days, as the paper has it."""
    return almgren_chriss_schedule(MILLION, slices, 5.0, PAPER, risk_aversion=risk_aversion)


@pytest.mark.parametrize(
    ("risk_aversion", "cost", "variance"), [(0.0, 662_500.0, 1.083e12), (1e-6, 911_226.986, 3.641285721e11)]
)
def test_cost_and_variance_of_the_papers_schedules(risk_aversion: float, cost: float, variance: float) -> None:
    """R1.1: E and V of equal slices and of lambda = 1e-6."""
    plan = paper_schedule(risk_aversion)
    assert PAPER.expected_cost(plan, 5.0) == pytest.approx(cost, rel=1e-6)
    assert PAPER.cost_variance(plan, 5.0) == pytest.approx(variance, rel=1e-9)


def test_holdings_and_trades_of_the_papers_schedule() -> None:
    """R1.1: lambda = 1e-6, 1/kappa = 1.647239771 days; all at once costs 2,562,500 and varies not at all."""
    plan = paper_schedule(1e-6)
    assert plan.left.tolist() == pytest.approx([MILLION, 541_955.55, 289_854.22, 147_897.49, 62_141.80, 0], abs=5e-3)
    trades = [458_044.45, 252_101.33, 141_956.73, 85_755.69, 62_141.80]
    assert plan.slices.tolist() == pytest.approx(trades, abs=5e-3)
    assert PAPER.urgency(5, 5.0, 1e-6) == pytest.approx(0.607076163, abs=1e-9)
    assert 1 / PAPER.urgency(5, 5.0, 1e-6) == pytest.approx(1.647239771, abs=1e-9)
    at_once = Schedule(np.array([MILLION, 0, 0, 0, 0]))
    assert PAPER.expected_cost(at_once, 5.0) == pytest.approx(2_562_500, rel=1e-12)
    assert PAPER.cost_variance(at_once, 5.0) == 0.0


@pytest.mark.parametrize("risk_aversion", [1e-8, 1e-6, 1e-5])
def test_no_other_plan_is_better(risk_aversion: float) -> None:
    """R1.1: the least of E + lambda·V, found by setting the gradient of the two sums to zero, is the same plan.

    With holdings x_0 = X, x_1 … x_{N-1}, x_N = 0 the sums are quadratic: one linear system has the answer.
    """
    slices, tau, felt = 5, 1.0, 2.5e-6 - 2.5e-7 / 2
    matrix, right = np.zeros((slices - 1, slices - 1)), np.zeros(slices - 1)
    for k in range(slices - 1):  # d/dx_k of felt/tau·Σ(x_{k-1} - x_k)² + lambda·sigma²·tau·Σx_k²
        matrix[k, k] = 4 * felt / tau + 2 * risk_aversion * 0.95**2 * tau
        if k:
            matrix[k, k - 1] = matrix[k - 1, k] = -2 * felt / tau
    right[0] = 2 * felt / tau * MILLION
    assert paper_schedule(risk_aversion).left[1:-1].tolist() == pytest.approx(
        np.linalg.solve(matrix, right).tolist(), rel=1e-9
    )


@pytest.mark.parametrize(
    ("per_million", "mean", "variance", "utility", "half_life"),
    [("0.001", "0.6625", "1.0812", "0.6636", "51.30"), ("0.002", "0.6625", "1.0794", "0.6647", "36.27")],
)
def test_schedules_of_an_unrelated_implementation(
    per_million: str, mean: str, variance: str, utility: str, half_life: str
) -> None:
    """R1.2: what DROP prints for class AlmgrenChriss, in millions, to its printed digits."""
    risk_aversion = float(per_million) / 1e6
    plan = paper_schedule(risk_aversion)
    cost, spread_out = PAPER.expected_cost(plan, 5.0) / 1e6, PAPER.cost_variance(plan, 5.0) / 1e12
    assert f"{cost:.4f}" == mean
    assert f"{spread_out:.4f}" == variance
    assert f"{cost + float(per_million) * spread_out:.4f}" == utility
    assert f"{1 / PAPER.urgency(5, 5.0, risk_aversion):.2f}" == half_life


quantities = st.floats(1.0, 1e7)
counts = st.integers(1, 40)
aversions = st.floats(1e-12, 1e-2)
markets = st.builds(
    LinearImpact,
    volatility=st.floats(0.01, 10),
    half_spread=st.floats(0, 1),
    permanent=st.floats(0, 1e-7),
    temporary=st.floats(1e-6, 1e-4),
)


@settings(max_examples=60)
@given(quantities, counts, aversions, markets)
def test_a_risk_averse_plan_begins_fast_and_adds_up(
    quantity: float, slices: int, aversion: float, market: LinearImpact
) -> None:
    """R1.3: every slice is at least the next and none negative; together they are the quantity."""
    plan = almgren_chriss_schedule(quantity, slices, 1.0, market, risk_aversion=aversion)
    assert plan.quantity == pytest.approx(quantity, rel=1e-12)
    assert (plan.slices >= 0).all()
    assert (np.diff(plan.slices) <= 1e-9 * quantity).all()


@settings(max_examples=60)
@given(st.integers(1, 10**9), counts, aversions, markets)
def test_whole_lots_add_up_exactly(lots: int, slices: int, aversion: float, market: LinearImpact) -> None:
    """R1.3: after rounding to lots too, and never more than half a lot off the plan."""
    plan = almgren_chriss_schedule(lots * 0.001, slices, 1.0, market, risk_aversion=aversion)
    rounded = plan.in_lots(0.001)
    assert int(rounded.sum()) == lots
    assert (rounded >= 0).all()
    assert (np.abs(np.cumsum(rounded) - np.cumsum(plan.slices) / 0.001) <= 0.5 + 1e-6).all()


@settings(max_examples=40)
@given(quantities, counts, markets)
def test_the_ends_of_risk_aversion_are_equal_slices_and_everything_at_once(
    quantity: float, slices: int, market: LinearImpact
) -> None:
    """R1.3, and R1.9 for implementation shortfall: indifference to risk is TWAP."""
    calm = almgren_chriss_schedule(quantity, slices, 1.0, market, risk_aversion=0.0)
    assert calm.slices.tolist() == pytest.approx([quantity / slices] * slices, rel=1e-9)
    assert calm.slices.tolist() == twap_schedule(quantity, slices).slices.tolist()
    hasty = almgren_chriss_schedule(quantity, slices, 1.0, market, risk_aversion=1e30)
    assert hasty.slices[0] == pytest.approx(quantity, rel=1e-9)


@settings(max_examples=40)
@given(quantities, st.integers(2, 20), markets)
def test_the_frontier_trades_cost_for_variance_and_is_convex(
    quantity: float, slices: int, market: LinearImpact
) -> None:
    """R1.3: E does not fall and V does not rise with lambda; the slope dE/dV = -lambda steepens."""
    aversions = [0.0, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4]
    plans = [almgren_chriss_schedule(quantity, slices, 1.0, market, risk_aversion=value) for value in aversions]
    costs = [market.expected_cost(plan, 1.0) for plan in plans]
    variances = [market.cost_variance(plan, 1.0) for plan in plans]
    for place, aversion in enumerate(aversions):
        for other in range(len(plans)):  # each plan is the best of all for its own lambda: the frontier is convex
            mine = costs[place] + aversion * variances[place]
            assert mine <= (costs[other] + aversion * variances[other]) * (1 + 1e-12)
    assert all(after >= before * (1 - 1e-12) for before, after in pairwise(costs))
    assert all(after <= before * (1 + 1e-12) for before, after in pairwise(variances))


@settings(max_examples=40)
@given(quantities, st.integers(1, 20), aversions, markets, st.floats(0.1, 10))
def test_a_larger_order_has_the_same_shape(
    quantity: float, slices: int, aversion: float, market: LinearImpact, times: float
) -> None:
    """R1.3: X times c scales the plan and the spread by c, impact by c² and variance by c²."""
    spread_only = LinearImpact(market.volatility, market.half_spread, 0.0, 1e-300)
    small, large = (
        almgren_chriss_schedule(size, slices, 1.0, market, risk_aversion=aversion)
        for size in (quantity, quantity * times)
    )
    assert large.slices.tolist() == pytest.approx((times * small.slices).tolist(), rel=1e-9, abs=1e-9)
    spread = spread_only.expected_cost(small, 1.0)
    assert spread_only.expected_cost(large, 1.0) == pytest.approx(times * spread, rel=1e-9)
    impact = market.expected_cost(small, 1.0) - spread
    large_impact = market.expected_cost(large, 1.0) - times * spread
    assert large_impact == pytest.approx(times**2 * impact, rel=1e-6, abs=1e-6)
    variance = market.cost_variance(small, 1.0)
    assert market.cost_variance(large, 1.0) == pytest.approx(times**2 * variance, rel=1e-9)


@pytest.mark.parametrize(
    ("duration", "temporary_bp", "realised_bp", "printed"),
    [(0.1, 22.29, 32.22, (22, 32)), (0.2, 14.71, 24.64, (15, 25)), (0.5, 8.49, 18.42, (8, 18))],
)
def test_impact_of_the_ibm_column(
    duration: float, temporary_bp: float, realised_bp: float, printed: tuple[int, int]
) -> None:
    """R1.4: a tenth of the daily volume of IBM: I/sigma = 0.1265, I = 19.86 bp (printed 20)."""
    for side in (1, -1):
        found = almgren_2005_impact(side * 0.1, duration, daily_volatility=0.0157, turnover_days=1_728 / 6.561)
        assert side * found.permanent / 0.0157 == pytest.approx(0.1265, abs=5e-5)
        assert side * found.permanent * 1e4 == pytest.approx(19.86, abs=0.01)
        assert side * found.temporary * 1e4 == pytest.approx(temporary_bp, abs=0.01)
        assert side * found.realised * 1e4 == pytest.approx(realised_bp, abs=0.01)
        assert [side * found.temporary * 1e4, side * found.realised * 1e4] == pytest.approx(list(printed), abs=1)


def pushed_book_cost(trades: list[float], density: float, remains: float) -> float:
    """What trades cost in a block-shaped book, level by level: each takes from where the last left the price."""
    total, displaced = 0.0, 0.0
    for size in trades:
        begin, end = displaced, displaced + size / density
        total += density * (end**2 - begin**2) / 2  # density units at each price between, above the price before all
        displaced = end * remains
    return total


def test_the_cheapest_trades_in_a_book_that_refills() -> None:
    """R1.6: X = 100,000, q = 5,000, N = 10, rho·T = 2: 27,537.413 at the ends, 4,991.686 between, cost 500,831.394."""
    plan = obizhaeva_wang_schedule(100_000, 11, 2.0)
    assert plan.slices[[0, -1]].tolist() == pytest.approx([27_537.413] * 2, abs=5e-4)
    assert plan.slices[1:-1].tolist() == pytest.approx([4_991.686] * 9, abs=5e-4)
    assert obizhaeva_wang_cost(plan, 5_000, 2.0) == pytest.approx(500_831.394, abs=5e-4)
    equal = twap_schedule(100_000, 11)
    assert obizhaeva_wang_cost(equal, 5_000, 2.0) == pytest.approx(545_904.826, abs=5e-4)
    for trades in (plan, equal):
        told = pushed_book_cost(trades.slices.tolist(), 5_000, math.exp(-0.2))
        assert obizhaeva_wang_cost(trades, 5_000, 2.0) == pytest.approx(told, rel=1e-12)


@pytest.mark.parametrize(("resilience", "block"), [(1.0, 33_333.33), (2.0, 25_000.0), (20.0, 4_545.45)])
def test_the_blocks_of_very_many_trades_are_those_of_the_continuous_plan(resilience: float, block: float) -> None:
    """R1.6: X / (rho·T + 2) at both ends."""
    plan = obizhaeva_wang_schedule(100_000, 2_000_001, resilience)
    assert plan.slices[0] == pytest.approx(block, abs=0.06)


@settings(max_examples=40)
@given(st.integers(2, 30), st.floats(0.0, 20.0), st.integers(0, 2**32 - 1))
def test_no_other_trades_are_cheaper_in_that_book(trades: int, resilience: float, seed: int) -> None:
    """R1.6: moved a little in any direction that keeps the total, the plan costs no less."""
    plan = obizhaeva_wang_schedule(1_000.0, trades, resilience)
    remains = math.exp(-resilience / (trades - 1))
    moved = np.random.Generator(np.random.PCG64(seed)).standard_normal(trades)
    other = plan.slices + 0.1 * (moved - moved.mean())
    cheapest = pushed_book_cost(plan.slices.tolist(), 7.0, remains)
    assert pushed_book_cost(other.tolist(), 7.0, remains) >= cheapest * (1 - 1e-12)


def test_the_simulated_market_charges_the_papers_cost_for_the_built_schedule() -> None:
    """R1.1 from plan to fills: what `almgren_chriss_schedule` makes costs 911,226.986 in the market of the kernel."""
    sigma, price, volume = 0.04, 50.0, 5e6
    closes = np.where(np.arange(12) % 2, price * np.exp(sigma), price)
    bars = bars_of_closes(closes, timeframe="1d", volume=volume, scale=9)
    opened = np.full(12, round(price * 1e9), np.int64)
    bars = replace(bars, open=opened, high=np.maximum(opened, bars.high), low=np.minimum(opened, bars.low))
    costs = CostModel.of(
        fee=0, spread=str(2 * PAPER.half_spread / price), impact="linear", max_participation=None,
        impact_y=2 * PAPER.temporary * volume / (sigma * price),
        impact_gamma=PAPER.permanent * volume / (sigma * price),
    )  # fmt: skip
    fills = run_schedule(paper_schedule(1e-6), bars, costs)
    quantity, paid = fills["quantity"].astype(float) / 1e8, fills["price"].astype(float) / 1e9
    assert float(((paid - price) * quantity).sum()) == pytest.approx(911_226.986, rel=1e-6)


def test_the_cost_of_i_star_rises_with_participation_and_less_and_less() -> None:
    """R1.10: increasing and concave in POV; the whole of I* at POV = 1; a1 to a3 as the form says."""
    model = IStar(a1=700, a2=0.55, a3=0.71, a4=0.5, b1=0.9)
    rates = np.linspace(0.01, 1, 50)
    costs = np.array([model.cost(0.1, 0.6, rate) for rate in rates])
    assert (np.diff(costs) > 0).all()
    assert (np.diff(costs, 2) < 0).all()
    assert costs[-1] == pytest.approx(model.at_once(0.1, 0.6), rel=1e-12)
    assert costs[0] == pytest.approx(0.9 * costs[-1] * 0.1 + 0.1 * costs[-1], rel=1e-12)  # sqrt(0.01) = 0.1
    assert model.at_once(0.2, 0.6) / model.at_once(0.1, 0.6) == pytest.approx(2**0.55, rel=1e-12)
    assert model.at_once(0.1, 1.2) / model.at_once(0.1, 0.6) == pytest.approx(2**0.71, rel=1e-12)


def test_slices_longer_than_the_paper_allows_are_refused() -> None:
    """R1.1: eta - gamma·tau/2 must be above 0, else the model pays for waiting."""
    with pytest.raises(UsageError, match="too long"):
        almgren_chriss_schedule(1.0, 1, 21.0, PAPER, risk_aversion=0.0)
