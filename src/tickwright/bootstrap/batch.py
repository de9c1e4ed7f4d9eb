"""A batch: the commands of a schedule one after the other, each in a process of its own, with a row for each.

Invariants: two batches of one name never run at the same time in a project (a lock that ends with the last process that
holds it, the running command included); after a failure the rest is skipped unless the schedule goes on; every job has
a row in the database from the moment the batch starts, and none stays `running` after its batch has died. Where the
database is a server, machines that keep the project under the same path take turns too. Known limit: that lock is the
batch's alone, so another machine does not see the command that a killed batch has left running.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tickwright.adapters.compute.command_process import CommandOutcome, run_command
from tickwright.adapters.storage.database.job_rows import DONE, FAILED, SKIPPED, JobRows
from tickwright.bootstrap.project import Project
from tickwright.domain.errors import StoreBusy, UsageError
from tickwright.domain.timestamp import SECOND, iso
from tickwright.settings import Settings

_PASSWORD = re.compile(r"(://[^:/@\s]+):[^@\s]+@")
NEVER_BATCHED = frozenset(("batch", "sandbox", "demo"))


@dataclass(frozen=True, slots=True)
class Batch:
    """Commands in order, each as its words; how long one may take, how often it is tried, what a failure does."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    timeout_s: float
    attempts: int
    goes_on: bool


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """How one job of a batch ended; `document` is the answer of its command."""

    command: str
    status: str
    exit_code: int | None
    attempts: int
    seconds: float
    error: str | None
    document: dict[str, Any] | None


def plan_batch(settings: Settings, named: str, known: Sequence[str]) -> Batch:
    """The batch of a schedule in the settings, or of a file with one command a line; raises `UsageError`.

    `known` are the commands there are. A file takes the limits that a schedule has by default.
    """
    schedule = settings.schedule.get(named)
    if schedule is None:
        name, lines = _from_file(named, sorted(settings.schedule))
        schedule = settings.schedule_of(lines)
    else:
        name = named
    return Batch(
        name,
        tuple(_words(line, known) for line in schedule.jobs),
        schedule.timeout / SECOND,
        schedule.attempts,
        schedule.on_failure == "continue",
    )


def run_batch(
    project: Project,
    batch: Batch,
    common: Sequence[str],
    *,
    done: Callable[[JobOutcome], None] = lambda outcome: None,
) -> list[JobOutcome]:
    """Run every job, each with the `common` words behind its own; raises `StoreBusy` where the batch is running."""
    home = str(project.home.absolute())
    with _alone(project.home, batch.name) as lock, _alone_everywhere(project, batch.name):
        rows = JobRows(project.database)
        owner = {"batch": batch.name, "home": home}
        rows.interrupt(owner, time.time_ns())
        jobs = [(" ".join(words[:2]), owner | {"command": shown_command(words)}) for words in batch.commands]
        ids = rows.queue(jobs, time.time_ns())
        shared = _Surroundings(project.home, tuple(common), lock)
        outcomes: list[JobOutcome] = []
        try:
            for job_id, words in zip(ids, batch.commands, strict=True):
                if not batch.goes_on and any(outcome.status == FAILED for outcome in outcomes):
                    outcome = JobOutcome(shown_command(words), SKIPPED, None, 0, 0.0, None, None)
                    rows.finish(job_id, SKIPPED, time.time_ns())
                else:
                    outcome = _run_job(rows, job_id, batch, words, shared)
                outcomes.append(outcome)
                done(outcome)
        except BaseException:
            rows.interrupt(owner, time.time_ns())
            raise
    return outcomes


def batch_document(batch: Batch, outcomes: Sequence[JobOutcome]) -> dict[str, Any]:
    """A batch as one document."""
    counts = {status: sum(one.status == status for one in outcomes) for status in (DONE, FAILED, SKIPPED)}
    return {"batch": batch.name, **counts, "jobs": [asdict(outcome) for outcome in outcomes]}


def exit_code_of(outcomes: Sequence[JobOutcome]) -> int:
    """The exit code of the first job that failed (1 where it has none of its own), 0 where none did."""
    failed = next((one for one in outcomes if one.status == FAILED), None)
    if failed is None:
        return 0
    return failed.exit_code if failed.exit_code is not None and failed.exit_code > 0 else 1


def shown_command(words: Sequence[str]) -> str:
    """A command as text, without the password of an address in it.

    >>> shown_command(["db", "check", "--url", "postgresql://me:secret@host/x y"])
    "db check --url 'postgresql://me:***@host/x y'"
    """
    return shlex.join(_PASSWORD.sub(r"\1:***@", word) for word in words)


def newest_jobs(project: Project, most: int) -> list[dict[str, Any]]:
    """The last jobs, the newest first."""
    if project.keeps_nothing:
        return []
    return [
        {
            "batch": job.payload.get("batch"),
            "command": job.payload.get("command", job.kind),
            "status": job.status,
            "attempts": job.attempts,
            "started": None if job.started_ns is None else iso(job.started_ns),
            "finished": None if job.finished_ns is None else iso(job.finished_ns),
            "error": job.error,
        }
        for job in JobRows(project.database).newest(most)
    ]


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What every job of a batch shares: its directory, the words behind its own, the lock it holds too."""

    home: Path
    common: tuple[str, ...]
    lock: int


def _run_job(rows: JobRows, job_id: str, batch: Batch, words: Sequence[str], shared: _Surroundings) -> JobOutcome:
    started = time.monotonic()
    for attempt in range(1, batch.attempts + 1):
        rows.start(job_id, attempt, time.time_ns())
        ended = run_command(
            [*words, *shared.common], timeout_s=batch.timeout_s, directory=shared.home, held=(shared.lock,)
        )
        if ended.exit_code == 0 or not _may_pass(ended):
            break
    status = DONE if ended.exit_code == 0 else FAILED
    rows.finish(job_id, status, time.time_ns(), ended.failure)
    seconds = round(time.monotonic() - started, 3)
    return JobOutcome(shown_command(words), status, ended.exit_code, attempt, seconds, ended.failure, ended.document)


def _may_pass(ended: CommandOutcome) -> bool:
    """Whether another attempt makes sense: not for words and settings that will be as wrong again."""
    return ended.exit_code not in (2, 3)


def _from_file(named: str, schedules: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The name of a batch file and its lines without comments and blanks."""
    path = Path(named).expanduser()
    if not path.is_file():
        expected = "a file with one command a line, or a schedule of the settings"
        hint = f"There is {', '.join(schedules)}." if schedules else "The settings have no [schedule.NAME]."
        raise UsageError(f"{named!r} is neither", where="batch", expected=expected, hint=hint)
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    commands = tuple(line for line in lines if line and not line.startswith("#"))
    if not commands:
        raise UsageError("the file holds no command", where=str(path), expected="one command a line")
    return path.stem, commands


def _words(line: str, known: Sequence[str]) -> tuple[str, ...]:
    """The words of a command that a batch may run, with or without `tickwright` before them."""
    try:
        words = shlex.split(line)
    except ValueError as failure:
        raise UsageError(f"{line!r} cannot be read ({failure})", where="batch", expected="a command") from None
    words = words[1:] if words[:1] == ["tickwright"] else words
    allowed = [name for name in known if name not in NEVER_BATCHED]
    if not words or words[0] not in allowed:
        raise UsageError(f"{line!r} is no job", where="batch", expected=f"a command of {', '.join(allowed)}")
    return tuple(words)


def _alone_everywhere(project: Project, name: str) -> contextlib.AbstractContextManager[None]:
    """The lock of a batch that other machines see too; raises `StoreBusy`."""
    from tickwright.adapters.storage.database.shared_lock import held_everywhere

    return held_everywhere(
        project.database, f"batch {name} {project.home.absolute()}", f"the batch {name} is being run"
    )


@contextlib.contextmanager
def _alone(home: Path, name: str) -> Iterator[int]:
    """Hold the lock of a batch; gives the descriptor that holds it. Raises `StoreBusy`."""
    (home / "runs").mkdir(parents=True, exist_ok=True)
    path = home / "runs" / f".batch-{re.sub(r'[^A-Za-z0-9_-]', '_', name)}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another process"
            raise StoreBusy(
                f"the batch {name} is being run by {holder}",
                where=str(path),
                expected="one at a time",
                hint="Wait until it is done; its jobs are shown by `tickwright batch --jobs 20`.",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} since {iso(time.time_ns() // SECOND * SECOND)}".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)
