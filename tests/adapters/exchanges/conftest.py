"""Servers and gateways for the tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.exchanges.surroundings import NOON, JumpingClock, gateway
from tickwright.adapters.exchanges import CcxtMarketData
from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.server import SandboxServer


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    """A sandbox whose time stands at noon of 2024-06-01."""
    async with SandboxServer(clock=SteppedClock(NOON)) as running:
        yield running


@pytest.fixture
def clock(server: SandboxServer) -> JumpingClock:
    """The gateway's clock, in step with the server's."""
    assert isinstance(server.clock, SteppedClock)
    return JumpingClock(NOON, server.clock)


@pytest.fixture
async def market(server: SandboxServer, clock: JumpingClock, tmp_path: Path) -> AsyncIterator[CcxtMarketData]:
    """A gateway to the server."""
    data = gateway(server, tmp_path, clock)
    yield data
    await data.close()
