"""Oracles R8.1 to R8.5: which of two barriers a price meets first, and whether it meets one in time, through exits.

Log steps are Gaussian with the drift that makes the price a martingale; each fine bar is one step: its path is known.
"""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

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
    """A price without drift: what the volatility adds to its mean its logarithm loses."""
    return walk(seed, -(sigma_per_bar**2) / 2, sigma_per_bar)


def walk(seed: int, drift_per_bar: float, sigma_per_bar: float) -> Bars:
    """Fine bars of one step each; the logarithm of `PER_BAR` of them has the given drift and volatility."""
    steps = drift_per_bar / PER_BAR + sigma_per_bar / math.sqrt(PER_BAR) * normals(STEPS, seed)
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


@pytest.mark.parametrize(
    ("target", "stop", "drift", "sigma", "expected"),
    [
        (0.02, 0.01, 0.0005, 0.01, 0.367165),
        (0.05, 0.05, 0.001, 0.03, 0.527749),
        (0.10, 0.05, 0.001, 0.04, 0.354370),
    ],
)
def test_a_drift_helps_as_much_as_theory_says(
    target: float, stop: float, drift: float, sigma: float, expected: float
) -> None:
    """R8.1: barriers of the logarithm, P = (1 - e^(th·b)) / (e^(-th·a) - e^(th·b)) with th = 2·mu/sigma²."""
    th = 2 * drift / sigma**2
    formula = (1 - math.exp(th * stop)) / (math.exp(-th * target) - math.exp(th * stop))
    assert formula == pytest.approx(expected, abs=1e-6)
    strategy = bracketed(math.expm1(target), -math.expm1(-stop))
    won = np.concatenate([outcomes(run_strategy(strategy, walk(20 + seed, drift, sigma)))[0] for seed in range(2)])
    assert np.mean(won) == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / len(won)))


def test_time_to_a_barrier() -> None:
    """R8.1: without drift a trade lasts ab / sigma² bars on average: 2.0 bars of `PER_BAR` steps here."""
    result = run_strategy(bracketed(0.02, 0.01), martingale(6, 0.01), cash="1000")
    fills = result.fills
    entries, exits = fills[fills["side"] > 0], fills[fills["side"] < 0]
    minutes = (exits["ts_ns"] - entries["ts_ns"][: len(exits)]) / 60e9
    error = np.std(minutes) / math.sqrt(len(minutes))
    assert np.mean(minutes) / PER_BAR == pytest.approx(2.0, abs=4 * error / PER_BAR + 0.02)


def test_coarse_bars_never_flatter_a_bracket() -> None:
    """R8.2: where a bar is as wide as the stop, few bars hold both barriers and the price stays fair."""
    won, earned, _ = coarse_outcomes(0.01)
    assert np.mean(won) < 1 / 3 + 4 * math.sqrt(2 / 9 / len(won))
    assert np.mean(earned) < 4 * np.std(earned) / math.sqrt(len(earned))


def test_where_bars_hold_both_barriers_a_bracket_loses_and_the_count_says_by_how_much() -> None:
    """R8.2: the worse comes first, so a fair price loses; what lies between that and the truth is counted."""
    won, earned, ambiguous = coarse_outcomes(0.03)
    error = math.sqrt(2 / 9 / len(won))
    assert np.mean(earned) < -4 * np.std(earned) / math.sqrt(len(earned))
    assert np.mean(won) < 1 / 3 - 4 * error
    assert np.mean(won) + ambiguous / len(won) > 1 / 3 - 4 * error


def test_where_detail_tells_the_path_a_fair_price_is_fair_again() -> None:
    """R8.2: the same walks in the same bars; on detail candles the bias is gone and nothing is ambiguous."""
    won, earned, ambiguous = coarse_outcomes(0.03, with_detail=True)
    assert np.mean(won) == pytest.approx(1 / 3, abs=4 * math.sqrt(2 / 9 / len(won)))
    assert abs(np.mean(earned)) < 4 * np.std(earned) / math.sqrt(len(earned))
    assert ambiguous == 0


def coarse_outcomes(sigma_per_bar: float, *, with_detail: bool = False) -> tuple[np.ndarray, np.ndarray, int]:
    """Four walks in coarse bars: which trades won, what each earned, and how many were ambiguous."""
    won, earned, ambiguous = [], [], 0
    for seed in range(4):
        fine = martingale(seed, sigma_per_bar)
        bars, detail = coarse(fine), None
        if with_detail:
            detail = [replace(fine, open_time_ns=fine.open_time_ns - fine.open_time_ns[0] + bars.open_time_ns[0])]
        result = run_strategy(bracketed(0.02, 0.01), bars, detail=detail, cash="1000")
        hit, gained = outcomes(result)
        won.append(hit)
        earned.append(gained)
        ambiguous += result.ambiguous_trades
    return np.concatenate(won), np.concatenate(earned), ambiguous


def closing(target: float, stop: float) -> type[Strategy]:
    """Buys, and sells at the open after a close beyond one of two barriers of the logarithm."""

    class Closing(Strategy):
        """Looks at closes only."""

        entered = 0.0

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            close = bar.close
            if not ctx.position:
                self.entered = close  # the price of the next open
                ctx.buy(qty=1)
            elif not -stop < math.log(close / self.entered) < target:
                ctx.sell(fraction=1.0, tag="won" if close > self.entered else "lost")

    return Closing


@pytest.mark.parametrize(
    ("target", "stop", "drift", "sigma", "told", "continuous"),
    [(0.02, 0.01, 0.0, 0.01, 0.38025, 0.33333), (0.10, 0.05, 0.001, 0.04, 0.40405, 0.35437)],
)
def test_looking_at_closes_only_meets_the_farther_barrier_more_often(
    target: float, stop: float, drift: float, sigma: float, told: float, continuous: float
) -> None:
    """R8.3: both barriers move out by 0.5826·sigma; published by simulation to ±0.004."""
    won: list[bool] = []
    for seed in range(10):
        closes = 1000 * np.exp(np.cumsum(drift + sigma * normals(4_000 if drift else 20_000, 100 + seed)))
        result = run_strategy(closing(target, stop), bars_of_closes(closes), mode="event", cash="1000000000")
        won += [result.tags[fill["tag"]] == "won" for fill in result.fills[result.fills["side"] < 0]]
    share, error = np.mean(won), math.sqrt(0.24 / len(won))
    assert share == pytest.approx(told, abs=0.004 + 2 * error)
    assert share - continuous > 4 * error


def in_time(target: float, bars: int) -> type[Strategy]:
    """Always long: out at the target, or after so many bars, and in again at the next one."""

    class InTime(Strategy):
        """Buys, and waits for a price until a deadline."""

        def targets(self, bars_seen, ind):  # type: ignore[no-untyped-def]
            return np.ones(len(bars_seen))

        def exits(self, bars_seen, ind):  # type: ignore[no-untyped-def]
            return Exits(target=target, max_bars=bars, reenter="next_bar")

    return InTime


@pytest.mark.parametrize(
    ("barrier", "drift", "sigma", "horizon", "expected"),
    [
        (0.02, 0.0, 0.01, 1, 0.045500),
        (0.02, 0.0, 0.01, 10, 0.527089),
        (0.05, 0.001, 0.02, 30, 0.726236),
        (0.10, -0.001, 0.03, 30, 0.482715),
        (0.10, 0.0005, 0.03, 30, 0.572921),
    ],
)
def test_a_limit_is_met_within_its_horizon_as_often_as_reflection_says(
    barrier: float, drift: float, sigma: float, horizon: int, expected: float
) -> None:
    """R8.4, R8.5: P(max ≥ a by T) = Φ((-a + μT) / σ√T) + e^(2μa/σ²)·Φ((-a - μT) / σ√T), as fills of a target.

    Steps see the barrier farther out by 0.5826 of their own volatility (R8.3); the target stands nearer by as much.
    """
    steps, walks, normal = 50, 5, NormalDist()
    spread = sigma * math.sqrt(horizon)
    formula = normal.cdf((-barrier + drift * horizon) / spread)
    formula += math.exp(2 * drift * barrier / sigma**2) * normal.cdf((-barrier - drift * horizon) / spread)
    assert formula == pytest.approx(expected, abs=1e-6)
    step = sigma / math.sqrt(steps)
    strategy = in_time(math.expm1(barrier - 0.5826 * step), horizon * steps)
    met: list[bool] = []
    for seed in range(walks):
        logs = np.cumsum(drift / steps + step * normals(150_000, 300 + seed))
        result = run_strategy(strategy, bars_of_closes(1000 * np.exp(logs), timeframe="1m"), cash="1000")
        ends = result.fills[result.fills["side"] < 0]["reason"]
        assert set(ends.tolist()) <= {int(Reason.TAKE_PROFIT), int(Reason.TIME_EXIT)}
        met += (ends == Reason.TAKE_PROFIT).tolist()
    assert len(met) > 500
    assert np.mean(met) == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / len(met)) + 0.002)
