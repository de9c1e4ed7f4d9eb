"""Work on all cores of this machine by threads, for jobs that let go of the interpreter while they compute.

Invariants: outcomes come in the order of the jobs, whatever finishes first; the first failure (in that order) is raised
and jobs that have not started are dropped; Ctrl-C ends the wait at once. Known limit: Python code in a job gains
nothing, compiled `nogil` code all cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from tickwright.ports import Job, Outcome


class ThreadExecutor:
    """The `Executor` port over a pool of threads, to be entered as a context; `workers` None takes every core."""

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="tickwright-work")

    @property
    def workers(self) -> int:
        """How many jobs run at the same time."""
        return self._workers

    def map(self, work: Callable[[Job], Outcome], jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Outcomes in the order of the jobs; the first exception is raised."""
        return self._pool.map(work, jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=error is None, cancel_futures=True)
