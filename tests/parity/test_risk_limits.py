"""Our own limits, drawn at random: every mode and the naive market refuse the same orders and trade alike."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.parity.commands import NaiveSender, sender
from tests.parity.precomputed import targets_strategy, weights_strategy
from tests.parity.scenarios import Scenario, scenarios
from tests.parity.test_orders import Situation, situations
from tests.parity.test_targets import MODES, assert_agrees, trader_of
from tests.parity.twin import fits, naive_market
from tests.reference.limits import Limits
from tests.reference.market import Market as NaiveMarket
from tickwright.domain.limits import RiskLimits
from tickwright.domain.market import MONEY_SCALE
from tickwright.domain.records import OrderState
from tickwright.domain.run import RunResult
from tickwright.modes import event

QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
AMOUNTS = ("3000", "9000", "20000", "45000", "120000")
SHARES = ("0.001", "0.005", "0.02", "0.1")


@st.composite
def limits(draw: st.DrawFn) -> RiskLimits:
    """One to three limits, tight enough to be met."""
    names = draw(
        st.lists(
            st.sampled_from(
                (
                    "max_order_notional", "max_position_notional", "max_exposure", "max_open_orders", "max_daily_loss",
                    "max_drawdown",
                )
            ),
            min_size=1, max_size=3, unique=True,
        )
    )  # fmt: skip
    chosen = {}
    for name in names:
        if name == "max_open_orders":
            chosen[name] = draw(st.integers(1, 4))
        else:
            values = SHARES if name in ("max_daily_loss", "max_drawdown") else AMOUNTS
            chosen[name] = Decimal(draw(st.sampled_from(values)))
    return RiskLimits(**chosen)


def naive_limits(given: RiskLimits) -> Limits:
    """The same limits in the words of the naive market."""

    def money(amount: Decimal | None) -> int | None:
        return None if amount is None else int(amount.scaleb(MONEY_SCALE))

    def share(part: Decimal | None) -> Fraction | None:
        return None if part is None else Fraction(part)

    return Limits(
        money(given.max_order_notional),
        money(given.max_position_notional),
        money(given.max_exposure),
        given.max_open_orders,
        share(given.max_daily_loss),
        share(given.max_drawdown),
    )


def naive_run(situation: Situation, limits: RiskLimits) -> tuple[NaiveMarket, NaiveSender]:
    """The situation under limits in the naive market."""
    naive = naive_market(situation.market(), situation.costs, situation.cash)
    naive.limits = naive_limits(limits)
    trader = NaiveSender(situation.commands)
    naive.run(trader)
    return naive, trader


def event_run(situation: Situation, limits: RiskLimits, verb: str) -> tuple[RunResult, dict[str, str]]:
    """The situation under limits in event mode, and how each labelled order ended."""
    strategy, market = sender(situation.commands), situation.market()
    result = getattr(event, verb)(
        strategy, {}, market, cash=situation.cash, cash_asset="USDT", costs=situation.costs, limits=limits
    )
    ends = {label: OrderState(int(result.orders[order.id]["state"])).name for label, order in strategy.sent.items()}
    return result, ends


@pytest.mark.parametrize("verb", ["run", "replay"])
@QUICK
@given(situation=situations(), limits=limits())
def test_random_orders_under_random_limits_fill_and_end_alike(
    verb: str, situation: Situation, limits: RiskLimits
) -> None:
    naive, trader = naive_run(situation, limits)
    result, ends = event_run(situation, limits, verb)
    assert ends == {label: order.state for label, order in trader.orders.items()}
    assert_agrees(result, situation.market(), naive)


@pytest.mark.parametrize("form", ["targets", "weights"])
@pytest.mark.parametrize("mode", MODES)
@QUICK
@given(scenario=scenarios(), limits=limits())
def test_random_targets_under_random_limits_trade_alike(
    mode: str, form: str, scenario: Scenario, limits: RiskLimits
) -> None:
    market = scenario.market()
    naive = naive_market(market, scenario.costs, scenario.cash)
    naive.limits = naive_limits(limits)
    naive.run(trader_of(market, scenario.table, scenario.acts, form))
    assume(fits(naive))
    make = targets_strategy if form == "targets" else weights_strategy
    where, verb = MODES[mode]
    result = getattr(where, verb)(
        make(scenario.table, scenario.acts),
        {},
        market,
        cash=scenario.cash,
        cash_asset=market.cash_asset,
        costs=scenario.costs,
        limits=limits,
    )
    assert_agrees(result, market, naive)
    refused = sum(order.state.startswith("RISK_") for order in naive.orders)
    assert int((result.orders["state"] >= OrderState.RISK_MAX_ORDER_NOTIONAL).sum()) == refused
