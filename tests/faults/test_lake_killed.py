"""A lake write killed, and failing, at every system call it makes: nothing acknowledged is lost, no half state is left.

One run of `lake_writer.py` first establishes state A, says so, writes state B over it, says so. Each test run ends it
with SIGKILL, or lets the call fail, at the n-th call of one name, for every n until a run passes untouched.
"""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.bars import Bars
from tickwright.domain.errors import TickwrightError

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")

WRITER = Path(__file__).with_name("lake_writer.py")
KILLED = ("mkdir", "flock", "ftruncate", "pwrite64", "write", "fsync", "rename", "unlink")
FAILING = (("mkdir", "ENOSPC"), ("write", "ENOSPC"), ("fsync", "EIO"), ("rename", "EIO"))
MOST_CALLS = 60


def states() -> tuple[Bars, Bars]:
    """State A, and what state B puts over it, as the writer makes them."""
    first, second = runpy.run_path(str(WRITER))["states"]()
    return first, second


def run(root: Path, call: str, fault: str, place: int, mutant: str = "") -> tuple[list[str], bool]:
    """What the writer said, and whether the fault struck before it ended."""
    trace = root.with_suffix(".trace")
    command = ["strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={call}"]
    command += ["-e", f"inject={call}:{fault}:when={place}", sys.executable, "-I", str(WRITER), str(root), mutant]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    struck = "INJECTED" in trace.read_text() or outcome.returncode != 0
    return re.findall(r"^\w+$", outcome.stdout, re.MULTILINE), struck


def demand_sound(root: Path, said: list[str]) -> None:
    """The store holds A or B (or nothing, before A was acknowledged), is clean, and takes the next write."""
    first, second = states()
    lake = ParquetLake(root)
    assert not list(lake.verify(deep=True))
    if not lake.keys():
        assert "A" not in said
    else:
        stored = lake.read(first.key)
        held = len(stored)
        assert held in (60, 80)
        assert held == 80 or "B" not in said
        assert stored.close[:10].tolist() == first.close.tolist()[:10]
        assert stored.close[10:].tolist() == (second if held == 80 else first).close.tolist()[-held + 10 :]
    lake.write(first)
    lake.write(second)
    assert len(lake.read(first.key)) == 80
    assert lake.read(first.key).close[10:].tolist() == second.close.tolist()
    assert not list(lake.verify(deep=True))


@pytest.mark.parametrize("call", KILLED)
def test_killed_at_every_call_of_a_write(tmp_path: Path, call: str) -> None:
    struck_inside = 0
    for place in range(1, MOST_CALLS):
        root = tmp_path / f"{place}" / "lake"
        root.parent.mkdir()
        said, struck = run(root, call, "signal=KILL", place)
        demand_sound(root, said)
        if not struck:
            break
        struck_inside += said != ["A", "B"]
    else:
        pytest.fail(f"more than {MOST_CALLS} calls of {call}")
    assert struck_inside, f"no run was killed at {call}"


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


def test_the_sweep_sees_a_writer_that_writes_in_place(tmp_path: Path) -> None:
    def broken(place: int) -> bool:
        root = tmp_path / f"{place}" / "lake"
        root.parent.mkdir()
        said, _ = run(root, "write", "signal=KILL", place, "in_place")
        try:
            demand_sound(root, said)
        except (AssertionError, TickwrightError):
            return True
        return False

    assert any(broken(place) for place in range(4, 20))


def test_the_sweep_sees_a_writer_that_ignores_a_failed_flush(tmp_path: Path) -> None:
    told = [run(tmp_path / f"{place}-lake", "fsync", "error=EIO", place, "careless")[0] for place in range(3, 20, 4)]
    assert told == [["A", "B"]] * len(told)  # a correct writer never says so: see the sweep above
