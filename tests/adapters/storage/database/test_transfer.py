"""What one database holds is carried into another of any kind, once, and compared there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.adapters.storage.test_run_folder import NOON_NS, a_run
from tests.adapters.storage.test_run_store import MANIFEST, TRADES, counts
from tickwright.adapters.storage.database import transfer
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.job_rows import JobRows
from tickwright.adapters.storage.database.run_rows import RunRows
from tickwright.adapters.storage.database.transfer import carry_rows
from tickwright.adapters.storage.database.trial_log import TrialLog
from tickwright.adapters.storage.run_store import RunStore
from tickwright.domain.errors import DataError

from .test_trial_log import YEAR, search


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    made: Callable[[str], str] = request.getfixturevalue("database")
    database = Database(tmp_path / "other.sqlite" if request.param == "sqlite" else made("other"))
    database.make_ready()
    return database


def fill(database: Database, runs: Path) -> None:
    RunStore(runs, RunRows(database)).save("trend", NOON_NS, "seed", a_run(), TRADES, MANIFEST)
    TrialLog(database).record(search(5, 10))
    TrialLog(database).record(search(10, 15, cash="7"))
    JobRows(database).queue([("data verify", {"batch": "nightly"})], 5)


def test_all_rows_arrive_once_and_the_trials_count_there(
    relational: Database, other: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "PORTION", 3)
    fill(relational, tmp_path / "runs")
    told = {table.name: table for table in carry_rows(relational, other)}
    assert (told["trials"].carried, told["searches"].carried, told["runs"].carried, told["jobs"].carried) == (
        4,
        2,
        1,
        1,
    )
    assert counts(other) == counts(relational) == (1, 1, 2, 2)
    assert TrialLog(other).count(YEAR) == 3
    assert TrialLog(other).best("sharpe", 9) == TrialLog(relational).best("sharpe", 9)
    assert not any(table.carried or table.different for table in carry_rows(relational, other))
    assert TrialLog(other).record(search(20)) == 4  # it goes on counting there


def test_what_is_there_stays_and_is_told_where_it_differs(
    relational: Database, other: Database, tmp_path: Path
) -> None:
    fill(relational, tmp_path / "runs")
    carry_rows(relational, other)
    other.write(lambda connection: connection.execute(sa.text("update runs set sharpe = 9")))
    told = {table.name: table for table in carry_rows(relational, other)}
    assert (told["runs"].carried, told["runs"].there, told["runs"].different) == (0, 1, 1)
    assert other.read(lambda connection: connection.execute(sa.text("select sharpe from runs")).scalar_one()) == 9


def test_a_row_that_does_not_read_back_carries_nothing(
    relational: Database, other: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(relational, tmp_path / "runs")
    honest = transfer.insert_rows

    def garbled(connection: sa.Connection, table: sa.Table, columns: dict) -> int:
        if table.name == "trials":
            columns["metrics"] = ["{}" for _ in columns["metrics"]]
        return honest(connection, table, columns)

    monkeypatch.setattr(transfer, "insert_rows", garbled)
    with pytest.raises(DataError, match="4 rows of trials do not read back as they were sent"):
        carry_rows(relational, other)
    assert counts(other) == (0, 0, 0, 0)
