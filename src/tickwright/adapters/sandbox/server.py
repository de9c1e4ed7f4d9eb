"""The sandbox exchange as an HTTP server: one wire language, one listener, on loopback only.

Invariants: it listens on loopback addresses and nowhere else, and answers only requests that came to a loopback name or
to a name of the exchange it poses as; every request is on record; faults act before the exchange does.
"""

from __future__ import annotations

import asyncio
import email.utils
import ipaddress
import signal
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeAlias

from aiohttp import web

from tickwright.adapters.sandbox.clock import ExchangeClock, RunningClock
from tickwright.adapters.sandbox.dialects.binance_linear import BinanceLinear
from tickwright.adapters.sandbox.dialects.binance_spot import BinanceSpot
from tickwright.adapters.sandbox.dialects.coinbase import Coinbase
from tickwright.adapters.sandbox.dialects.dialect import Dialect
from tickwright.adapters.sandbox.faults import Faults
from tickwright.adapters.sandbox.history import bundled_exchange_info, bundled_history
from tickwright.adapters.sandbox.market import ReplayMarket
from tickwright.adapters.sandbox.weights import WeightLimiter
from tickwright.domain.bars import Bars
from tickwright.domain.errors import ExchangeUnavailable, UsageError
from tickwright.domain.events import Series
from tickwright.domain.timestamp import MINUTE, SECOND, iso
from tickwright.domain.trades import Trades

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

Speaks: TypeAlias = type[BinanceSpot] | type[Coinbase]

DIALECTS: dict[str, Speaks] = {BinanceSpot.exchange: BinanceSpot, Coinbase.exchange: Coinbase}
"""The wire languages of spot markets, by ccxt's names of the exchanges."""

CONTRACT_DIALECTS: dict[str, Speaks] = {BinanceLinear.exchange: BinanceLinear}
"""Those of contracts."""
_RECORD = 100_000


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request that reached the server: when by the exchange's clock, and what was asked for."""

    ts_ns: int
    path: str
    query: str
    address: str


class SandboxServer:
    """The server, to be entered as an async context.

    `history` is what is replayed (the bundled candles unless given; all of one exchange), `trades` the trades of some
    of it, `more` its mark and index prices, funding rates, quotes and books, `info` the exchange's own words about its
    symbols (the bundled ones unless given), `clock` the exchange's time (a running clock from one minute after the
    history's end unless given), `weight_limit` request weight per minute and address (the exchange's own unless given),
    `port` 0 any free port, `tls` makes it speak HTTPS. It poses as the exchange the history is of.
    """

    def __init__(
        self,
        history: Iterable[Bars] | None = None,
        *,
        trades: Iterable[Trades] = (),
        more: Iterable[Series] = (),
        info: Mapping[str, Any] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: ExchangeClock | None = None,
        weight_limit: int | None = None,
        patience: int = 10,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._host, self._port, self._tls = loopback(host), port, tls
        series = bundled_history() if history is None else tuple(history)
        speaks = dialect_of(series)
        self.clock: ExchangeClock = RunningClock(end_of(series) + MINUTE) if clock is None else clock
        self.market = ReplayMarket(series, self.clock, trades, more)
        self.faults = Faults()
        self.requests: deque[SeenRequest] = deque(maxlen=_RECORD)
        limiter = WeightLimiter(weight_limit or speaks.weight_limit, self.clock, patience=patience)
        self.dialect: Dialect = speaks(self.market, info or bundled_exchange_info(), limiter)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:41227`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host}:{self._port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    async def start(self) -> None:
        """Begin to listen; raises `ExchangeUnavailable` when the port is taken."""
        app = web.Application(middlewares=[self._guarded])
        app.on_response_prepare.append(self._dated)
        app.add_routes(self.dialect.routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._port, ssl_context=self._tls)
        try:
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise ExchangeUnavailable(
                f"the sandbox cannot listen on port {self._port}: {error.strerror or error}",
                where=self._host,
                expected="a free port",
                hint="Leave the port out to get any free one.",
            ) from error
        self._port, self._runner = runner.addresses[0][1], runner

    async def stop(self) -> None:
        """Close every connection; safe to call twice."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._is_addressed(request.url.host or ""):
            raise web.HTTPMisdirectedRequest(
                text=f"This is a practice exchange; it does not answer for {request.host}."
            )
        self.requests.append(SeenRequest(self.clock.now_ns(), request.path, request.query_string, request.remote or ""))
        return await self.faults.pass_or_strike(request, lambda: handler(request), self.clock)

    async def _dated(self, request: web.Request, response: web.StreamResponse) -> None:
        """Answers bear the exchange's date, not the machine's."""
        response.headers["Date"] = email.utils.formatdate(self.clock.now_ns() // SECOND, usegmt=True)

    def _is_addressed(self, host: str) -> bool:
        return host == "localhost" or host in self.dialect.hosts or _is_loopback(host)


def dialect_of(history: Iterable[Bars]) -> Speaks:
    """The wire language of a history's exchange; raises `UsageError` where it is not one exchange, or none we speak."""
    parts = sorted({(bars.key.instrument.exchange, bool(bars.key.instrument.settle)) for bars in history})
    spoken = CONTRACT_DIALECTS if parts and parts[0][1] else DIALECTS
    if len(parts) != 1 or parts[0][0] not in spoken:
        names = " and ".join(dict.fromkeys(exchange for exchange, _ in parts))
        raise UsageError(
            f"the sandbox cannot pose as {names or 'an exchange without history'}",
            where="history",
            expected=" or ".join(spoken) + ", coins and contracts apart",
        )
    return spoken[parts[0][0]]


def end_of(history: Iterable[Bars]) -> int:
    """When the last candle of a history ends, UTC nanoseconds."""
    return max(int(bars.open_time_ns[-1]) + bars.timeframe.length_ns for bars in history)


def loopback(host: str) -> str:
    """A host, if it is this machine speaking to itself; raises `UsageError` for any other."""
    address = "127.0.0.1" if host == "localhost" else host
    if not _is_loopback(address):
        raise UsageError(
            f"the sandbox does not listen on {host}",
            where="--host",
            expected="a loopback address such as 127.0.0.1",
            hint="It knows no passwords; reach it from elsewhere through an SSH tunnel.",
        )
    return address


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def serve(server: SandboxServer, announce: Callable[[SandboxServer], None]) -> None:
    """Run a server until SIGINT or SIGTERM; `announce` is called once it listens."""
    asyncio.run(serve_until_stopped(server, announce))


async def serve_until_stopped(
    server: SandboxServer, announce: Callable[[SandboxServer], None], stop: asyncio.Event | None = None
) -> None:
    """As `serve`, inside a running loop; ends when `stop` is set, too."""
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with server:
        announce(server)
        await stop.wait()


def banner(server: SandboxServer) -> str:
    """One line for people: where it listens, what it replays and what time it thinks it is."""
    return (
        f"Practice exchange ({server.dialect.exchange}) on {server.url}: {', '.join(server.market.symbols)}; "
        f"its time is {iso(server.clock.now_ns() // SECOND * SECOND)}. Ctrl-C stops it."
    )
