"""The rows of jobs: pieces of work with a state that outlives the process that does them.

Invariants: a job is `queued`, then `running`, then `done`, `failed`, `skipped` or `interrupted`; whoever starts a batch
again calls the jobs of a dead one interrupted first, so none stays `running` for ever.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Connection, select, update

from tickwright.adapters.storage.database.bulk_insert import insert_new
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.models import Job, Table

QUEUED: Final = "queued"
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
SKIPPED: Final = "skipped"
INTERRUPTED: Final = "interrupted"
_KIND_LENGTH = 40


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job: what it is (`kind`, the first words of its command), its state, its times in UTC nanoseconds."""

    job_id: str
    kind: str
    status: str
    attempts: int
    created_ns: int
    started_ns: int | None
    finished_ns: int | None
    payload: Mapping[str, Any]
    error: str | None


class JobRows:
    """The jobs in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def queue(self, jobs: Sequence[tuple[str, Mapping[str, Any]]], now_ns: int) -> list[str]:
        """Add jobs, each by its kind and payload; returns their ids in order."""
        ids = [uuid.uuid4().hex for _ in jobs]

        def work(connection: Connection) -> None:
            for place, (job_id, (kind, payload)) in enumerate(zip(ids, jobs, strict=True)):
                row = {
                    "job_id": job_id,
                    "kind": kind[:_KIND_LENGTH],
                    "status": QUEUED,
                    "attempts": 0,
                    "created_ns": now_ns + place,  # so that they sort as they were queued
                    "payload": orjson.dumps(payload).decode(),
                }
                insert_new(connection, Table.metadata.tables["jobs"], row)

        self._database.write(work)
        return ids

    def start(self, job_id: str, attempt: int, now_ns: int) -> None:
        """A job begins, for the n-th time."""
        self._change(job_id, status=RUNNING, attempts=attempt, started_ns=now_ns)

    def finish(self, job_id: str, status: str, now_ns: int, error: str | None = None) -> None:
        """A job has ended."""
        self._change(job_id, status=status, finished_ns=now_ns, error=error)

    def interrupt(self, owner: Mapping[str, Any], now_ns: int) -> int:
        """Call every unfinished job interrupted whose payload has these values; returns how many there were."""
        unfinished = select(Job.job_id, Job.payload).where(Job.status.in_((QUEUED, RUNNING)))

        def work(connection: Connection) -> int:
            dead = [
                row.job_id
                for row in connection.execute(unfinished)
                if owner.items() <= orjson.loads(row.payload).items()
            ]
            change = update(Job).values(status=INTERRUPTED, finished_ns=now_ns)
            for job_id in dead:
                connection.execute(change.where(Job.job_id == job_id))
            return len(dead)

        return self._database.write(work)

    def newest(self, most: int) -> list[JobRow]:
        """The jobs that were added last, the newest first."""
        asked = select(*Job.__table__.columns).order_by(Job.created_ns.desc()).limit(most)
        rows = self._database.read(lambda connection: connection.execute(asked).all())
        return [
            JobRow(
                row.job_id, row.kind, row.status, row.attempts, row.created_ns, row.started_ns, row.finished_ns,
                orjson.loads(row.payload), row.error,
            )
            for row in rows
        ]  # fmt: skip

    def _change(self, job_id: str, **values: Any) -> None:
        change = update(Job).where(Job.job_id == job_id).values(**values)
        self._database.write(lambda connection: connection.execute(change))
