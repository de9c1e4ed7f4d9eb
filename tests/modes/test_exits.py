"""Protective exits through vector and event mode and the naive market: the same fills to the last unit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.parity.precomputed import Table
from tests.parity.scenarios import Scenario, scenarios
from tests.parity.test_targets import naive_readable, readable, wanted_by_name
from tests.parity.twin import naive_market
from tests.reference.exits import ExitTerms
from tests.reference.sizing import TargetTrader
from tests.reference.targets import situation
from tickwright.domain.errors import UsageError
from tickwright.domain.margin import Margin
from tickwright.modes import event, vector
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Strategy

QUICK = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Terms:
    """Exits alike for every entry."""

    stop: float
    target: float
    trail: float
    max_bars: int
    reenter: str


def strategy_of(table: Table, terms: Terms) -> type[Strategy]:
    """A strategy that wants what a table says, with exits."""

    class Protected(Strategy):
        def targets(self, bars, ind):  # type: ignore[no-untyped-def]
            return np.array([table[bars.symbol].get(ts, math.nan) for ts in bars.close_time_ns.tolist()], np.float64)

        def exits(self, bars, ind):  # type: ignore[no-untyped-def]
            given = {name: value for name in ("stop", "target", "trail") if (value := getattr(terms, name)) > 0}
            return Exits(**given, max_bars=terms.max_bars or None, reenter=terms.reenter)  # type: ignore[arg-type]

    return Protected


def naive_trader(scenario: Scenario, terms: Terms) -> TargetTrader:
    """The same in the naive market's words."""
    market = scenario.market()
    given = {name: value for name in ("stop", "target", "trail") if (value := getattr(terms, name)) > 0}
    wanted = wanted_by_name(market, scenario.table)
    exits = {name: dict.fromkeys(rows, ExitTerms(**given, max_bars=terms.max_bars)) for name, rows in wanted.items()}
    return TargetTrader(wanted, len(wanted), None, exits=exits, reenter="next" if terms.reenter != "flat" else "flat")


@pytest.mark.parametrize("run", [vector.run, event.run, event.replay], ids=["vector", "event", "replay"])
@QUICK
@given(
    scenario=scenarios(most=2),
    stop=st.sampled_from([0.0, 0.01, 0.1]),
    target=st.sampled_from([0.0, 0.01, 0.1]),
    trail=st.sampled_from([0.0, 0.02]),
    max_bars=st.sampled_from([0, 1, 3]),
)
def test_exits_trade_alike_in_every_mode_and_in_the_naive_market(run, scenario, stop, target, trail, max_bars):  # type: ignore[no-untyped-def]
    terms = Terms(stop, target, trail, max_bars, "flat")
    market = scenario.market()
    naive = naive_market(market, scenario.costs, scenario.cash)
    naive.run(naive_trader(scenario, terms))
    result = run(
        strategy_of(scenario.table, terms), {}, market, cash=scenario.cash, cash_asset="USDT", costs=scenario.costs
    )
    assert readable(result.fills) == naive_readable(market, naive)
    assert int(result.cash[-1]) == naive.account.cash


@pytest.mark.parametrize("margin", [None, Margin()], ids=["spot", "no mark series"])
def test_exits_by_mark_where_there_is_none_are_refused_before_the_run(margin: Margin | None) -> None:
    rows, terms = {"A": [(100, 100, 100, 100)] * 3}, [ExitTerms(stop=0.05, trigger_by="mark")] * 3
    with pytest.raises(UsageError, match="triggered by a mark price, and it has none here"):
        situation(rows, {"A": [1, 1, 1]}, exits=terms, margin=margin)
