"""The sandbox exchange's own time, so that it can live at any moment of its history.

Invariant: a sandbox clock never goes back.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class ExchangeClock(Protocol):
    """What time it is at the exchange."""

    def now_ns(self) -> int:
        """The exchange's current instant, UTC nanoseconds."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait on this clock (delays of injected faults)."""
        ...


class RunningClock:
    """Starts at an instant and runs as fast as the wall."""

    def __init__(self, start_ns: int) -> None:
        self._offset_ns = start_ns - time.monotonic_ns()

    def now_ns(self) -> int:
        """The start plus the time that has passed since."""
        return self._offset_ns + time.monotonic_ns()

    async def sleep(self, seconds: float) -> None:
        """Wait in real time."""
        await asyncio.sleep(seconds)


class SteppedClock:
    """Stands still until it is told to move."""

    def __init__(self, start_ns: int) -> None:
        self._now_ns = start_ns
        self._moved = asyncio.Event()

    def now_ns(self) -> int:
        """The instant it was last moved to."""
        return self._now_ns

    def advance(self, span_ns: int) -> None:
        """Move forward; raises `ValueError` for a step back."""
        if span_ns < 0:
            raise ValueError(f"an exchange clock does not go back ({span_ns} ns)")
        self._now_ns += span_ns
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been moved that far."""
        until_ns = self._now_ns + round(seconds * 1e9)
        while self._now_ns < until_ns:
            await self._moved.wait()
