"""The gateway under the exchange's real addresses: TLS, real host names, ccxt's own tables for them, and no way out.

Every name resolves to the sandbox on loopback, whose certificate a local authority has signed.
"""

from __future__ import annotations

import datetime
import ipaddress
import random
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.adapters.exchanges.surroundings import BTC, HOUR, NOON, JumpingClock
from tickwright.adapters.exchanges import CcxtMarketData, SharedRateBudget, open_market_data
from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.faults import Answer
from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.domain.errors import ExchangeUnavailable
from tickwright.domain.timestamp import HOUR as HOUR_NS
from tickwright.domain.timestamp import parse_instant

YEAR = parse_instant("2024-01-01")
DAY = datetime.timedelta(days=1)


def certificate(folder: Path, *names: str) -> tuple[Path, Path]:
    """A self-signed certificate for host names, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([*map(x509.DNSName, names), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


class EverythingIsHere(AbstractResolver):
    """Resolves every name, and every port, to one listener on loopback."""

    def __init__(self, port: int) -> None:
        self.port, self.asked = port, set[str]()

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        self.asked.add(host)
        return [ResolveResult(hostname=host, host="127.0.0.1", port=self.port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        pass


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[SandboxServer]:
    """A sandbox that speaks TLS as api.binance.com."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(*certificate(tmp_path, "api.binance.com"))
    async with SandboxServer(clock=SteppedClock(NOON), tls=tls) as running:
        yield running


@pytest.fixture
async def resolver(server: SandboxServer) -> EverythingIsHere:
    """Where every name leads."""
    return EverythingIsHere(server.port)


@pytest.fixture
async def market(server: SandboxServer, resolver: EverythingIsHere, tmp_path: Path) -> AsyncIterator[CcxtMarketData]:
    """A gateway that was given no address: it calls the exchange's own."""
    trusted = ssl.create_default_context(cafile=tmp_path / "certificate.pem")
    assert isinstance(server.clock, SteppedClock)
    clock = JumpingClock(NOON, server.clock)
    budget = SharedRateBudget(tmp_path / "budget.sqlite", clock)
    data = open_market_data(
        "binance",
        rate_budget=budget,
        clock=clock,
        connector=lambda: aiohttp.TCPConnector(resolver=resolver, ssl=trusted),
        chance=random.Random(1),
    )
    yield data
    await data.close()
    budget.close()


async def test_candles_come_from_the_real_address_over_tls(
    market: CcxtMarketData, server: SandboxServer, resolver: EverythingIsHere
) -> None:
    bars = await market.candles(BTC, HOUR, YEAR, YEAR + 100 * HOUR_NS)
    assert bars.content_hash() == bundled_candles("BTC/USDT").between(YEAR, YEAR + 100 * HOUR_NS).content_hash()
    assert resolver.asked == {"api.binance.com"}
    assert {request.address for request in server.requests} == {"127.0.0.1"}


async def test_instruments_ask_one_address_only(market: CcxtMarketData, resolver: EverythingIsHere) -> None:
    """ccxt would ask two futures addresses as well, were it not told that only spot is wanted."""
    assert len(await market.instruments()) == 2
    assert resolver.asked == {"api.binance.com"}


async def test_a_code_that_ccxt_knows_under_the_real_address_only_means_the_same(
    market: CcxtMarketData, server: SandboxServer
) -> None:
    busy = Answer(503, '{"code":-1008,"msg":"Server is currently overloaded with other requests."}')
    server.faults.add(busy, "*/klines", times=None)
    with pytest.raises(ExchangeUnavailable, match="overloaded"):
        await market.candles(BTC, HOUR, YEAR, YEAR + HOUR_NS)
    server.faults.clear()
    assert len(await market.candles(BTC, HOUR, YEAR, YEAR + HOUR_NS)) == 1


async def test_a_certificate_nobody_vouches_for_is_refused(
    server: SandboxServer, resolver: EverythingIsHere, tmp_path: Path
) -> None:
    clock = JumpingClock(NOON)
    data = open_market_data(
        "binance",
        rate_budget=SharedRateBudget(tmp_path / "budget.sqlite", clock),
        clock=clock,
        connector=lambda: aiohttp.TCPConnector(resolver=resolver),
        chance=random.Random(1),
    )
    with pytest.raises(ExchangeUnavailable, match=r"Certificate|its own address"):
        await data.instruments()
    await data.close()
    assert len(server.requests) == 0
