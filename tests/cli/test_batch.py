"""The jobs of a schedule from the command line."""

from __future__ import annotations


def test_jobs_run_in_order_and_are_summed_up(tickwright, project) -> None:
    (project / "tickwright.toml").write_text(
        '[schedule.nightly]\njobs = ["explain DATA", "db restore nosuch", "run ls"]\n'
    )
    outcome = tickwright("batch", "nightly")
    assert outcome.code == 4
    first, second, reason, third, summary = outcome.out.splitlines()
    assert (first.split()[0], second.split()[0], third.split()[0]) == ("done", "failed", "skipped")
    assert reason.strip().startswith("DATA: ")
    assert summary == "nightly: 1 done, 1 failed, 1 skipped"
    rows = tickwright("batch", "--jobs", "2", "--json").document["jobs"]
    assert [(row["command"], row["status"]) for row in rows] == [("run ls", "skipped"), ("db restore nosuch", "failed")]


def test_a_document_holds_the_answer_of_every_job(tickwright, project) -> None:
    (project / "jobs.txt").write_text("explain DATA\n")
    document = tickwright("batch", "jobs.txt", "--json").document
    assert (document["done"], document["failed"], document["skipped"]) == (1, 0, 0)
    assert document["jobs"][0]["document"]["schema"] == "tickwright.explain/1"


def test_a_plan_runs_nothing(tickwright, project) -> None:
    (project / "jobs.txt").write_text("data verify\nrun ls\n")
    assert tickwright("batch", "jobs.txt", "--plan").out == "tickwright data verify\ntickwright run ls\n"
    assert tickwright("batch", "--jobs", "5").out == "No job was run here.\n"


def test_without_a_schedule_it_says_what_it_takes(tickwright, project) -> None:
    outcome = tickwright("batch")
    assert outcome.code == 2
    assert "a schedule of the settings, or a file with one command a line" in outcome.err
