"""What the tests of the gateway share: a clock that jumps where others wait, and a gateway on a sandbox server."""

from __future__ import annotations

import random
from pathlib import Path

from tickwright.adapters.exchanges import CcxtMarketData, SharedRateBudget
from tickwright.adapters.exchanges.retry import RetryRule
from tickwright.adapters.exchanges.venues import venue_of
from tickwright.adapters.exchanges.venues.venue import Venue
from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant

BTC = InstrumentId("binance", "BTC", "USDT")
HOUR = Timeframe.parse("1h")
NOON = parse_instant("2024-06-01T12:00:00Z")


class JumpingClock:
    """Waiting moves this clock, and the exchange's with it, and takes no time."""

    def __init__(self, now_ns: int, exchange: SteppedClock | None = None) -> None:
        self._now_ns, self._exchange = now_ns, exchange
        self.sleeps: list[float] = []

    def now_ns(self) -> int:
        return self._now_ns

    def monotonic_ns(self) -> int:
        return self._now_ns

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.advance(round(seconds * 1e9))

    def run_ahead(self, span_ns: int) -> None:
        """Be wrong: later than the exchange by so much more."""
        self._now_ns += span_ns

    def advance(self, span_ns: int) -> None:
        self._now_ns += span_ns
        if self._exchange is not None:
            self._exchange.advance(span_ns)


def gateway(
    server: SandboxServer,
    folder: Path,
    clock: JumpingClock,
    *,
    exchange: str = "binance",
    venue: Venue | None = None,
    deadline_s: float = 120.0,
) -> CcxtMarketData:
    """A gateway with a budget of its own folder."""
    budget = SharedRateBudget(folder / "budget.sqlite", clock)
    return CcxtMarketData(
        venue or venue_of(exchange),
        base_url=server.url,
        rate_budget=budget,
        clock=clock,
        rule=RetryRule(deadline_s=deadline_s),
        connector=None,
        chance=random.Random(1),
    )
