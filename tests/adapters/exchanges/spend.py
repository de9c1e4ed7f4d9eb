"""A process of its own that spends from a shared budget; run with FOLDER VENUE REQUESTS LIMIT.

It says when it is ready and starts when a line comes, so that several start together.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tickwright.adapters.exchanges.rate_budget import SharedRateBudget
from tickwright.adapters.wall_clock import WallClock


class NoWaiting(WallClock):
    """Ends the process where it would have to wait, and says how much it had spent."""

    async def sleep(self, seconds: float) -> None:
        raise TimeoutError


async def main(folder: str, venue: str, requests: str, limit: str) -> None:
    """Spend one unit after the other, print how many it were."""
    budget = SharedRateBudget(Path(folder) / "budget.sqlite", NoWaiting(), limits={venue: int(limit)}, share=1.0)
    spent = 0
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        for _ in range(int(requests)):
            await budget.acquire(venue, 1)
            spent += 1
    except TimeoutError:
        pass
    print(spent)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
