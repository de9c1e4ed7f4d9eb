"""A server whose time stands still, and a bare HTTP client."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.domain.timestamp import parse_instant

NOON = parse_instant("2024-06-01T12:00:00Z")


@pytest.fixture
def clock() -> SteppedClock:
    """The exchange's time: noon of 2024-06-01 until a test moves it."""
    return SteppedClock(NOON)


@pytest.fixture
async def server(clock: SteppedClock) -> AsyncIterator[SandboxServer]:
    """A running sandbox with the bundled history."""
    async with SandboxServer(clock=clock) as running:
        yield running


@pytest.fixture
async def http(server: SandboxServer) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that knows nothing of the exchange."""
    async with aiohttp.ClientSession(server.url) as session:
        yield session
