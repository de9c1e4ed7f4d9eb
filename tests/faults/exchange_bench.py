"""A practice exchange, a gateway to it and a lake, in one place, for scenarios that need all three."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.adapters.exchanges.surroundings import BTC, HOUR, JumpingClock
from tickwright.adapters.exchanges import CcxtMarketData, SharedRateBudget, open_market_data
from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.ingest.fetch import FetchReport, fetch_candles

KEY = SeriesKey(BTC, HOUR)
KLINES = "/api/v3/klines"


@dataclass
class ExchangeBench:
    """One server, one clock for both sides, one folder."""

    server: SandboxServer
    clock: JumpingClock
    folder: Path

    @asynccontextmanager
    async def gateway(self, *, deadline_s: float = 120.0) -> AsyncIterator[CcxtMarketData]:
        """A new gateway, as a restarted program would open it: same folder, same budget."""
        budget = SharedRateBudget(self.folder / "budget.sqlite", self.clock)
        data = open_market_data(
            "binance",
            base_url=self.server.url,
            rate_budget=budget,
            clock=self.clock,
            deadline_s=deadline_s,
            chance=random.Random(7),
        )
        try:
            yield data
        finally:
            await data.close()
            budget.close()

    @property
    def lake(self) -> ParquetLake:
        """The store, opened anew."""
        return ParquetLake(self.folder / "lake")

    async def fetch(self, start_ns: int, end_ns: int, *, deadline_s: float = 120.0) -> FetchReport:
        """Fetch into the store with a new gateway and the exchange's time."""
        async with self.gateway(deadline_s=deadline_s) as data:
            return await fetch_candles(data, self.lake, await data.exchange_clock(), KEY, start_ns, end_ns)

    def stored(self) -> Bars:
        """What the store holds."""
        return self.lake.read(KEY)

    def asked_at(self, path: str = KLINES) -> list[int]:
        """When the exchange was asked, by its own clock."""
        return [request.ts_ns for request in self.server.requests if request.path == path]


@asynccontextmanager
async def exchange_bench(folder: Path, now_ns: int, **server: int) -> AsyncIterator[ExchangeBench]:
    """A bench whose time starts at an instant."""
    exchange_clock = SteppedClock(now_ns)
    async with SandboxServer(clock=exchange_clock, **server) as running:
        yield ExchangeBench(running, JumpingClock(now_ns, exchange_clock), folder)
