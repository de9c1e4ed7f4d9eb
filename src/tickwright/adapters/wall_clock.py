"""The clock on the wall: the machine's time, for every mode that lives in the present."""

from __future__ import annotations

import asyncio
import time


class WallClock:
    """Fulfils the `Clock` port with the system's clocks."""

    def now_ns(self) -> int:
        """The current instant, UTC nanoseconds; may jump when the machine's clock is set."""
        return time.time_ns()

    def monotonic_ns(self) -> int:
        """Nanoseconds that never go back."""
        return time.monotonic_ns()

    async def sleep(self, seconds: float) -> None:
        """Wait in real time."""
        await asyncio.sleep(seconds)
