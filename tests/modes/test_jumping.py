"""A run that jumps from event to event leaves what the general matcher leaves, bar by bar, to the last bit.

Vector mode jumps where it can; event mode over the same strategy never does. Both are compared over every field of
orders, fills and curve, with costs, caps, silent bars, refusals, exits of every kind and both re-entry rules.
"""

from __future__ import annotations

import math
import pickle
import random
from dataclasses import replace
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.parity.precomputed import targets_strategy, weights_strategy
from tests.parity.scenarios import Scenario, candles, costs, scenarios
from tests.parity.twin import instrument
from tickwright.adapters.compute.threads import ThreadExecutor
from tickwright.domain.bars import PRICE_COLUMNS, Bars
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import Instrument, TradingRules
from tickwright.domain.run import RunResult
from tickwright.engine import memory
from tickwright.modes import event, vector
from tickwright.strategy_api.acts import Acts, on_change
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Strategy

QUICK = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
COMPARED = ("orders", "fills", "equity_ts_ns", "equity", "exposure", "cash", "last_price", "position")


@st.composite
def exit_terms(draw: st.DrawFn) -> Exits | int | None:
    """No exits, exits alike for every entry, or a seed for exits that change from bar to bar."""
    kind = draw(st.sampled_from(["none", "alike", "alike", "changing"]))
    if kind == "none":
        return None
    if kind == "changing":
        return draw(st.integers(0, 2**16))
    distances = {name: draw(st.sampled_from([None, 0.001, 0.01, 0.05, 0.2])) for name in ("stop", "target", "trail")}
    return Exits(
        **distances,
        max_bars=draw(st.sampled_from([None, None, 1, 2, 7])),
        reenter=draw(st.sampled_from(["flat", "next_bar"])),
    )


def changing(seed: int, bars: int) -> Exits:
    """Distances that change from bar to bar, and are missing now and then."""
    fraction = random.Random(seed)

    def column() -> np.ndarray[Any, Any]:
        return np.array([fraction.choice([math.nan, 0.002, 0.02, 0.1]) for _ in range(bars)])

    return Exits(stop=column(), target=column(), trail=column(), max_bars=fraction.choice([None, 5]))


def strategy_of(scenario: Scenario, terms: Exits | int | None, *, signal: bool) -> type[Strategy]:
    """Targets from a table, true and false where they are a signal."""

    class Tabled(Strategy):
        acts: Acts = on_change

        def targets(self, bars, ind):  # type: ignore[no-untyped-def]
            table = scenario.table[bars.symbol]
            values = np.array([table.get(ts, math.nan) for ts in bars.close_time_ns.tolist()], np.float64)
            return np.nan_to_num(values) > 0.3 if signal else values

        def exits(self, bars, ind):  # type: ignore[no-untyped-def]
            return changing(terms, len(bars)) if isinstance(terms, int) else terms

    return Tabled


def held_longer(scenario: Scenario, seed: int, pace: float) -> Scenario:
    """The same market with targets that change less often and are seldom unknown."""
    draw, table = random.Random(seed), {}
    for symbol, wanted in scenario.table.items():
        value, slow = 0.0, {}
        for ts_ns in wanted:
            if draw.random() < pace:
                value = draw.choice((0.0, 0.5, 0.9, 1.0))
            slow[ts_ns] = math.nan if draw.random() > 0.95 else value
        table[symbol] = slow
    return replace(scenario, table=table)


def on_a_coarse_grid(scenario: Scenario, step: int) -> Scenario:
    """The same market with prices that meet exactly now and then."""
    bars = tuple(
        replace(one, **{name: np.maximum(step, getattr(one, name) // step * step) for name in PRICE_COLUMNS})
        for one in scenario.bars
    )
    return replace(scenario, bars=bars)


def with_sizes(scenario: Scenario, least: str, most: str | None) -> Scenario:
    """The same market with smallest and largest order sizes."""

    def limited(instrument: Instrument) -> Instrument:
        rules: tuple[TradingRules, ...] = tuple(
            replace(rule, min_quantity=Decimal(least), max_quantity=None if most is None else Decimal(most))
            for rule in instrument.rules
        )
        return replace(instrument, rules=rules)

    return replace(scenario, instruments=tuple(limited(one) for one in scenario.instruments))


def assert_same_run(jumped: RunResult, stepped: RunResult) -> None:
    """Every field of both runs, to the last bit."""
    for name in COMPARED:
        assert getattr(jumped, name).tolist() == getattr(stepped, name).tolist(), name
    assert (jumped.digest, jumped.account_digest) == (stepped.digest, stepped.account_digest)
    assert jumped.final_equity == stepped.final_equity
    assert (jumped.warnings, jumped.ambiguous_trades, jumped.bars) == (
        stepped.warnings, stepped.ambiguous_trades, stepped.bars,
    )  # fmt: skip


@st.composite
def quiet_scenarios(draw: st.DrawFn) -> Scenario:
    """One symbol, more bars, targets held longer, prices that meet levels, and any costs of resting orders."""
    scenario = draw(scenarios(most=1, bars=90, pieces=(1,), dated=False))
    pace = draw(st.sampled_from([None, 0.2, 0.05]))
    if pace is not None:
        scenario = held_longer(scenario, draw(st.integers(0, 2**16)), pace)
    if scenario.bars[0].price_scale == 2:
        scenario = on_a_coarse_grid(scenario, draw(st.sampled_from([1, 1, 10, 100_000])))
    terms = draw(costs(scenario.bars[0].timeframe.name, resting=True))
    return replace(scenario, costs=replace(terms, participation_ppb=None) if draw(st.booleans()) else terms)


@QUICK
@given(
    scenario=quiet_scenarios(),
    terms=exit_terms(),
    signal=st.booleans(),
    sizes=st.sampled_from([("0", None), ("0", None), ("0.5", None), ("0", "30")]),
)
def test_jumping_leaves_what_going_bar_by_bar_leaves(
    scenario: Scenario, terms: Exits | int | None, signal: bool, sizes: tuple[str, str | None]
) -> None:
    scenario = with_sizes(scenario, *sizes)
    strategy, market = strategy_of(scenario, terms, signal=signal), scenario.market()
    given_terms = {"cash": scenario.cash, "cash_asset": "USDT", "costs": scenario.costs}
    start = int(market.bars[0].open_time_ns[len(market.bars[0]) // 4])
    for more in ({}, {"start_ns": start}):
        jumped = vector.run(strategy, {}, market, **given_terms, **more)  # type: ignore[arg-type]
        stepped = event.run(strategy, {}, market, **given_terms, **more)  # type: ignore[arg-type]
        assert_same_run(jumped, stepped)


@QUICK
@given(scenario=quiet_scenarios(), terms=exit_terms(), signal=st.booleans())
def test_a_sweep_with_exits_has_the_statistics_of_single_runs(
    scenario: Scenario, terms: Exits | int | None, signal: bool
) -> None:
    strategy, market = strategy_of(scenario, terms, signal=signal), scenario.market()
    given_terms = {"cash": scenario.cash, "cash_asset": "USDT", "costs": scenario.costs}
    with ThreadExecutor(1) as executor:
        result = vector.sweep(strategy, [{}, {}], market, executor=executor, **given_terms)  # type: ignore[arg-type]
    alone = event.run(strategy, {}, market, **given_terms)  # type: ignore[arg-type]
    equity = np.concatenate(([alone.initial_cash], alone.equity)).astype(np.float64)
    returns, total = equity[1:] / equity[:-1] - 1.0, 0.0
    for value in returns.tolist():
        total += value
    for row in range(2):
        assert int(result.final_equity[row]) == alone.final_equity
        assert int(result.fills[row]) == len(alone.fills)
        assert int(result.orders[row]) == len(alone.orders)
        assert int(result.rejected[row]) == int((alone.orders["state"] >= 30).sum())
        assert result.max_drawdown[row] == (equity / np.maximum.accumulate(equity) - 1.0).min()
        assert result.return_sum[row] == total
        assert int(result.bars_held[row]) == int((alone.exposure != 0).sum())
        assert int(result.ambiguous_trades[row]) == alone.ambiguous_trades


def one_symbol(rows: list[tuple[int, ...]], table: list[float], *, limit_fill: str = "through") -> Scenario:
    """A market of hourly bars (place, open, high, low, close, volume) and the target at each close."""
    what = instrument("BTC/USDT", tick="1", lot="1e-8", min_notional="0")
    series = candles(what, "1h", rows, (4, 0))  # type: ignore[arg-type]
    closes = (series.open_time_ns + series.timeframe.length_ns).tolist()
    terms = CostModel.of(fee=0, spread=0, impact="none", max_participation=None, limit_fill=limit_fill)
    wanted = {"BTC/USDT": dict(zip(closes, table, strict=True))}
    return Scenario((what,), (series,), terms, Decimal(1000), wanted, on_change)


FLAT = (1_000_000, 1_000_000, 1_000_000, 1_000_000, 9)
UNTOUCHED = (1_000_000, 1_010_000, 990_000, 1_000_000, 9)


@pytest.mark.parametrize(
    ("what", "bar", "exits"),
    [
        ("a low that meets the stop", (1_000_000, 1_000_000, 950_000, 990_000, 9), Exits(stop=0.05)),
        ("a high that meets the target", (1_000_000, 1_050_000, 1_000_000, 1_010_000, 9), Exits(target=0.05)),
        (
            "an open that raises the trailing peak, and a low under its new level",
            (1_040_000, 1_050_000, 1_000_000, 1_045_000, 9),
            Exits(trail=0.03),
        ),
        (
            "a high that raises the peak for the next bar",
            (1_000_000, 1_040_000, 990_000, 1_000_000, 9),
            Exits(trail=0.03),
        ),
        ("the close that ends its time", UNTOUCHED, Exits(stop=0.5, max_bars=4)),
    ],
)
@pytest.mark.parametrize("limit_fill", ["through", "touch"])
def test_a_row_that_only_just_trades_is_not_jumped_over(
    what: str, bar: tuple[int, ...], exits: Exits, limit_fill: str
) -> None:
    bars = [FLAT, FLAT, UNTOUCHED, UNTOUCHED, bar, UNTOUCHED, UNTOUCHED]
    scenario = one_symbol([(place, *row) for place, row in enumerate(bars)], [1.0] * 7, limit_fill=limit_fill)
    strategy, market = strategy_of(scenario, exits, signal=True), scenario.market()
    terms = {"cash": scenario.cash, "cash_asset": "USDT", "costs": scenario.costs}
    stepped = event.run(strategy, {}, market, **terms)  # type: ignore[arg-type]
    assert_same_run(vector.run(strategy, {}, market, **terms), stepped)  # type: ignore[arg-type]
    assert len(stepped.fills) == (1 if exits.target and limit_fill == "through" else 2), what


def test_an_exit_after_a_hole_lets_the_symbol_in_again_as_bar_by_bar() -> None:
    stopped = (900_000, 900_000, 890_000, 900_000, 9)
    rows = [(0, *FLAT), (1, *FLAT), (2, *UNTOUCHED), (5, *stopped), (6, *FLAT), (7, *FLAT), (8, *FLAT)]
    scenario = one_symbol(rows, [1.0, 1.0, 0.0, math.nan, 0.0, 1.0, 1.0])
    strategy, market = strategy_of(scenario, Exits(stop=0.05), signal=False), scenario.market()
    terms = {"cash": scenario.cash, "cash_asset": "USDT", "costs": scenario.costs}
    stepped = event.run(strategy, {}, market, **terms)  # type: ignore[arg-type]
    assert_same_run(vector.run(strategy, {}, market, **terms), stepped)  # type: ignore[arg-type]
    assert stepped.fills["side"].tolist() == [1, -1, 1]


@pytest.mark.parametrize("unchanged", [0.0, math.nan], ids=["decided again", "not known"])
def test_a_target_that_could_not_be_acted_on_is_decided_in_rows_passed_over(unchanged: float) -> None:
    # the sale at row 1 is refused: below the least quantity; the stop sells at row 3's open, the instant at which row 2
    # decides: where its target is 0 again the symbol may enter at the next close, where it is not known it may not
    stopped = (900_000, 900_000, 890_000, 900_000, 9)
    rows = [(place, *row) for place, row in enumerate([FLAT, FLAT, UNTOUCHED, stopped, FLAT, FLAT, FLAT])]
    scenario = with_sizes(one_symbol(rows, [1.0, 0.0, unchanged, 1.0, 1.0, 1.0, 1.0]), "1000000", None)
    strategy, market = strategy_of(scenario, Exits(stop=0.05), signal=False), scenario.market()
    terms = {"cash": scenario.cash, "cash_asset": "USDT", "costs": scenario.costs}
    stepped = event.run(strategy, {}, market, **terms)  # type: ignore[arg-type]
    assert_same_run(vector.run(strategy, {}, market, **terms), stepped)  # type: ignore[arg-type]
    assert stepped.fills["side"].tolist() == ([1, -1, 1] if unchanged == 0.0 else [1, -1])


def test_a_curve_is_drawn_when_it_is_first_read_and_is_whole_in_a_copy() -> None:
    scenario = one_symbol([(place, *UNTOUCHED) for place in range(6)], [1.0] * 6)
    terms = {"cash": scenario.cash, "cash_asset": "USDT", "costs": scenario.costs}
    run = vector.run(strategy_of(scenario, None, signal=True), {}, scenario.market(), **terms)  # type: ignore[arg-type]
    assert run.final_equity == 1000 * 10**8
    assert "equity" not in vars(run)
    copy = pickle.loads(pickle.dumps(run))
    assert copy.equity.tolist() == run.equity.tolist() == [1000 * 10**8] * 6
    assert copy.cash.tolist() == run.cash.tolist() == [1000 * 10**8, *[0] * 5]


@st.composite
def panel_scenarios(draw: st.DrawFn) -> Scenario:
    """Up to three symbols; mostly with volume to trade in and no holes, so that orders are filled at once."""
    scenario = draw(scenarios(most=3, bars=60, pieces=(1,), dated=False))
    pace = draw(st.sampled_from([None, 0.2, 0.05]))
    if pace is not None:
        scenario = held_longer(scenario, draw(st.integers(0, 2**16)), pace)
    if draw(st.booleans()):
        uncapped = replace(draw(costs(scenario.bars[0].timeframe.name)), participation_ppb=None)
        return replace(scenario, costs=replace(uncapped, impact="none") if draw(st.booleans()) else uncapped)
    deep = tuple(replace(one, volume=one.volume % 3 * draw(st.sampled_from([10**4, 10**6]))) for one in scenario.bars)
    return replace(scenario, bars=deep)


@settings(QUICK, max_examples=200)
@given(
    scenario=panel_scenarios(),
    form=st.sampled_from(["targets", "weights"]),
    sizes=st.sampled_from([("0", None), ("0", None), ("0.5", None), ("0", "30")]),
    tile=st.sampled_from([2, 3, 7, 256]),
    wealth=st.sampled_from([1, 1, 1, 10**6]),
)
def test_a_panel_leaves_what_going_bar_by_bar_leaves(
    scenario: Scenario, form: str, sizes: tuple[str, str | None], tile: int, wealth: int
) -> None:
    """In tiles of any height, and with positions too large to be valued in floating point."""
    scenario = replace(with_sizes(scenario, *sizes), cash=min(scenario.cash * wealth, Decimal(10**10)))
    make = targets_strategy if form == "targets" else weights_strategy
    strategy, market = make(scenario.table, scenario.acts), scenario.market()
    terms = {"cash": scenario.cash, "cash_asset": "USDT", "costs": scenario.costs}
    start = int(market.bars[0].open_time_ns[len(market.bars[0]) // 4])
    for more in ({}, {"start_ns": start}):
        with patch.object(memory, "_TILE_ROWS", tile):
            jumped = vector.run(strategy, {}, market, **terms, **more)  # type: ignore[arg-type]
        stepped = event.run(strategy, {}, market, **terms, **more)  # type: ignore[arg-type]
        assert_same_run(jumped, stepped)


def test_a_panel_reads_columns_that_lie_scattered_in_memory() -> None:
    rows = [(place, *(price + 10 * place for price in FLAT[:4]), 9) for place in range(8)]
    scenario = one_symbol(rows, [1.0, 0.5, 0.0, 1.0, 1.0, 0.0, 0.5, 1.0])
    (bars,) = scenario.bars
    table = np.stack([bars.open_time_ns, *(getattr(bars, name) for name in PRICE_COLUMNS), bars.volume], axis=1)
    scattered = replace(scenario, bars=(Bars(bars.key, *table.T, bars.price_scale, bars.volume_scale),))
    strategy = weights_strategy(scenario.table, scenario.acts)
    terms = {"cash": scenario.cash, "cash_asset": "USDT", "costs": CostModel.free()}
    run = vector.run(strategy, {}, scattered.market(), **terms)  # type: ignore[arg-type]
    assert_same_run(run, event.run(strategy, {}, scenario.market(), **terms))  # type: ignore[arg-type]
    assert len(run.fills) > 2
