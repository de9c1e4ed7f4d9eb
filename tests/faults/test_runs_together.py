"""Several processes keep runs, log trials and settle at the same time: nothing is lost, doubled or taken for dead."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.adapters.storage.test_run_store import counts
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.models import Search
from tickwright.adapters.storage.database.run_rows import FINISHED, RunRows
from tickwright.adapters.storage.database.trial_log import TrialLog
from tickwright.adapters.storage.run_store import RunStore

from .run_keeper import LOOKED_AT, MANY
from .test_run_killed import RUNNER, prepared

PROCESSES = 4


@pytest.mark.parametrize("server", ["sqlite", "postgresql"])
def test_processes_that_keep_runs_at_once_lose_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, server: str
) -> None:
    source = prepared(tmp_path, with_run=False)
    runs, address = tmp_path / "runs", ""
    if server == "postgresql":
        made: Callable[[str], str] = request.getfixturevalue("database")
        address = made("together")
        Database(address).make_ready()
    else:
        (runs / "tickwright.sqlite").unlink()  # they also meet while the tables are made

    command = [sys.executable, "-P", str(RUNNER), "many", str(runs), str(source), address]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]
    for process in started:
        out, err = process.communicate(timeout=120)
        assert (out, process.returncode) == ("done\n", 0), err

    database = Database(address or runs / "tickwright.sqlite")
    kept = RunStore(runs, RunRows(database)).all()
    assert [(run.row.status, run.place) for run in kept] == [(FINISHED, "here")] * PROCESSES * MANY
    assert counts(database) == tuple(PROCESSES * MANY * each for each in (1, 1, 2, 2))
    assert TrialLog(database).count(LOOKED_AT) == MANY
    searches = sa.select(sa.func.count()).select_from(Search)
    assert database.read(lambda connection: connection.execute(searches).scalar_one()) == MANY
    assert sorted(path.name for path in runs.iterdir() if path.name.startswith(".")) == []
    database.close()
