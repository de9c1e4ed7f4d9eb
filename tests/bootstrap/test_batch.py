"""A batch runs its jobs in order, stops or goes on after a failure, and never runs twice at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickwright.adapters.storage.database.job_rows import DONE, FAILED, INTERRUPTED, SKIPPED, JobRows
from tickwright.bootstrap import batch as module
from tickwright.bootstrap.batch import Batch, exit_code_of, newest_jobs, plan_batch, run_batch
from tickwright.bootstrap.project import Project
from tickwright.cli.registry import COMMANDS
from tickwright.domain.errors import SettingsError, StoreBusy, UsageError
from tickwright.settings import load_settings

KNOWN = [entry.name for entry in COMMANDS]
GOOD, BAD = ("explain", "DATA"), ("db", "restore", "nosuch")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def batch(*commands: tuple[str, ...], goes_on: bool = False, attempts: int = 1) -> Batch:
    return Batch("nightly", commands, 60.0, attempts, goes_on)


def planned(home: Path, text: str, named: str = "nightly") -> Batch:
    (home / "tickwright.toml").write_text(text)
    return plan_batch(load_settings(home).values, named, KNOWN)


def test_a_failure_skips_the_rest_and_its_code_is_the_code_of_the_batch(project: Project) -> None:
    told = []
    outcomes = run_batch(project, batch(GOOD, BAD, GOOD), ["--home", str(project.home)], done=told.append)
    assert [one.status for one in outcomes] == [DONE, FAILED, SKIPPED]
    assert told == outcomes
    assert exit_code_of(outcomes) == 4
    assert outcomes[1].error is not None
    assert outcomes[1].error.startswith("DATA: ")
    rows = newest_jobs(project, 9)[::-1]
    assert [(row["command"], row["status"]) for row in rows] == [
        ("explain DATA", DONE), ("db restore nosuch", FAILED), ("explain DATA", SKIPPED),
    ]  # fmt: skip


def test_a_batch_that_goes_on_runs_the_rest_and_tries_again(project: Project) -> None:
    outcomes = run_batch(project, batch(BAD, GOOD, goes_on=True, attempts=2), ["--home", str(project.home)])
    assert [(one.status, one.attempts) for one in outcomes] == [(FAILED, 2), (DONE, 1)]


def test_words_that_are_wrong_are_not_tried_again(project: Project) -> None:
    (outcome,) = run_batch(project, batch(("explain", "--nonsense"), attempts=3), [])
    assert (outcome.exit_code, outcome.attempts) == (2, 1)


def test_a_batch_that_is_running_is_not_run_again(project: Project) -> None:
    with module._alone(project.home, "nightly"), pytest.raises(StoreBusy, match="is being run by process"):
        run_batch(project, batch(GOOD), [])
    assert newest_jobs(project, 9) == []
    assert exit_code_of(run_batch(project, batch(GOOD), [])) == 0


def test_the_jobs_of_a_batch_that_died_are_called_interrupted(project: Project) -> None:
    rows = JobRows(project.database)
    owner = {"batch": "nightly", "home": str(project.home)}
    for job_id in rows.queue([("dead", owner), ("other", owner | {"batch": "hourly"})], 1):
        rows.start(job_id, 1, 2)
    run_batch(project, batch(GOOD), [])
    assert [row["status"] for row in newest_jobs(project, 9)] == [DONE, "running", INTERRUPTED]


def test_a_schedule_of_the_settings_is_planned_with_its_limits(tmp_path: Path) -> None:
    text = (
        '[schedule.nightly]\njobs = ["data verify", "tickwright data ls"]\non_failure = "continue"\ntimeout = "90s"\n'
    )
    assert planned(tmp_path, text) == Batch("nightly", (("data", "verify"), ("data", "ls")), 90.0, 1, True)


def test_a_file_is_planned_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "jobs.txt").write_text("# at night\n\ndata verify\n data fetch --symbol 'BTC/USDT'  \n")
    found = planned(tmp_path, "", str(tmp_path / "jobs.txt"))
    assert (found.name, found.timeout_s, found.goes_on) == ("jobs", 21600.0, False)
    assert found.commands == (("data", "verify"), ("data", "fetch", "--symbol", "BTC/USDT"))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("sandbox", "'sandbox' is no job"),
        ("batch nightly", "is no job"),
        ("rm -rf /", "is no job"),
        ("data 'verify", "cannot be read"),
        ("tickwright", "is no job"),
    ],
)
def test_what_is_no_job_is_refused_before_any_is_run(tmp_path: Path, line: str, sentence: str) -> None:
    (tmp_path / "jobs.txt").write_text(f"data ls\n{line}\n")
    with pytest.raises(UsageError, match=sentence):
        planned(tmp_path, "", str(tmp_path / "jobs.txt"))


def test_a_name_that_is_neither_names_the_schedules(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is nightly"):
        planned(tmp_path, '[schedule.nightly]\njobs = ["data ls"]\n', "nosuch")
    (tmp_path / "empty.txt").write_text("# nothing\n")
    with pytest.raises(UsageError, match="holds no command"):
        planned(tmp_path, "", str(tmp_path / "empty.txt"))


@pytest.mark.parametrize(
    "text", ["jobs = []", 'jobs = ["data ls"]\ntimeout = "0s"', 'jobs = ["data ls"]\nattempts = 0']
)
def test_a_schedule_that_cannot_be_is_refused_by_the_settings(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError):
        planned(tmp_path, f"[schedule.nightly]\n{text}\n")


def test_a_password_in_a_command_is_not_kept(project: Project) -> None:
    run_batch(project, batch(("explain", "postgresql://me:canary@host/x")), [])
    assert "canary" not in str(newest_jobs(project, 1)[0]["command"])
