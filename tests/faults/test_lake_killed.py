"""A lake write killed, and failing, at every system call it makes: nothing acknowledged is lost, no half state is left.

One run of `lake_writer.py` first establishes state A, says so, writes state B over it, says so. For the kill it is held
at every call that changes the lake, and what lies there then is examined: SIGKILL at that call leaves exactly this. For
failures each run lets the n-th call of one name fail, for every n until a run passes untouched.
"""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.bars import Bars, SeriesKind
from tickwright.domain.errors import TickwrightError
from tickwright.domain.events import Events, Series, held_span, joined_events
from tickwright.domain.row_layout import EVENT_KINDS
from tickwright.ingest.any_series import read_series

from .stepping import can_step, stops

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
needs_stepping = pytest.mark.skipif(not can_step(), reason="this machine does not let a program be held by ptrace")

WRITER = Path(__file__).with_name("lake_writer.py")
FAILING = (("mkdir", "ENOSPC"), ("write", "ENOSPC"), ("fsync", "EIO"), ("rename", "EIO"))
MOST_CALLS = 60


def states(kind: SeriesKind = "candles") -> tuple[Series, Series]:
    """State A, and what state B puts over it, as the writer makes them."""
    first, second = runpy.run_path(str(WRITER))["states"](kind)
    return first, second


def together(first: Series, second: Series) -> Series:
    """What is held when B lies over A."""
    former = first.between(held_span(first)[0], held_span(second)[0])
    if isinstance(former, Bars) and isinstance(second, Bars):
        names = ("open_time_ns", "open", "high", "low", "close", "volume")
        columns = {name: np.concatenate([getattr(former, name), getattr(second, name)]) for name in names}
        return replace(second, **columns)
    assert isinstance(former, Events)
    assert isinstance(second, Events)
    return joined_events(second.key, [former, second])


def run(root: Path, call: str, fault: str, place: int, mutant: str = "") -> tuple[list[str], bool]:
    """What the writer said, and whether the fault struck before it ended."""
    trace = root.with_suffix(".trace")
    command = ["strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={call}"]
    command += ["-e", f"inject={call}:{fault}:when={place}", sys.executable, "-P", str(WRITER), str(root), mutant]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    struck = "INJECTED" in trace.read_text() or outcome.returncode != 0
    return re.findall(r"^\w+$", outcome.stdout, re.MULTILINE), struck


def demand_sound(root: Path, said: list[str], kind: SeriesKind = "candles") -> None:
    """The store holds A, or B over it (or nothing, before A was acknowledged), is clean, and takes the next write."""
    first, second = states(kind)
    whole = together(first, second).content_hash()
    lake = ParquetLake(root)
    assert not list(lake.verify(deep=True))
    if not lake.keys():
        assert "A" not in said
    else:
        stored = read_series(lake, first.key).content_hash()
        assert stored == whole or (stored == first.content_hash() and "B" not in said)
    lake.write(first)
    lake.write(second)
    assert read_series(lake, first.key).content_hash() == whole
    assert not list(lake.verify(deep=True))


def killed_everywhere(scratch: Path, mutant: str = "-", kind: SeriesKind = "candles") -> tuple[int, list[str]]:
    """How many places of death there were, and at which of them a promise was broken."""
    root = scratch / "lake"
    root.mkdir()
    broken = []
    number = 0
    for number, stop in enumerate(stops([sys.executable, "-P", str(WRITER), str(root), mutant, kind], root)):
        left = scratch / f"{number}"
        shutil.copytree(root, left)
        try:
            demand_sound(left, list(stop.said), kind)
        except (AssertionError, TickwrightError):
            broken.append(f"{stop.call} {stop.path.name}")
    return number, broken


@needs_stepping
def test_killed_at_every_call_of_a_write(scratch: Path) -> None:
    """ST-01."""
    places, broken = killed_everywhere(scratch)
    assert broken == []
    assert places > 40


@needs_stepping
@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_killed_at_every_call_of_a_write_of_events(scratch: Path, kind: SeriesKind) -> None:
    places, broken = killed_everywhere(scratch, kind=kind)
    assert broken == []
    assert places > 40


@needs_strace
def test_a_kill_leaves_what_the_held_program_showed(tmp_path: Path) -> None:
    """The same by a real SIGKILL at a few calls: nothing of the killed program's memory matters."""
    for call, place in (("fsync", 9), ("rename", 5), ("unlink", 2), ("write", 4)):
        root = tmp_path / call / "lake"
        root.parent.mkdir()
        said, struck = run(root, call, "signal=KILL", place)
        assert struck
        demand_sound(root, said)


@needs_strace
@pytest.mark.parametrize(("call", "error"), FAILING)
def test_failing_at_every_call_of_a_write(tmp_path: Path, call: str, error: str) -> None:
    told = 0
    for place in range(1, MOST_CALLS):
        root = tmp_path / f"{place}" / "lake"
        root.parent.mkdir()
        said, struck = run(root, call, f"error={error}", place)
        demand_sound(root, said)
        if not struck:
            break
        told += said[-1:] in (["StoreWriteFailed"], ["FlushFailed"])
    else:
        pytest.fail(f"more than {MOST_CALLS} calls of {call}")
    assert told, f"no run was told about a failing {call}"


@needs_stepping
def test_the_sweep_sees_a_writer_that_writes_in_place(scratch: Path) -> None:
    _, broken = killed_everywhere(scratch, "in_place")
    assert broken


@needs_stepping
def test_the_sweep_sees_events_written_in_place(scratch: Path) -> None:
    _, broken = killed_everywhere(scratch, "in_place", "trades")
    assert broken


@needs_strace
def test_the_sweep_sees_a_writer_that_ignores_a_failed_flush(tmp_path: Path) -> None:
    told = [run(tmp_path / f"{place}-lake", "fsync", "error=EIO", place, "careless")[0] for place in range(3, 20, 4)]
    assert told == [["A", "B"]] * len(told)  # a correct writer never says so: see the sweep above
