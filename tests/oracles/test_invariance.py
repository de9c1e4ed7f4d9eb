"""Oracles R6.10 and R8.20: what must not change a result: scale, time, names' order, and what comes later."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.oracles.running import equity, run_targets
from tests.oracles.simulated import bars_of_closes, normals
from tickwright.domain.bars import Bars
from tickwright.domain.costs import CostModel

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


def test_the_market_draws_nothing_so_a_seed_changes_nothing() -> None:
    """§3.4: what a draw would depend on is the seed and the order's number; nothing in the market draws."""
    late = replace(ALL_COSTS, latency_ns=250_000_000)
    results = [run_targets(bars_of_closes(walk(0)), wanted(0), costs=late, seed=seed) for seed in (0, 1, 12345)]
    assert len({(result.digest, tuple(result.equity.tolist())) for result in results}) == 1
