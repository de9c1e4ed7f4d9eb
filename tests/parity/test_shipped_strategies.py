"""Every shipped strategy over symbol sets, orders and costs: vector = event = replay = the naive market."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.parity.scenarios import SYMBOLS, candles, costs, walk
from tests.parity.test_targets import assert_agrees, trader_of
from tests.parity.twin import instrument, naive_market
from tests.reference.market import Market as NaiveMarket
from tickwright import strategies as shipped
from tickwright.domain.costs import CostModel
from tickwright.domain.market import Market
from tickwright.domain.run import ParameterValue
from tickwright.modes import event, vector
from tickwright.strategy_api.evaluate import evaluate_targets, evaluate_weights
from tickwright.strategy_api.strategy import Form, Strategy, form_of
from tickwright.strategy_api.views import StrategyBars, StrategyMarket

CASH = Decimal(100_000)
SHORT: dict[str, dict[str, ParameterValue]] = {  # parameters that decide often on a few hundred bars
    "BuyAndHold": {},
    "SmaCross": {"fast": 3, "slow": 8},
    "RsiReversion": {"length": 4, "oversold": 45},
    "DonchianBreakout": {"entry": 6, "exit": 3},
    "WeeklyMomentum": {"days": 2, "hold": 1},
}


@st.composite
def markets(draw: st.DrawFn) -> tuple[list[object], list[object]]:
    """One to three symbols of a few hundred four-hour candles, some absent, some silent."""
    chosen = draw(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=3, unique=True))
    instruments = [instrument(symbol, lot=draw(st.sampled_from(["1e-8", "0.01"]))) for symbol in chosen]
    series = [
        candles(
            what,
            "4h",
            walk(
                draw(st.integers(0, 2**16)),
                draw(st.integers(60, 240)),
                price=20_000,
                swing=0.03,
                volume=10**6,
                absent=draw(st.sampled_from([0.0, 0.1])),
                silent=draw(st.sampled_from([0.0, 0.1])),
            ),
            (2, 3),
        )
        for what in instruments
    ]
    return instruments, series


def naive_run(
    strategy: type[Strategy], params: dict[str, ParameterValue], market: Market, costs: CostModel
) -> NaiveMarket:
    """The strategy's own decisions through the naive market."""
    made, table = strategy(**params), {}
    form = form_of(strategy)
    if form is Form.TARGETS:
        for bars in market.bars:
            decided = evaluate_targets(made, StrategyBars.of(bars)).targets
            closes = (bars.open_time_ns + bars.timeframe.length_ns).tolist()
            table[bars.key.instrument.symbol] = dict(zip(closes, np.asarray(decided, np.float64).tolist(), strict=True))
    else:
        panel = StrategyMarket.of(market)
        decided = evaluate_weights(made, panel).weights
        for place, symbol in enumerate(panel.symbols):
            table[symbol] = dict(zip(panel.close_time_ns.tolist(), decided[:, place].tolist(), strict=True))
    naive = naive_market(market, costs, CASH)
    naive.run(trader_of(market, table, strategy.acts, form.value))
    return naive


def test_every_shipped_strategy_is_examined() -> None:
    assert set(SHORT) == set(shipped.__all__)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(sorted(SHORT)), pieces=markets(), costs=costs("1h"))
def test_one_digest_in_every_mode_and_symbol_order(name: str, pieces: tuple[list, list], costs: CostModel) -> None:
    strategy, params = getattr(shipped, name), SHORT[name]
    forwards = Market.of(*pieces)
    backwards = Market.of(pieces[0][::-1], pieces[1][::-1])
    naive = naive_run(strategy, params, forwards, costs)
    for run, market in (
        (vector.run, forwards),
        (vector.run, backwards),
        (event.run, backwards),
        (event.replay, forwards),
    ):
        result = run(strategy, params, market, cash=CASH, cash_asset="USDT", costs=costs)
        assert_agrees(result, forwards, naive)
