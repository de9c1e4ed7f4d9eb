"""ST-01 and ST-11 for runs: keeping or removing one, killed at every system call, leaves all of it, nothing, or the
word `interrupted`; the next call finishes what is left, and a second one finds nothing to do."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.adapters.storage.test_run_folder import a_run
from tests.adapters.storage.test_run_store import MANIFEST, NOON_NS, TRADES, counts
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.run_rows import FINISHED, INTERRUPTED, RunRows
from tickwright.adapters.storage.run_store import RunStore
from tickwright.domain.errors import TickwrightError

from .stepping import can_step, stops

pytestmark = pytest.mark.skipif(not can_step(), reason="this machine does not let a program be held by ptrace")

RUNNER = Path(__file__).with_name("run_keeper.py")
WHOLE = (1, 1, 2, 2)


def prepared(root: Path, *, with_run: bool) -> Path:
    """A runs directory with its tables, and the folder of a run beside it."""
    for name in ("source", *(["runs"] if with_run else [])):
        database = Database(root / name / "tickwright.sqlite")
        database.make_ready()
        RunStore(root / name, RunRows(database)).save("trend", NOON_NS, "seed", a_run(), TRADES, MANIFEST)
        database.close()
    if not with_run:
        database = Database(root / "runs" / "tickwright.sqlite")
        database.make_ready()
        database.close()
    return next(path for path in (root / "source").iterdir() if path.is_dir())


def demand_all_or_nothing(runs: Path, *, acknowledged: int | None) -> None:
    """`acknowledged` is how many runs there must be, None while the program had not said that it was done."""
    database = Database(runs / "tickwright.sqlite")
    try:
        store = RunStore(runs, RunRows(database))
        kept = store.all()
        for run in kept:
            assert run.row.status in (FINISHED, INTERRUPTED)
            if run.row.status == FINISHED:
                assert store.load(run.row.run_id)[0].digest == a_run().digest
                assert counts(database) == WHOLE
            else:
                assert counts(database) == (1, 0, 0, 0)
        assert kept or counts(database) == (0, 0, 0, 0)
        assert acknowledged is None or [run.row.status for run in kept] == [FINISHED] * acknowledged
        hidden = [path.name for path in runs.iterdir() if path.name.startswith(".")]
        assert hidden == []
        settled = store.settle()
        assert (settled.adopted, settled.interrupted, settled.removed, settled.unreadable) == ((), (), (), ())
    finally:
        database.close()


def killed_everywhere(scratch: Path, task: str, mutant: str = "") -> tuple[int, list[str]]:
    source = prepared(scratch / "root", with_run=task == "remove")
    runs = scratch / "root" / "runs"
    command = [sys.executable, "-P", str(RUNNER), task, str(runs), str(source), "", mutant]
    broken, last, number = [], "", 0
    for number, stop in enumerate(stops(command, runs)):
        state = "".join(f"{one.name}{one.read_bytes()}" for one in sorted(runs.rglob("*")) if one.is_file())
        done = "done" in stop.said
        if state == last and not done:
            continue
        last = state
        left = scratch / f"{number}"
        shutil.copytree(runs, left)
        try:
            demand_all_or_nothing(left, acknowledged=(task == "keep") if done else None)
        except (AssertionError, TickwrightError, sa.exc.SQLAlchemyError):
            broken.append(f"{stop.call} {stop.path.name}")
        shutil.rmtree(left)
    return number, broken


@pytest.mark.parametrize("task", ["keep", "remove"])
def test_killed_at_every_call_a_run_is_all_there_or_not_shown_as_such(scratch: Path, task: str) -> None:
    places, broken = killed_everywhere(scratch, task)
    assert broken == []
    assert places > 20


def test_a_run_called_finished_too_early_is_seen(scratch: Path) -> None:
    _, broken = killed_everywhere(scratch, "keep", "hasty")
    assert broken
