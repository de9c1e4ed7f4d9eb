"""Oracles R6.10 and R8.20: what must not change a result: scale, time, names' order, and what comes later."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from tests.oracles.running import equity, run_targets
from tests.oracles.simulated import bars_of_closes, normals
from tests.parity.commands import PRICES, Command, random_commands, sender
from tests.parity.perpetual_terms import candles_of, perpetual
from tests.parity.scenarios import candles
from tests.parity.scenarios import walk as candle_walk
from tests.parity.twin import instrument
from tickwright.domain.bars import Bars
from tickwright.domain.costs import CostModel
from tickwright.domain.margin import Margin, maintenance_tiers
from tickwright.domain.market import Market
from tickwright.domain.records import OrderState
from tickwright.modes import event

ALL_COSTS = CostModel.of(fee="0.001", spread="0.001", slippage="0.0002", impact="sqrt", max_participation="0.1")


def walk(seed: int, bars: int = 200) -> np.ndarray:
    return 100 * np.exp(np.cumsum(0.02 * normals(bars, seed)))


def wanted(seed: int, bars: int = 200) -> np.ndarray:
    draw = np.random.Generator(np.random.PCG64(seed))
    return np.repeat(draw.choice([0.0, 0.4, 0.9], bars // 5), 5)


@pytest.mark.parametrize("seed", range(3))
def test_scaling_prices_up_and_volumes_down_changes_no_equity(seed: int) -> None:
    series = bars_of_closes(walk(seed), scale=6)
    # the same integers with three decimals less are prices a thousand times higher; volumes a thousand times lower
    scaled = replace(series, price_scale=3, volume_scale=6)
    first = equity(run_targets(series, wanted(seed), costs=ALL_COSTS))
    second = equity(run_targets(scaled, wanted(seed), costs=ALL_COSTS))
    np.testing.assert_allclose(first, second, rtol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_shifting_all_times_by_weeks_shifts_the_fills_and_nothing_else(seed: int) -> None:
    series = bars_of_closes(walk(seed))
    shift = 5 * 7 * 86_400_000_000_000
    later = replace(series, open_time_ns=series.open_time_ns + shift)
    first = run_targets(series, wanted(seed), costs=ALL_COSTS)
    second = run_targets(later, wanted(seed), costs=ALL_COSTS)
    assert first.equity.tolist() == second.equity.tolist()
    assert (second.fills["ts_ns"] - first.fills["ts_ns"] == shift).all()


def test_symbol_order_changes_nothing() -> None:
    series = [bars_of_closes(walk(seed), symbol=f"{name}/USDT") for seed, name in enumerate(("AAA", "BBB", "CCC"))]
    targets = {part.key.instrument.symbol: wanted(seed) for seed, part in enumerate(series)}
    first = run_targets(series, targets, costs=ALL_COSTS)
    second = run_targets(series[::-1], targets, costs=ALL_COSTS)
    assert (first.digest, first.equity.tolist()) == (second.digest, second.equity.tolist())


def test_renaming_symbols_changes_no_equity() -> None:
    plain = [bars_of_closes(walk(seed), symbol=f"{name}/USDT") for seed, name in enumerate(("AAA", "BBB"))]
    renamed = [bars_of_closes(walk(seed), symbol=f"{name}/USDT") for seed, name in enumerate(("ZZZ", "BBB"))]
    results = []
    for series in (plain, renamed):
        targets = {part.key.instrument.symbol: wanted(seed) for seed, part in enumerate(series)}
        results.append(run_targets(series, targets, costs=ALL_COSTS).equity.tolist())
    assert results[0] == results[1]


@pytest.mark.parametrize("seed", range(3))
def test_the_first_bars_do_not_depend_on_what_follows(seed: int) -> None:
    """Under one price unit: the lowest price lies in the part both share."""
    closes = walk(seed)
    lowest = int(np.argmin(closes[:150]))
    closes[150:] = np.maximum(closes[150:], closes[lowest])
    series = bars_of_closes(closes)
    first = run_targets(series, wanted(seed), costs=ALL_COSTS)
    prefix: Bars = series.between(0, int(series.open_time_ns[150]))
    second = run_targets(prefix, wanted(seed)[:150], costs=ALL_COSTS)
    assert second.equity.tolist() == first.equity.tolist()[:150]
    assert second.fills["ts_ns"].tolist() == first.fills["ts_ns"].tolist()[: len(second.fills)]


def test_a_spread_from_volatility_does_not_know_what_follows() -> None:
    """§3.5: from bar 150 on the walk goes wild; what was paid until its open is the same to the last unit."""
    calm, wild = walk(1), walk(1)
    wild[150:] = wild[149] * (1 + 0.5 * (np.arange(len(wild) - 150) % 2))
    costs = CostModel.of(fee=0, spread="0.0001", impact="none", max_participation=None, spread_volatility=0.05)
    results = [run_targets(bars_of_closes(closes), wanted(1), costs=costs) for closes in (calm, wild)]
    until = results[0].equity_ts_ns[149]
    one, other = (result.fills[result.fills["ts_ns"] <= until] for result in results)
    columns = ["ts_ns", "side", "reference_price", "spread_cost"]
    assert one[columns].tolist() == other[columns].tolist()
    assert len(np.unique(np.round(np.abs(one["price"] / one["reference_price"] - 1.0), 6))) > 3  # it does widen


def test_the_market_draws_nothing_so_a_seed_changes_nothing() -> None:
    """§3.4: what a draw would depend on is the seed and the order's number; nothing in the market draws."""
    late = replace(ALL_COSTS, latency_ns=250_000_000)
    results = [run_targets(bars_of_closes(walk(0)), wanted(0), costs=late, seed=seed) for seed in (0, 1, 12345)]
    assert len({(result.digest, tuple(result.equity.tolist())) for result in results}) == 1


MIDDLE = 1000


def mirrored_bars(bars: Bars) -> Bars:
    """The same candles upside down around a price."""
    turned = {name: 2 * MIDDLE - getattr(bars, name) for name in ("open", "close")}
    return replace(bars, **turned, high=2 * MIDDLE - bars.low, low=2 * MIDDLE - bars.high)


def mirrored_command(command: Command) -> Command:
    """Buying for selling, and every price upside down."""
    verb = {"buy": "sell", "sell": "buy"}.get(command.verb, command.verb)
    terms = {name: 2 * MIDDLE - value if name in PRICES else value for name, value in command.terms.items()}
    return replace(command, verb=verb, terms=terms)


def is_told_in_prices(command: Command) -> bool:
    """Whether an order names whole prices and quantities only: a fraction of a price has no mirror image."""
    return not {"cost", "trail_rate", "exits"} & set(command.terms)


def traded(
    bars: Bars, commands: list[Command], costs: CostModel
) -> tuple[list[tuple[object, ...]], list[int], list[str]]:
    """Fills (prices relative to the middle), equity at each close, and how each order ended."""
    what = perpetual(instrument("BTC/USDT", tick="1", lot="1"), tiers=maintenance_tiers([(0, "0")]))
    market = Market.of([what], [bars], margin=Margin())
    strategy = sender(commands)
    result = event.run(strategy, {}, market, cash=Decimal(10**9), cash_asset="USDT", costs=costs)
    unit = 10 ** result.price_scales[0]
    fills = [
        (int(fill["ts_ns"]), int(fill["side"]), Fraction(int(fill["price"]), unit) - MIDDLE,
         int(fill["quantity"]) // 10 ** result.quantity_scales[0], int(fill["liquidity"]))
        for fill in result.fills
    ]  # fmt: skip
    ends = [OrderState(int(result.orders[order.id]["state"])).name for order in strategy.sent.values()]
    return fills, result.equity.tolist(), ends


@pytest.mark.parametrize("seed", range(12))
def test_buying_and_selling_are_mirrored(seed: int) -> None:
    """Random orders of every kind, and their mirror images on candles turned upside down."""
    plain = instrument("BTC/USDT", tick="1", lot="1")
    shape = {"price": MIDDLE, "swing": 0.01, "volume": 400, "absent": 0.1, "silent": 0.1}
    bars = candles_of(perpetual(plain), candles(plain, "1h", candle_walk(seed, 80, **shape), (0, 0)))
    commands = [one for one in random_commands(seed, [bars], often=0.6, both_ways=True) if is_told_in_prices(one)]
    costs = CostModel.of(
        fee=0, spread=0, impact="none", max_participation="0.1",
        limit_fill=("through", "touch")[seed % 2], limit_gap=("limit", "open")[seed // 2 % 2],
    )  # fmt: skip
    fills, wealth, ends = traded(bars, commands, costs)
    turned, same_wealth, same_ends = traded(mirrored_bars(bars), [mirrored_command(one) for one in commands], costs)
    assert len(fills) >= 8  # of 80 bars; the draws give 15 and more
    assert [(ts, -side, -price, *rest) for ts, side, price, *rest in fills] == turned
    assert (wealth, ends) == (same_wealth, same_ends)
