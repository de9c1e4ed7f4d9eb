"""What asking side by side gains: the same series one after the other, and together, from a practice exchange.

    python benchmarks/parallel_fetch.py

Fourteen series (two symbols, seven bar lengths) of two years; the exchange answers every request `DELAY_S` late, as one
across an ocean does. Its limit of request weight is out of the way, since it bounds both ways alike.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tickwright.adapters.sandbox.faults import Delay
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.bootstrap.fetch import fetch_all
from tickwright.bootstrap.fetch_wishes import FetchWish
from tickwright.bootstrap.project import Project
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY

DELAYS_S = (0.0, 0.05, 0.2)
FRAMES = ("1h", "2h", "4h", "6h", "8h", "12h", "1d")


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measured(server: SandboxServer, folder: Path) -> tuple[float, float]:
    """Seconds for all series one after the other, and together."""
    end = server.clock.now_ns()
    wishes = [
        FetchWish((InstrumentId("binance", base, "USDT"),), Timeframe.parse(frame), end - 730 * DAY, end, server.url)
        for frame in FRAMES
        for base in ("BTC", "ETH")
    ]
    apart, together = Project(folder / "apart"), Project(folder / "together")
    return (
        seconds(lambda: [fetch_all(apart, [wish]) for wish in wishes]),
        seconds(lambda: fetch_all(together, wishes)),
    )


def main() -> None:
    """Print the table."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    print("| answer late by s | one after the other s | together s | times |\n|---|---|---|---|")
    for delay_s in DELAYS_S:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XDG_STATE_HOME"] = folder
            server = SandboxServer(weight_limit=1_000_000)
            server.faults.add(Delay(delay_s), times=None)
            asyncio.run_coroutine_threadsafe(server.start(), loop).result()
            apart, together = measured(server, Path(folder))
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
        print(f"| {delay_s} | {apart:.2f} | {together:.2f} | {apart / together:.1f} |")


if __name__ == "__main__":
    main()
