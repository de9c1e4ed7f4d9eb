"""The page of a sweep as a file."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.adapters.reports.outline import outline
from tests.analytics.sweeps import TRIALS, sweep_of
from tickwright.adapters.reports import write_sweep_report
from tickwright.adapters.reports.sweep_report import best_place
from tickwright.domain.errors import UsageError

NASTY = "</script><img src=x onerror=alert(1)>"
MANIFEST = {"strategy": NASTY, "symbols": [NASTY], "timeframe": NASTY, "warnings": [NASTY], NASTY: NASTY}


def test_page_is_well_formed_asks_for_nothing_and_escapes_every_text(tmp_path: Path) -> None:
    result = replace(sweep_of(TRIALS), trials=tuple({NASTY: NASTY, "n": place} for place in range(5)))
    text = write_sweep_report(tmp_path / "sweep.html", result=result, manifest=MANIFEST, hold_sharpe=0.5).read_text()
    page = outline(text)
    assert page.faults == []
    assert page.asks == []
    assert "img" not in page.tags


def test_number_of_trials_and_what_luck_makes_of_them_stand_at_the_top(tmp_path: Path) -> None:
    path = write_sweep_report(tmp_path / "sweep.html", result=sweep_of(TRIALS), manifest={}, trials_on_data=1234)
    text = path.read_text()
    assert "The best of 1,234 trials has a Sharpe ratio of" in text
    assert "<dt>Trials</dt><dd>5</dd>" in text
    assert text.index("What the best is worth") < text.index("<h2>Parameters</h2>")


def test_every_trial_is_in_the_page(tmp_path: Path) -> None:
    path = write_sweep_report(tmp_path / "sweep.html", result=sweep_of(TRIALS), manifest={}, sort="total_return")
    data = json.loads(re.search(r'id="page-data">(.*?)</script>', path.read_text(), re.S)[1])  # type: ignore[index]
    assert (data["count"], data["params"]) == (5, {"last": [0, 1, 2, 3, 4]})
    assert data["best"] == int(np.argmax(sweep_of(TRIALS).total_return))


def test_one_trial_without_trades_has_a_page(tmp_path: Path) -> None:
    path = write_sweep_report(tmp_path / "sweep.html", result=sweep_of(TRIALS[:1]), manifest={})
    assert "No trial has a Sharpe ratio." in path.read_text()


def test_the_best_is_the_largest_or_the_smallest_and_never_undefined() -> None:
    measures = {"sharpe": np.array([np.nan, 1.0, 3.0]), "fee": np.array([5.0, np.nan, 2.0])}
    assert (best_place(measures, "sharpe"), best_place(measures, "fee")) == (2, 2)


def test_nothing_to_show_and_unknown_measures_are_refused(tmp_path: Path) -> None:
    result = sweep_of(TRIALS)
    with pytest.raises(UsageError, match="not a measure"):
        write_sweep_report(tmp_path / "sweep.html", result=result, manifest={}, sort="luck")
    with pytest.raises(UsageError, match="no valid trial"):
        write_sweep_report(tmp_path / "sweep.html", result=replace(result, trials=()), manifest={})
    assert list(tmp_path.iterdir()) == []
