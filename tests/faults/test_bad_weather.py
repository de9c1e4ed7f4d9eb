"""Any combination of bad answers, in any order: the store ends up with the exchange's candles and nothing else.

A storm spoils three of five answers at random (seeded); the fetch is typed again until it succeeds, each time with a
new gateway, as a restarted program would. After every attempt the store holds only true candles; no request is sent
before the instant a 429 has named.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web

from tests.adapters.exchanges.surroundings import NOON
from tests.faults.exchange_bench import KEY, ExchangeBench, exchange_bench
from tickwright.adapters.sandbox.clock import ExchangeClock
from tickwright.adapters.sandbox.faults import Answer, Drop, Fault, Proceed, Rewrite, Truncate, html_page
from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.domain.errors import ExchangeError
from tickwright.domain.timestamp import HOUR, SECOND, parse_instant

START, END = parse_instant("2018-01-20"), parse_instant("2018-07-20")
RETRY_AFTER_S = 7


@dataclass
class Storm:
    """Spoils answers at random and remembers when nobody was to call."""

    chance: random.Random
    closed: list[tuple[int, int]] = field(default_factory=list)
    struck: int = 0

    async def strike(self, request: web.Request, proceed: Proceed, clock: ExchangeClock) -> web.StreamResponse:
        """Let two of five pass."""
        if self.chance.random() < 0.4:
            return await proceed()
        self.struck += 1
        return await self._fault(clock).strike(request, proceed, clock)

    def _fault(self, clock: ExchangeClock) -> Fault:
        kind = self.chance.randrange(9)
        if kind == 0:
            self.closed.append((clock.now_ns(), clock.now_ns() + RETRY_AFTER_S * SECOND))
            return Answer(429, '{"code":-1003,"msg":"Too many."}', headers={"Retry-After": str(RETRY_AFTER_S)})
        others: tuple[Fault, ...] = (
            Answer(503, "busy", "text/plain"),
            Answer(500, '{"code":-1001,"msg":"Internal error."}'),
            Drop(),
            Drop(executed=True),
            Truncate(self.chance.randrange(1, 400)),
            html_page(),
            Rewrite(lambda body: body[: len(body) // 2]),
            Rewrite(lambda body: body.replace(b'"', b"", 3)),
        )
        return others[kind - 1]


def holds_only_the_truth(bench: ExchangeBench) -> bool:
    """Every stored candle is the exchange's candle of that time."""
    stored, truth = bench.stored(), bundled_candles("BTC/USDT").between(START, END)
    known = truth.where(np.isin(truth.open_time_ns, stored.open_time_ns))
    return stored.content_hash() == known.content_hash()


async def survive(bench: ExchangeBench, storm: Storm) -> int:
    """Fetch until it succeeds; how often that took."""
    bench.server.faults.add(storm, times=None)
    for attempt in range(1, 200):
        try:
            await bench.fetch(START, END)
        except ExchangeError:
            if KEY in list(bench.lake.keys()):
                assert holds_only_the_truth(bench)
        else:
            return attempt
    raise AssertionError("the storm did not pass")


@pytest.mark.parametrize("seed", range(6))
async def test_the_store_ends_up_with_the_exchange_s_candles_and_nothing_else(tmp_path: Path, seed: int) -> None:
    async with exchange_bench(tmp_path, NOON) as bench:
        storm = Storm(random.Random(seed))
        attempts = await survive(bench, storm)
        truth = bundled_candles("BTC/USDT").between(START, END)
        assert storm.struck > attempts
        assert bench.stored().content_hash() == truth.content_hash()
        missing = sum(gap.bars for gap in bench.lake.coverage(KEY).gaps)
        assert missing == (END - START) // HOUR - len(truth)
        for named, until in storm.closed:
            assert not [one for one in bench.server.requests if named < one.ts_ns < until]
