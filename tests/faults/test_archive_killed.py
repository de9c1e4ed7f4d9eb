"""ST-12: a retention run killed at every system call, or cut off from power: no row lost, none doubled, and the next
run finishes the work.
"""

from __future__ import annotations

import runpy
import shutil
import sys
from pathlib import Path

import pytest

from tickwright.domain.errors import TickwrightError
from tickwright.ingest.archive_view import WithArchive

from .stepping import PowerCut, Tree, can_step, put_tree, stops

pytestmark = pytest.mark.skipif(not can_step(), reason="this machine does not let a program be held by ptrace")

RUNNER = Path(__file__).with_name("archive_runner.py")


def demand_whole(program: dict, root: Path) -> None:
    """Lake and archive read as one give every row once, and are sound; so they do after the run is repeated."""
    for repeated in (False, True):
        if repeated:
            program["run"](root)
        live, archive = program["lakes"](root)
        for bars in map(program["series"], program["SYMBOLS"]):
            assert WithArchive(live, archive).read(bars.key).content_hash() == bars.content_hash()
        assert not [*live.verify(deep=True), *archive.verify(deep=True)]
        if repeated:
            assert [live.coverage(key).rows for key in live.keys()] == [100, 100]  # noqa: SIM118


def killed_everywhere(scratch: Path, mutant: str) -> tuple[int, list[str]]:
    """How many places of death there were, and at which of them a promise was broken."""
    program = runpy.run_path(str(RUNNER))
    root = scratch / "root"
    program["prepare"](root)
    broken = []
    number = 0
    for number, stop in enumerate(stops([sys.executable, "-P", str(RUNNER), str(root), mutant], root)):
        left = scratch / f"{number}"
        shutil.copytree(root, left)
        try:
            demand_whole(program, left)
        except (AssertionError, TickwrightError):
            broken.append(f"{stop.call} {stop.path.name}")
    return number, broken


def test_a_retention_run_killed_at_every_call_loses_and_doubles_nothing(scratch: Path) -> None:
    places, broken = killed_everywhere(scratch, "run")
    assert broken == []
    assert places > 80


def test_events_retired_under_a_kill_are_neither_lost_nor_doubled(scratch: Path) -> None:
    program = runpy.run_path(str(RUNNER))
    root = scratch / "root"
    program["prepare_events"](root)
    places = 0
    for places, _ in enumerate(stops([sys.executable, "-P", str(RUNNER), str(root), "events"], root)):
        left = scratch / f"{places}"
        shutil.copytree(root, left)
        for repeated in (False, True):
            if repeated:
                program["events"](left)
            live, archive = program["lakes"](left)
            for events in program["event_series"]():
                held = WithArchive(live, archive).read_events(events.key)
                assert held.content_hash() == events.content_hash(), (places, events.key, repeated)
            assert not [*live.verify(deep=True), *archive.verify(deep=True)]
        shutil.rmtree(left)
    assert places > 100


def test_a_run_that_drops_before_it_archives_is_seen(scratch: Path) -> None:
    _, broken = killed_everywhere(scratch, "drop_first")
    assert broken


def test_the_power_goes_at_any_instant_of_a_retention_run(scratch: Path) -> None:
    program = runpy.run_path(str(RUNNER))
    root = scratch / "root"
    program["prepare"](root)
    cut = PowerCut(root)
    seen: list[Tree] = []
    for stop in stops([sys.executable, "-P", str(RUNNER), str(root), "run"], root, after=True):
        cut.look(stop)
        for tree in cut.states():
            if tree not in seen:
                seen.append(tree)
                place = put_tree(tree, scratch / f"{len(seen)}")
                demand_whole(program, place)
                shutil.rmtree(place)
    assert len(seen) > 100
