"""Merged bars and thinned curves keep what a picture shows."""

from __future__ import annotations

import numpy as np

from tests.adapters.reports.long_run import long_run
from tickwright.adapters.reports.level_of_detail import merge_factor, merged_bars, thinned
from tickwright.domain.timestamp import HOUR


def test_bars_within_the_budget_stay_as_they_are() -> None:
    assert merge_factor(122_000) == 1
    assert merge_factor(10**12, budget=1000) == 10**9


def test_merged_bars_keep_extremes_ends_and_volume() -> None:
    (series,) = long_run(n=2000, symbols=1).bars
    merged = merged_bars(series, 4)
    assert merged.timeframe.name == "4h"
    assert (merged.high.max(), merged.low.min()) == (series.high.max(), series.low.min())
    assert merged.volume.sum() == series.volume.sum()
    assert (merged.open[0], merged.close[-1]) == (series.open[0], series.close[-1])
    assert np.all(np.diff(merged.open_time_ns) % (4 * HOUR) == 0)
    assert np.diff(merged.open_time_ns).max() > 4 * HOUR, "the outage is still a hole"


def test_thinned_curve_keeps_its_lowest_and_highest_point_and_both_ends() -> None:
    curve = np.round(1e6 * np.sin(np.arange(50_000) / 777.0)).astype(np.int64)
    kept = thinned(curve, budget=500)
    assert len(kept) <= 502
    assert {0, 49_999, int(curve.argmin()), int(curve.argmax())} <= set(kept.tolist())
    assert thinned(curve[:10]).tolist() == list(range(10))
