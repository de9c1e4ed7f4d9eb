"""DI-07: 429 with Retry-After, then 418 with a ban deadline.

MUST: no request to that host before the deadline, across restarts and across all processes sharing the address; backoff
has full jitter; the state can be seen. Mutants: one that ignores Retry-After, one whose budget forgets bans, one that
counts only its own requests.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.adapters.exchanges.surroundings import BTC, HOUR, NOON, JumpingClock
from tests.faults.exchange_bench import KLINES, ExchangeBench, exchange_bench
from tickwright.adapters.exchanges import SharedRateBudget, open_market_data
from tickwright.adapters.sandbox.clock import RunningClock
from tickwright.adapters.sandbox.faults import Answer
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.adapters.wall_clock import WallClock
from tickwright.domain.errors import RateLimited
from tickwright.domain.timestamp import HOUR as HOUR_NS
from tickwright.domain.timestamp import MINUTE, SECOND, parse_instant

YEAR = parse_instant("2024-01-01")
TOO_MANY = Answer(429, '{"code":-1003,"msg":"Too much request weight used."}', headers={"Retry-After": "45"})


async def nobody_calls_before_retry_after(folder: Path) -> None:
    """The third page is refused; the fetch goes on after the 45 seconds and is complete."""
    async with exchange_bench(folder, NOON) as bench:
        bench.server.faults.add(TOO_MANY, KLINES, skip=2)
        report = await bench.fetch(YEAR, YEAR + 3000 * HOUR_NS)
        asked = bench.asked_at()
        assert report.inserted == 3000
        assert asked[3] - asked[2] >= 45 * SECOND, "asked again before Retry-After was over"
        assert all(
            request.ts_ns <= asked[2] or request.ts_ns >= asked[2] + 45 * SECOND for request in bench.server.requests
        )


async def test_nobody_calls_before_retry_after(tmp_path: Path) -> None:
    await nobody_calls_before_retry_after(tmp_path)


async def test_the_scenario_finds_who_ignores_retry_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickwright.adapters.exchanges.ccxt_gateway._retry_after_ns", lambda headers, now_ns: 0)
    with pytest.raises(AssertionError, match="before Retry-After"):
        await nobody_calls_before_retry_after(tmp_path)


async def a_ban_outlives_a_restart(folder: Path) -> None:
    """A ban of two minutes is told at once to who would wait for one, and to who starts anew during it."""
    async with exchange_bench(folder, NOON) as bench:
        until = NOON + 2 * MINUTE
        words = f"Way too much request weight used; IP banned until {until // 1_000_000}."
        bench.server.faults.add(
            Answer(418, f'{{"code":-1003,"msg":"{words}"}}', headers={"Retry-After": "120"}), KLINES
        )
        with pytest.raises(RateLimited, match="12:02:00Z"):
            await bench.fetch(YEAR, YEAR + HOUR_NS, deadline_s=60)
        for _ in range(4):
            seen = len(bench.server.requests)
            with pytest.raises(RateLimited, match="12:02:00Z"):
                await bench.fetch(YEAR, YEAR + HOUR_NS, deadline_s=5)
            assert len(bench.server.requests) == seen, "a restarted program called during the ban"
            bench.clock.advance(28 * SECOND)
        bench.clock.advance(8 * SECOND)
        assert (await bench.fetch(YEAR, YEAR + HOUR_NS, deadline_s=60)).inserted == 1


async def test_a_ban_outlives_a_restart(tmp_path: Path) -> None:
    await a_ban_outlives_a_restart(tmp_path)


async def test_the_scenario_finds_a_budget_that_forgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SharedRateBudget, "_blocked_until", staticmethod(lambda connection, venue, now_ns: 0))
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await a_ban_outlives_a_restart(tmp_path)


async def test_another_process_of_the_machine_learns_of_the_ban_without_asking(tmp_path: Path) -> None:
    clock = WallClock()
    async with SandboxServer(clock=RunningClock(NOON)) as server:
        server.faults.add(Answer(418, '{"code":-1003,"msg":"banned"}', headers={"Retry-After": "600"}), KLINES)
        budget = SharedRateBudget(tmp_path / "budget.sqlite", clock)
        data = open_market_data("binance", base_url=server.url, rate_budget=budget, clock=clock, deadline_s=5)
        with pytest.raises(RateLimited):
            await data.candles(BTC, HOUR, YEAR, YEAR + HOUR_NS)
        await data.close()
        seen = len(server.requests)
        other = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.ask_once", server.url, str(tmp_path), stdout=asyncio.subprocess.PIPE
        )
        said, _ = await other.communicate()
        assert said.decode().strip() == "EXCHANGE_RATE_LIMITED"
        assert len(server.requests) == seen
        venue = f"binance@127.0.0.1:{server.port}"
        assert budget.blocked_until(venue) > clock.now_ns() + 590 * SECOND
        budget.close()


async def two_programs_stay_under_one_limit(bench: ExchangeBench, folder: Path) -> None:
    """Two gateways in turns, 40 pages: the exchange allows 60 weight a minute and never has to refuse."""
    limits = {"binance": 60}
    budgets = [SharedRateBudget(folder / "budget.sqlite", bench.clock, limits=limits) for _ in range(2)]
    gateways = [
        open_market_data("binance", base_url=bench.server.url, rate_budget=budget, clock=bench.clock)
        for budget in budgets
    ]
    try:
        for page in range(20):
            for data in gateways:
                await data.candles(BTC, HOUR, YEAR + page * HOUR_NS, YEAR + (page + 1) * HOUR_NS)
    finally:
        for data in gateways:
            await data.close()
    used = {request.ts_ns // MINUTE: 0 for request in bench.server.requests}
    for request in bench.server.requests:
        used[request.ts_ns // MINUTE] += {KLINES: 2, "/api/v3/exchangeInfo": 20}.get(request.path, 1)
    assert max(used.values()) <= 48, "together they spent more than four fifths of the limit"


async def test_two_programs_stay_under_one_limit(tmp_path: Path) -> None:
    async with exchange_bench(tmp_path, NOON, weight_limit=60) as bench:
        await two_programs_stay_under_one_limit(bench, tmp_path)


async def test_the_scenario_finds_who_counts_only_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SharedRateBudget, "observe", lambda self, venue, used: None)
    original = SharedRateBudget.__init__

    def alone(self: SharedRateBudget, path: Path, clock: JumpingClock, **limits: dict[str, int]) -> None:
        original(self, path.with_name(f"{id(self)}.sqlite"), clock, **limits)  # type: ignore[arg-type]

    monkeypatch.setattr(SharedRateBudget, "__init__", alone)
    async with exchange_bench(tmp_path, NOON, weight_limit=600) as bench:
        with pytest.raises(AssertionError, match="four fifths"):
            await two_programs_stay_under_one_limit(bench, tmp_path)
