"""Jobs on threads: in order, side by side, and cut short by the first failure."""

from __future__ import annotations

import threading

import pytest

from tickwright.adapters.compute.threads import ThreadExecutor


def test_outcomes_come_in_the_order_of_the_jobs_whatever_finishes_first() -> None:
    later_is_done = threading.Event()

    def work(job: int) -> int:
        if job == 0:
            later_is_done.wait(10)
        else:
            later_is_done.set()
        return job * job

    with ThreadExecutor(2) as executor:
        assert list(executor.map(work, range(4))) == [0, 1, 4, 9]


def test_the_first_failure_is_raised() -> None:
    def work(job: int) -> int:
        return 1 // (job - 1)

    with pytest.raises(ZeroDivisionError), ThreadExecutor(2) as executor:
        list(executor.map(work, range(3)))


def test_it_takes_every_core_unless_told() -> None:
    with ThreadExecutor() as all_cores, ThreadExecutor(3) as three:
        assert all_cores.workers >= 1
        assert three.workers == 3
