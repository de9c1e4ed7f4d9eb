"""The server keeps to this machine, and its faults strike where they should."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from tests.adapters.sandbox.conftest import NOON
from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.faults import Answer, Delay, Drop, Rewrite, Truncate, html_page
from tickwright.adapters.sandbox.server import SandboxServer, banner
from tickwright.domain.errors import ExchangeUnavailable, UsageError
from tickwright.domain.timestamp import SECOND

TIME = "/api/v3/time"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "example.com", ""])
def test_it_listens_on_loopback_and_nowhere_else(host: str) -> None:
    with pytest.raises(UsageError, match="loopback"):
        SandboxServer(host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
async def test_loopback_names_are_accepted(host: str) -> None:
    async with SandboxServer(host=host) as server:
        assert server.url.startswith("http://127.0.0.")


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("127.0.0.1:80", 200), ("api.binance.com", 200), ("evil.example", 421), ("10.0.0.1", 421)],
)
async def test_a_page_elsewhere_cannot_reach_it_by_a_name_of_its_own(
    http: aiohttp.ClientSession, host: str, status: int
) -> None:
    """A browser that was led here by a foreign name (DNS rebinding) names that host."""
    async with http.get(TIME, headers={"Host": host}) as response:
        assert response.status == status


async def test_a_taken_port_is_one_sentence(server: SandboxServer) -> None:
    with pytest.raises(ExchangeUnavailable, match=f"cannot listen on port {server.port}"):
        await SandboxServer(port=server.port).start()


async def test_stopping_twice_is_harmless(server: SandboxServer) -> None:
    await server.stop()
    await server.stop()


async def test_every_request_is_on_record_with_the_exchange_s_time(
    server: SandboxServer, http: aiohttp.ClientSession, clock: SteppedClock
) -> None:
    clock.advance(5 * SECOND)
    await http.get(f"{TIME}?x=1")
    seen = server.requests[-1]
    assert (seen.ts_ns, seen.path, seen.query, seen.address) == (NOON + 5 * SECOND, TIME, "x=1", "127.0.0.1")


def test_the_banner_says_what_it_is() -> None:
    line = banner(SandboxServer(clock=SteppedClock(NOON)))
    assert "Practice exchange" in line
    assert "BTC/USDT, ETH/USDT" in line
    assert "2024-06-01T12:00:00Z" in line


async def test_by_default_its_time_is_a_minute_after_the_history() -> None:
    now_ns = SandboxServer().clock.now_ns()
    assert 0 <= now_ns - 1_735_689_660_000_000_000 < 60 * SECOND


async def test_answers_bear_the_exchange_s_date(http: aiohttp.ClientSession) -> None:
    async with http.get(TIME) as response:
        assert response.headers["Date"] == "Sat, 01 Jun 2024 12:00:00 GMT"


async def status_of(http: aiohttp.ClientSession, path: str = TIME) -> int:
    """The status of an answer."""
    async with http.get(path) as response:
        return response.status


async def test_a_fault_strikes_the_nth_matching_request_and_then_no_more(
    server: SandboxServer, http: aiohttp.ClientSession
) -> None:
    server.faults.add(Answer(503), TIME, skip=1, times=2)
    assert [await status_of(http) for _ in range(5)] == [200, 503, 503, 200, 200]
    assert len(server.faults.record) == 2


async def test_a_fault_leaves_other_requests_alone(server: SandboxServer, http: aiohttp.ClientSession) -> None:
    server.faults.add(Answer(503), "*/klines", query={"symbol": "ETHUSDT"}, times=None)
    assert await status_of(http) == 200
    assert await status_of(http, "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=1") == 200
    assert await status_of(http, "/api/v3/klines?symbol=ETHUSDT&interval=1h&limit=1") == 503
    server.faults.clear()
    assert await status_of(http, "/api/v3/klines?symbol=ETHUSDT&interval=1h&limit=1") == 200


async def test_a_dropped_connection_is_dropped_before_or_after_the_work(
    server: SandboxServer, http: aiohttp.ClientSession
) -> None:
    server.faults.add(Drop(executed=True), TIME, times=None)
    with pytest.raises(aiohttp.ClientConnectionError):
        await http.get(TIME)


async def test_a_cut_answer_promises_more_than_it_brings(server: SandboxServer, http: aiohttp.ClientSession) -> None:
    server.faults.add(Truncate(10), "/api/v3/exchangeInfo")
    async with http.get("/api/v3/exchangeInfo") as response:
        assert response.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


async def test_a_delay_waits_on_the_exchange_s_clock(
    server: SandboxServer, http: aiohttp.ClientSession, clock: SteppedClock
) -> None:
    server.faults.add(Delay(30), TIME)
    waiting = asyncio.ensure_future(status_of(http))
    while not server.faults.record:
        await asyncio.sleep(0)
    assert not waiting.done()
    clock.advance(30 * SECOND)
    assert await waiting == 200


async def test_a_page_and_a_rewrite_reach_the_client(server: SandboxServer, http: aiohttp.ClientSession) -> None:
    server.faults.add(html_page(), TIME)
    server.faults.add(Rewrite(lambda body: body.replace(b"serverTime", b"time")), TIME)
    async with http.get(TIME) as response:
        assert response.content_type == "text/html"
        assert (await response.text()).startswith("<!DOCTYPE html>")
    async with http.get(TIME) as response:
        assert list(await response.json()) == ["time"]
