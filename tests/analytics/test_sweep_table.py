"""A sweep's columns are the statistics of its single runs."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analytics.sweeps import TRIALS, sweep_of
from tickwright.analytics.summary import summarise
from tickwright.analytics.sweep_table import COLUMNS, sweep_columns


def test_every_column_equals_the_statistic_of_the_single_run() -> None:
    columns = sweep_columns(sweep_of(TRIALS))
    assert tuple(columns) == COLUMNS
    for place, run in enumerate(TRIALS):
        statistics = summarise(run)
        single = {name: getattr(statistics, name, None) for name in COLUMNS} | statistics.costs.document()
        for name in COLUMNS:
            assert columns[name][place] == pytest.approx(single[name], rel=1e-6, nan_ok=True), (name, place)


def test_calendar_length_can_be_given() -> None:
    columns = sweep_columns(sweep_of(TRIALS), years=2.0)
    assert columns["cagr"][4] == pytest.approx((1 + columns["total_return"][4]) ** 0.5 - 1)
    assert np.isnan(sweep_columns(sweep_of(TRIALS), years=0.0)["cagr"]).all()
