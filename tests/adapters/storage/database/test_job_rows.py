"""Jobs have a state that outlives whoever does them."""

from __future__ import annotations

from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.job_rows import DONE, FAILED, INTERRUPTED, QUEUED, RUNNING, JobRows

OWNER = {"batch": "nightly", "home": "/p"}


def states(rows: JobRows) -> list[tuple[str, str]]:
    return [(job.kind, job.status) for job in reversed(rows.newest(9))]


def test_a_job_goes_from_queued_to_its_end(relational: Database) -> None:
    rows = JobRows(relational)
    first, second = rows.queue([("data fetch", OWNER), ("data verify", OWNER)], 10)
    assert states(rows) == [("data fetch", QUEUED), ("data verify", QUEUED)]
    rows.start(first, 1, 20)
    rows.finish(first, DONE, 30)
    rows.start(second, 1, 30)
    rows.start(second, 2, 40)
    assert states(rows) == [("data fetch", DONE), ("data verify", RUNNING)]
    rows.finish(second, FAILED, 50, "EXCHANGE: no answer")
    newest, oldest = rows.newest(2)
    assert (newest.attempts, newest.started_ns, newest.finished_ns) == (2, 40, 50)
    assert (newest.error, oldest.error, newest.payload) == ("EXCHANGE: no answer", None, OWNER)


def test_the_unfinished_jobs_of_a_dead_batch_are_interrupted_and_no_others(relational: Database) -> None:
    rows = JobRows(relational)
    ids = rows.queue([("a", OWNER), ("b", OWNER), ("c", OWNER), ("d", OWNER | {"home": "/other"})], 10)
    rows.start(ids[0], 1, 20)
    rows.finish(ids[0], DONE, 30)
    rows.start(ids[1], 1, 30)
    assert rows.interrupt(OWNER, 40) == 2
    assert rows.interrupt(OWNER, 50) == 0
    assert states(rows) == [("a", DONE), ("b", INTERRUPTED), ("c", INTERRUPTED), ("d", QUEUED)]


def test_a_long_kind_is_cut_to_what_the_table_takes(relational: Database) -> None:
    rows = JobRows(relational)
    rows.queue([("x" * 90, {})], 1)
    assert rows.newest(1)[0].kind == "x" * 40
