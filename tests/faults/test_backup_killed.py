"""A backup that is killed, or loses power, at any system call: no snapshot that lies, and the next run goes on."""

from __future__ import annotations

import runpy
import shutil
import sys
from pathlib import Path

import pytest

from tickwright.adapters.storage.backup.sealing import SealingKey
from tickwright.adapters.storage.backup.snapshots import read_snapshot, snapshots, take_snapshot, verify_snapshot
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.errors import TickwrightError

from .stepping import PowerCut, can_step, put_tree, stops

pytestmark = pytest.mark.skipif(not can_step(), reason="this machine does not let a program be held by ptrace")

RUNNER = Path(__file__).with_name("backup_runner.py")
KEY: SealingKey = runpy.run_path(str(RUNNER))["KEY"]


def demand_honest(lake: Path, target: Path, said: tuple[str, ...]) -> None:
    """Every snapshot there is gives back all it names, what was acknowledged is there, and a backup works now."""
    names = snapshots(target)
    assert set(said) <= set(names)
    for name in names:
        assert verify_snapshot(target, read_snapshot(target, name, key=KEY), key=KEY) == []
    taken = take_snapshot(lake, target, key=KEY)
    assert verify_snapshot(target, taken, key=KEY) == []


def cut_off_everywhere(scratch: Path, mutant: str = "") -> tuple[int, list[str]]:
    """How many states were examined, killed and without power, and the calls at which one broke a promise."""
    lake, target = scratch / "lake", scratch / "target"
    first, second = runpy.run_path(str(RUNNER.with_name("lake_writer.py")))["states"]()
    store = ParquetLake(lake)
    store.write(first)
    target.mkdir()
    take_snapshot(lake, target, key=KEY, now_ns=1)
    store.write(second)
    cut = PowerCut(target)
    seen = []
    broken = []
    for stop in stops([sys.executable, "-P", str(RUNNER), str(lake), str(target), mutant], target, after=True):
        cut.look(stop)
        for tree in cut.states():
            if (tree, stop.said) in seen:
                continue
            seen.append((tree, stop.said))
            place = put_tree(tree, scratch / f"{len(seen)}")
            try:
                demand_honest(lake, place, stop.said)
            except (AssertionError, TickwrightError):
                broken.append(f"{stop.call} {stop.path.name}")
            shutil.rmtree(place)
    return len(seen), broken


def test_a_backup_cut_off_at_every_call_never_lies(scratch: Path) -> None:
    states, broken = cut_off_everywhere(scratch)
    assert broken == []
    assert states > 20


def test_a_backup_that_does_not_flush_is_seen(scratch: Path) -> None:
    _, broken = cut_off_everywhere(scratch, "unflushed")
    assert broken
