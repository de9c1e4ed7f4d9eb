"""Trades of perpetuals: profit, fees, funding and insurance add up to what the account moved."""

from __future__ import annotations

from hypothesis import HealthCheck, assume, given, settings

from tests.parity import test_targets
from tests.parity.scenarios import Scenario
from tests.parity.test_perpetuals import perpetual_scenarios
from tests.parity.twin import fits
from tickwright.analytics.trades import trades
from tickwright.domain.run import RunResult


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(scenario=perpetual_scenarios())
def test_the_profit_of_all_trades_is_the_change_of_equity(scenario: Scenario) -> None:
    _, naive = test_targets.naive_run(scenario, form="targets")
    assume(fits(naive))
    result = test_targets.mode_run(scenario, "event", form="targets")
    table = trades(result)
    units = 10.0 ** result.asset_scales[result.cash_asset]
    gained = (result.final_equity - result.initial_cash) / units
    largest = float(abs(table["entry_price"] * table["quantity"]).sum()) if len(table) else 0.0
    rounding = 1e-9 * (largest + result.initial_cash / units) + 1e-6 * len(table)
    assert abs(float(table["pnl"].sum()) - gained) <= rounding + dust(result)


def dust(result: RunResult) -> float:
    """What may be held and not counted: a lot of whatever had another lot when it was bought."""
    worth = 0.0
    for place, lots in enumerate(result.lots):
        if len(lots) > 1:
            prices = result.fills["price"][result.fills["instrument"] == place] / 10.0 ** result.price_scales[place]
            worth += max(lot for _, lot in lots) / 10.0 ** result.quantity_scales[place] * max(prices, default=0.0)
    return worth
