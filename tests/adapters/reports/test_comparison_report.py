"""The page of several runs as a file."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.adapters.reports.long_run import LongRun, long_run
from tests.adapters.reports.outline import outline
from tickwright.adapters.reports import ComparedRun, write_comparison_report
from tickwright.analytics.divergence import divergence
from tickwright.domain.errors import UsageError
from tickwright.domain.timeframe import Timeframe

NASTY = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def runs() -> list[ComparedRun]:
    """The same run twice, and a shorter one with other trades."""

    def compared(name: str, run: LongRun) -> ComparedRun:
        return ComparedRun(name, run.result, run.statistics)

    first, other = long_run(n=1600, symbols=1), long_run(n=1200, symbols=1, trade_every=30)
    return [compared(NASTY, first), compared("twin", first), compared("other", other)]


def page_data(path: Path) -> dict:
    return json.loads(re.search(r'id="page-data">(.*?)</script>', path.read_text(), re.S)[1])  # type: ignore[index]


def test_page_is_well_formed_asks_for_nothing_and_escapes_every_text(tmp_path: Path, runs: list[ComparedRun]) -> None:
    settings = {NASTY: [NASTY, [NASTY], None]}
    path = write_comparison_report(tmp_path / "runs.html", runs=runs, settings=settings)
    page = outline(path.read_text())
    assert (page.faults, page.asks) == ([], [])
    assert "img" not in page.tags


def test_runs_that_traded_alike_are_said_to_and_others_parted(tmp_path: Path, runs: list[ComparedRun]) -> None:
    hour = Timeframe.parse("1h")
    for pair, words in (
        (runs[:2], "The first two runs traded alike"),
        ([runs[0], runs[2]], "decisions are common"),
    ):
        found = divergence(pair[0].result, pair[1].result, hour)
        path = write_comparison_report(tmp_path / "runs.html", runs=pair, settings={}, divergence=found)
        assert words in path.read_text()


def test_better_values_stand_out_and_a_shorter_run_ends_earlier(tmp_path: Path, runs: list[ComparedRun]) -> None:
    path = write_comparison_report(tmp_path / "runs.html", runs=[runs[0], runs[2]], settings={})
    assert 'class="n best"' in path.read_text()
    shorter = page_data(path)["runs"][1]["growth"]
    assert shorter["nulls"] == [[1200, 400]]


def test_one_run_seven_runs_and_runs_without_bars_are_refused(tmp_path: Path, runs: list[ComparedRun]) -> None:
    empty = replace(runs[0], result=replace(runs[0].result, equity=np.empty(0, np.int64)))
    for wrong in (runs[:1], runs[:1] * 7, [runs[0], empty]):
        with pytest.raises(UsageError, match="two to 6 runs"):
            write_comparison_report(tmp_path / "runs.html", runs=wrong, settings={})
