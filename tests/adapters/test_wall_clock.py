"""The clock on the wall is the machine's."""

from __future__ import annotations

import time

from tickwright.adapters.wall_clock import WallClock


def test_now_is_the_system_s_time() -> None:
    before = time.time_ns()
    now = WallClock().now_ns()
    assert before <= now <= time.time_ns()


async def test_waiting_moves_the_monotonic_clock() -> None:
    clock = WallClock()
    before = clock.monotonic_ns()
    await clock.sleep(0.001)
    assert clock.monotonic_ns() - before >= 1_000_000
