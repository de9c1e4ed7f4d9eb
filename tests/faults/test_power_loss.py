"""ST-02: the power goes at any instant of a lake write, and the disk keeps what was flushed and any part of the rest.

The writer is held at every call; `PowerCut` lists what the disk may then hold. No FUSE layer is needed, and orders of
loss are tried that one run through such a layer would not show.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.errors import TickwrightError

from .stepping import PowerCut, can_step, put_tree, stops

pytestmark = pytest.mark.skipif(not can_step(), reason="this machine does not let a program be held by ptrace")

WRITER = Path(__file__).with_name("lake_writer.py")


def demand_kept(root: Path, said: tuple[str, ...]) -> None:
    """What was acknowledged is read back, from a lake that finds nothing wrong with itself and takes the next write."""
    first, second = runpy.run_path(str(WRITER))["states"]()
    lake = ParquetLake(root, cache_limit_bytes=0)
    assert not list(lake.verify(deep=True))
    held = len(lake.read(first.key)) if lake.keys() else 0
    assert held in {(): (0, 60), ("A",): (60, 80), ("A", "B"): (80,)}[said]
    if held:
        assert (
            lake.read(first.key).close[10:].tolist() == (second if held == 80 else first).close.tolist()[-held + 10 :]
        )
    lake.write(second)
    assert lake.read(first.key).close[-70:].tolist() == second.close.tolist()


def power_cut_everywhere(scratch: Path, mutant: str = "") -> tuple[int, list[str]]:
    """How many states of the disk were examined, and the calls at which one of them broke a promise."""
    root = scratch / "lake"
    root.mkdir()
    cut = PowerCut(root)
    seen = []
    broken = []
    for stop in stops([sys.executable, "-P", str(WRITER), str(root), mutant], root, after=True):
        cut.look(stop)
        for tree in cut.states():
            if (tree, stop.said) in seen:
                continue
            seen.append((tree, stop.said))
            place = put_tree(tree, scratch / f"{len(seen)}")
            try:
                demand_kept(place, stop.said)
            except (AssertionError, TickwrightError):
                broken.append(f"{stop.call} {stop.path.name}")
    return len(seen), broken


def test_the_power_goes_at_every_instant_of_a_write(scratch: Path) -> None:
    states, broken = power_cut_everywhere(scratch)
    assert broken == []
    assert states > 100


@pytest.mark.parametrize("mutant", ["unflushed", "unflushed_names"])
def test_a_writer_that_does_not_flush_is_seen(scratch: Path, mutant: str) -> None:
    _, broken = power_cut_everywhere(scratch, mutant)
    assert broken
