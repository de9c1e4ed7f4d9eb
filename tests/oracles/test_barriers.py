"""Oracles R8.1 to R8.3: which of two barriers a driftless price meets first, through protective exits.

Log steps are Gaussian with the drift that makes the price a martingale; each fine bar is one step: its path is known.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.oracles.running import run_strategy
from tests.oracles.simulated import bars_of_closes, normals
from tickwright.domain.bars import Bars
from tickwright.domain.records import Reason
from tickwright.domain.run import RunResult
from tickwright.domain.timeframe import Timeframe
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Strategy

STEPS = 600_000
PER_BAR = 500


def bracketed(target: float, stop: float) -> type[Strategy]:
    """Always long, entering anew on the bar after an exit."""

    class Bracketed(Strategy):
        """Buys, and sells at the first of two barriers."""

        def targets(self, bars, ind):  # type: ignore[no-untyped-def]
            return np.ones(len(bars))

        def exits(self, bars, ind):  # type: ignore[no-untyped-def]
            return Exits(stop=stop, target=target, reenter="next_bar")

    return Bracketed


def martingale(seed: int, sigma_per_bar: float) -> Bars:
    """Fine bars of one step each; `PER_BAR` of them have the given volatility."""
    sigma = sigma_per_bar / math.sqrt(PER_BAR)
    steps = sigma * normals(STEPS, seed) - sigma * sigma / 2
    return bars_of_closes(1000 * np.exp(np.cumsum(steps)), timeframe="1m", scale=6)


def coarse(fine: Bars) -> Bars:
    """The same walk in bars of `PER_BAR` steps."""
    shape = (STEPS // PER_BAR, PER_BAR)
    frame = Timeframe.parse("500m")
    first = frame.ceil(int(fine.open_time_ns[0]))
    times = first + np.arange(shape[0], dtype=np.int64) * frame.length_ns
    return replace(
        fine,
        key=replace(fine.key, timeframe=frame),
        open_time_ns=times,
        open=fine.open.reshape(shape)[:, 0].copy(),
        high=fine.high.reshape(shape).max(axis=1),
        low=fine.low.reshape(shape).min(axis=1),
        close=fine.close.reshape(shape)[:, -1].copy(),
        volume=fine.volume.reshape(shape).sum(axis=1),
    )


def outcomes(result: RunResult) -> tuple[np.ndarray, np.ndarray]:
    """Whether each closed trade ended at its target, and its simple return."""
    fills = result.fills
    entries, exits = fills[fills["side"] > 0], fills[fills["side"] < 0]
    entries = entries[: len(exits)]
    return exits["reason"] == Reason.TAKE_PROFIT, exits["price"] / entries["price"] - 1.0


@pytest.mark.parametrize(("target", "stop"), [(0.02, 0.01), (0.01, 0.02), (0.015, 0.015)])
def test_barriers_are_met_in_proportion_to_their_distance(target: float, stop: float) -> None:
    """R8.2: P(+u before -d) = d / (u + d) for any volatility; nothing is earned on average."""
    won, earned = outcomes(run_strategy(bracketed(target, stop), martingale(5, 0.01), cash="1000"))
    assert len(won) > 400
    expected = stop / (target + stop)
    assert np.mean(won) == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / len(won)))
    assert abs(np.mean(earned)) < 4 * np.std(earned) / math.sqrt(len(earned))


def test_time_to_a_barrier() -> None:
    """R8.1: without drift a trade lasts ab / sigma² bars on average: 2.0 bars of `PER_BAR` steps here."""
    result = run_strategy(bracketed(0.02, 0.01), martingale(6, 0.01), cash="1000")
    fills = result.fills
    entries, exits = fills[fills["side"] > 0], fills[fills["side"] < 0]
    minutes = (exits["ts_ns"] - entries["ts_ns"][: len(exits)]) / 60e9
    error = np.std(minutes) / math.sqrt(len(minutes))
    assert np.mean(minutes) / PER_BAR == pytest.approx(2.0, abs=4 * error / PER_BAR + 0.02)


def test_coarse_bars_never_flatter_a_bracket() -> None:
    """R8.3: checks at closes only would meet the target with 0.38 instead of 1/3; worse first errs downwards."""
    won, earned = [], []
    for seed in range(4):
        hit, gained = outcomes(run_strategy(bracketed(0.02, 0.01), coarse(martingale(seed, 0.01)), cash="1000"))
        won.append(hit)
        earned.append(gained)
    share, error = np.mean(np.concatenate(won)), math.sqrt(2 / 9 / len(np.concatenate(won)))
    assert share < 1 / 3 + 4 * error
    assert np.mean(np.concatenate(earned)) < 4 * np.std(np.concatenate(earned)) / math.sqrt(len(np.concatenate(earned)))
