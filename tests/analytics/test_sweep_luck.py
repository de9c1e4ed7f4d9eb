"""What a sweep's best result is worth."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.analytics.sweeps import TRIALS, sweep_of
from tickwright.analytics.deflated_sharpe import expected_maximum_sharpe
from tickwright.analytics.summary import summarise
from tickwright.analytics.sweep_luck import neighbour_median, sweep_luck


def test_best_and_spread_are_those_of_the_single_runs() -> None:
    luck = sweep_luck(sweep_of(TRIALS))
    ratios = np.array([summarise(run).sharpe for run in TRIALS])
    known = ratios[np.isfinite(ratios)]
    assert luck.counted == len(TRIALS)
    assert luck.best == pytest.approx(known.max(), rel=1e-6)
    assert luck.expected_best == pytest.approx(expected_maximum_sharpe(5) * np.std(known, ddof=1), rel=1e-6)
    assert 0.0 < luck.deflated < 1.0


def test_every_trial_ever_run_on_the_data_counts() -> None:
    few, many = (sweep_luck(sweep_of(TRIALS), trials_on_data=count) for count in (3, 10_000))
    assert few.counted == 5, "never fewer than this sweep"
    assert many.counted == 10_000
    assert many.expected_best > few.expected_best
    assert many.deflated < few.deflated
    assert many.years_needed > few.years_needed


def test_trials_without_a_ratio_leave_it_undefined() -> None:
    result = sweep_of(TRIALS[:1])
    flat = replace(result, return_sum=np.zeros(1), return_sum_squares=np.zeros(1))
    assert math.isnan(sweep_luck(flat).best)
    assert math.isnan(sweep_luck(flat).deflated)


def test_neighbours_are_one_step_of_the_grid_away_in_every_parameter() -> None:
    trials = [{"fast": fast, "slow": slow, "kind": kind} for fast in (5, 10, 20) for slow in (50, 100) for kind in "ab"]
    values = np.arange(len(trials), dtype=float)
    centre = trials.index({"fast": 5, "slow": 50, "kind": "a"})
    near = [place for place, trial in enumerate(trials) if trial["fast"] <= 10 and place != centre]
    assert neighbour_median(trials, values, centre) == np.median(values[near])
    assert math.isnan(neighbour_median(trials[:1], values[:1], 0))
