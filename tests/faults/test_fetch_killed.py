"""DI-05: a fetch of candles and trades killed at every system call. What has not arrived reads as missing, what has is
the exchange's; typed again it ends as a fetch that nobody killed."""

from __future__ import annotations

import runpy
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.errors import TickwrightError
from tickwright.ingest.any_series import read_series

from .stepping import can_step, stops

pytestmark = pytest.mark.skipif(not can_step(), reason="this machine does not let a program be held by ptrace")

RUNNER = Path(__file__).with_name("fetch_runner.py")


def demand_honest(program: dict, root: Path) -> None:
    """What is there is true, nothing is claimed that is not there, and the next run brings the rest."""
    lake = ParquetLake(root, cache_limit_bytes=0)
    for series in program["truth"]():
        if series.key not in lake.keys():  # noqa: SIM118
            continue
        held, times = read_series(lake, series.key), _times(series)
        assert held.content_hash() == series.where(np.isin(times, _times(held))).content_hash()
        claimed = [time for start, end in lake.fetched(series.key) for time in times.tolist() if start <= time < end]
        assert set(claimed) <= set(_times(held).tolist())
    program["run"](root)
    lake = ParquetLake(root, cache_limit_bytes=0)
    for series in program["truth"]():
        assert read_series(lake, series.key).content_hash() == series.content_hash()
    assert not list(lake.verify(deep=True))


def _times(series) -> np.ndarray:
    return series.ts_ns if series.key.timeframe is None else series.open_time_ns


def killed_everywhere(scratch: Path, what: str) -> tuple[int, list[str]]:
    """How many places of death there were, and at which of them a promise was broken."""
    program = runpy.run_path(str(RUNNER))
    root = scratch / "root"
    root.mkdir()
    broken, number = [], 0
    for number, stop in enumerate(stops([sys.executable, "-P", str(RUNNER), str(root), what], root)):
        left = scratch / f"{number}"
        shutil.copytree(root, left)
        try:
            demand_honest(program, left)
        except (AssertionError, TickwrightError):
            broken.append(f"{stop.call} {stop.path.name}")
        shutil.rmtree(left)
    return number, broken


def test_a_fetch_killed_at_every_call_and_typed_again_ends_the_same(scratch: Path) -> None:
    places, broken = killed_everywhere(scratch, "run")
    assert broken == []
    assert places > 80


def test_a_fetch_that_marks_before_it_stores_is_seen(scratch: Path) -> None:
    _, broken = killed_everywhere(scratch, "claim")
    assert broken
