"""Rows at which nothing of Python runs: the same fills and curve as a strategy that is called and asks itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.parity.scenarios import Scenario, scenarios
from tickwright.modes import event
from tickwright.strategy_api import Strategy


class Asking(Strategy):
    """Called at every bar; acts at bars whose close is a multiple of three, and rests a limit at some of them."""

    def on_bar(self, ctx: Any, bar: Any) -> None:
        if round(bar.close * 1e6) % 3 != 0:
            return
        if ctx.position > 0:
            ctx.sell(fraction=1.0)
        elif round(bar.close * 1e6) % 2:
            ctx.buy(fraction=0.4)
        else:
            ctx.buy(cost=ctx.cash / 3, limit=bar.close * 0.999)


class Sleeping(Asking):
    """The same, called only where it would act."""

    def wakes(self, bars: Any, ind: Any) -> Any:
        return (bars.close * 1e6).round() % 3 == 0


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(scenario=scenarios(), verb=st.sampled_from(["run", "replay"]))
def test_sleeping_changes_no_fill_and_no_equity(scenario: Scenario, verb: str) -> None:
    results = [
        getattr(event, mode)(
            strategy, {}, scenario.market(), cash=Decimal(scenario.cash), cash_asset="USDT", costs=scenario.costs
        )
        for strategy, mode in ((Asking, "run"), (Sleeping, verb))
    ]
    asking, sleeping = results
    assert sleeping.digest == asking.digest
    assert sleeping.equity.tolist() == asking.equity.tolist()
    assert sleeping.exposure.tolist() == asking.exposure.tolist()
    assert sleeping.cash.tolist() == asking.cash.tolist()


def test_a_target_of_zero_lets_a_callback_in_again_after_a_protective_exit() -> None:
    from tests.engine.test_risk_limits import run
    from tickwright.domain.limits import NO_LIMITS
    from tickwright.strategy_api import Exits

    script = {
        0: lambda ctx: ctx.buy(qty=1, exits=Exits(stop=0.05)),
        3: lambda ctx: ctx.target(0.0),
        4: lambda ctx: ctx.target(0.5),
    }
    _, ends = run([100, 100, 90, 90, 90, 90], script, NO_LIMITS)
    assert len(ends) == 3
    assert ends[-1] == "FILLED"
