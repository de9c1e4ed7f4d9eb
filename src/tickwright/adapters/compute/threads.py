"""The executor of this machine: a pool of threads, for work that gives up the interpreter's lock.

Invariant: outcomes come in the order of the jobs, whatever order they finish in; the first failing job's exception is
raised and the jobs not yet begun are dropped.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from tickwright.domain.errors import UsageError

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")


class ThreadExecutor:
    """Runs jobs on `workers` threads (all cores by default); a context manager.

    >>> with ThreadExecutor(2) as executor:
    ...     list(executor.map(abs, [-3, 2]))
    [3, 2]
    """

    def __init__(self, workers: int | None = None) -> None:
        if workers is not None and workers < 1:
            raise UsageError(f"{workers} workers", where="workers", expected="1 or more")
        self._workers = workers or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else workers or 1
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="tickwright")

    @property
    def workers(self) -> int:
        """How many jobs run at the same time."""
        return self._workers

    def map(self, work: Callable[[Job], Outcome], jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Outcomes in the order of the jobs; the first exception is raised."""
        return self._pool.map(work, jobs)

    def close(self) -> None:
        """Drop what has not begun and wait for what has."""
        self._pool.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
