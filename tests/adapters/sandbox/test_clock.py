"""The exchange's own time: it runs, or it is stepped, and it never goes back."""

from __future__ import annotations

import asyncio
import time

import pytest

from tickwright.adapters.sandbox.clock import RunningClock, SteppedClock
from tickwright.domain.timestamp import SECOND, parse_instant

NOON = parse_instant("2024-06-01T12:00:00Z")


async def test_a_running_clock_starts_where_it_is_told_and_runs_with_the_wall() -> None:
    started = time.monotonic_ns()
    clock = RunningClock(NOON)
    await clock.sleep(0.001)
    elapsed = clock.now_ns() - NOON
    assert 1_000_000 <= elapsed <= time.monotonic_ns() - started


async def test_a_stepped_clock_wakes_who_waits_when_it_has_been_moved_far_enough() -> None:
    clock = SteppedClock(NOON)
    waiting = asyncio.ensure_future(clock.sleep(10))
    for _ in range(2):
        await asyncio.sleep(0)
        assert not waiting.done()
        clock.advance(5 * SECOND)
    await waiting
    assert clock.now_ns() == NOON + 10 * SECOND


def test_the_exchange_s_clock_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="does not go back"):
        SteppedClock(NOON).advance(-1)
