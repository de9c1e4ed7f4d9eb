"""Targets and weights through every mode and the naive market: one digest, one cash, one equity, one position."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.parity.precomputed import Table, targets_strategy, weights_strategy
from tests.parity.scenarios import Scenario, scenarios
from tests.parity.twin import digests, fill_records, fits, naive_market, name_of
from tests.reference.market import Market as NaiveMarket
from tests.reference.sizing import Every, TargetTrader
from tickwright.domain.market import Market
from tickwright.domain.records import OrderState
from tickwright.domain.run import RunResult
from tickwright.modes import event, vector
from tickwright.strategy_api.acts import Acts

MODES = {"vector": (vector, "run"), "event": (event, "run"), "replay": (event, "replay")}
QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def naive_run(scenario: Scenario, *, form: str) -> tuple[Market, NaiveMarket]:
    """The scenario through the naive market."""
    market = scenario.market()
    naive = naive_market(market, scenario.costs, scenario.cash)
    naive.run(trader_of(market, scenario.table, scenario.acts, form))
    assume(fits(naive))
    return market, naive


def wanted_by_name(market: Market, table: Table) -> dict[str, dict[int, float]]:
    """What each symbol wants when: an array per symbol knows no instant at which the symbol has no bar."""
    found = {}
    for identity, bars in zip(market.ids, market.bars, strict=True):
        own = set((bars.open_time_ns + bars.timeframe.length_ns).tolist())
        found[name_of(identity)] = {ts: value for ts, value in table[identity.symbol].items() if ts in own}
    return found


def trader_of(market: Market, table: Table, acts: Acts, form: str) -> TargetTrader:
    """The naive sizing of a table of targets or weights."""
    by_name = {name_of(identity): table[identity.symbol] for identity in market.ids}
    if form == "targets":
        by_name = wanted_by_name(market, table)
    every = None if acts.period is None else Every(acts.period.length_ns, acts.band)
    return TargetTrader(by_name, len(by_name) if form == "targets" else 1, every, acts.retry)


def mode_run(scenario: Scenario, mode: str, *, form: str, backwards: bool = False) -> RunResult:
    """The scenario through one mode of the product."""
    make = targets_strategy if form == "targets" else weights_strategy
    where, verb = MODES[mode]
    market = scenario.market(backwards=backwards)
    run = getattr(where, verb)
    return run(
        make(scenario.table, scenario.acts),
        {},
        market,
        cash=scenario.cash,
        cash_asset=market.cash_asset,
        costs=scenario.costs,
    )


def assert_agrees(result: RunResult, market: Market, naive: NaiveMarket) -> None:
    """Every fill, and what it left behind, to the last unit."""
    assert readable(result.fills) == naive_readable(market, naive)
    fills, account = digests(market, naive)
    assert (result.digest, result.account_digest) == (fills, account)
    assert result.ambiguous_trades == len(naive.ambiguous)
    assert how_orders_ended(result) == naive_ends(market, naive)
    held = [naive.account.positions[name_of(identity)].quantity for identity in market.ids]
    assert result.position.tolist() == held
    assert [int(result.cash[-1]), int(result.equity[-1])] == [naive.account.cash, naive.equity_now()]
    assert result.equity_ts_ns.tolist() == [ts_ns for ts_ns, _ in naive.equity]
    assert result.equity.tolist() == [equity for _, equity in naive.equity]


def how_orders_ended(result: RunResult) -> list[tuple[int, int, str, int]]:
    """Of every order, exits and liquidations among them: instrument, side, end and what was filled; in no order."""
    columns = (result.orders[name].tolist() for name in ("instrument", "side", "state", "filled"))
    return sorted(
        (place, side, OrderState(state).name, filled) for place, side, state, filled in zip(*columns, strict=True)
    )


def naive_ends(market: Market, naive: NaiveMarket) -> list[tuple[int, int, str, int]]:
    """The same of the naive market."""
    places = {name_of(identity): place for place, identity in enumerate(market.ids)}
    return sorted((places[order.name], order.side, order.state, order.filled) for order in naive.orders)


def readable(fills: np.ndarray) -> list[tuple[int, ...]]:
    """Fills as tuples, in canonical order; the first difference is then the message."""
    columns = ("ts_ns", "instrument", "sequence", "side", "price", "quantity", "fee", "fee_asset", "liquidity")
    rows = sorted(tuple(int(fill[column]) for column in columns) for fill in fills)
    return [row[:2] + row[3:] for row in rows]


def naive_readable(market: Market, naive: NaiveMarket) -> list[tuple[int, ...]]:
    """The same of the naive market."""
    return readable(fill_records(market, naive))


@pytest.mark.parametrize("mode", MODES)
@QUICK
@given(scenario=scenarios())
def test_targets_trade_alike_in_every_mode_and_in_the_naive_market(mode: str, scenario: Scenario) -> None:
    market, naive = naive_run(scenario, form="targets")
    assert_agrees(mode_run(scenario, mode, form="targets"), market, naive)


@pytest.mark.parametrize("mode", MODES)
@QUICK
@given(scenario=scenarios())
def test_weights_trade_alike_in_every_mode_and_in_the_naive_market(mode: str, scenario: Scenario) -> None:
    market, naive = naive_run(scenario, form="weights")
    assert_agrees(mode_run(scenario, mode, form="weights"), market, naive)


@QUICK
@given(scenario=scenarios())
def test_naming_the_symbols_in_another_order_changes_nothing(scenario: Scenario) -> None:
    forwards = mode_run(scenario, "vector", form="targets")
    backwards = mode_run(scenario, "vector", form="targets", backwards=True)
    assert forwards.digest == backwards.digest
    assert forwards.equity.tolist() == backwards.equity.tolist()
