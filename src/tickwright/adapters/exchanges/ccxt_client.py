"""How a ccxt client is built and kept to its address.

Invariants: ccxt is imported when the first request is made and not before; the client is ccxt's own, unmodified: only
its addresses and its HTTP session are given to it; where an address is given, every address the client knows leads
there, which is checked and not assumed; numbers stay text; its own pacing and its own retries are off, because the
shared budget and the retry rule do that work; no answer larger than `LARGEST_ANSWER` is held in memory.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tickwright.adapters.exchanges.venues.venue import Venue
from tickwright.domain.errors import NotOffered, SettingsError

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes of a decompressed answer; the largest real one (all rules of a large exchange) has a third of it."""

Heard = Callable[[int, Mapping[str, str]], None]
"""Told the status and the headers of every answer, before its body is read."""


def ccxt_client(venue: Venue, base_url: str | None, timeout_s: float) -> Any:
    """ccxt's asynchronous client of an exchange, its HTTP session still to be given by `give_session`.

    `base_url` replaces the scheme and host of every address. Raises `NotOffered` for an exchange ccxt does not know.
    """
    import ccxt.async_support as ccxt

    name = venue.client_name or venue.exchange
    if name not in ccxt.exchanges:
        near = difflib.get_close_matches(name, ccxt.exchanges, n=3)
        raise NotOffered(
            f"no exchange is called {venue.exchange!r}",
            where="exchange",
            expected=" or ".join(near) or "a name that ccxt knows",
        )
    client = getattr(ccxt, name)(
        {
            "number": str,
            "enableRateLimit": False,
            "timeout": int(timeout_s * 1000),
            "timeout_on_exit": 0,
            "has": {"fetchCurrencies": False},  # not needed, and a signed request at some exchanges
            "options": {**venue.client_options, "maxRetriesOnFailure": 0},
        }
    )
    client.own_session = False
    if base_url is not None:
        for part in ("api", "test", "apiBackup", "demo"):
            if part in client.urls:
                client.urls[part] = rebased(client.urls[part], base_url)
        refuse_leaks(client.urls, base_url)
    return client


def http_session(heard: Heard, connector: Any = None, *, through_proxies: bool) -> Any:
    """The HTTP session of a client: bounded answers, each reported to `heard`."""
    import ssl

    import aiohttp
    import certifi

    class BoundedResponse(aiohttp.ClientResponse):
        """An answer that is given up once it is larger than it may be."""

        async def read(self) -> bytes:
            """The whole body, up to the bound."""
            if self._body is None:
                parts, size = [], 0
                try:
                    async for part in self.content.iter_any():
                        parts.append(part)
                        size += len(part)
                        if size > LARGEST_ANSWER:
                            raise aiohttp.ClientPayloadError(f"the answer is larger than {LARGEST_ANSWER} bytes")
                except BaseException:
                    self.close()
                    raise
                self._body = b"".join(parts)
            return self._body

    async def report(_session: Any, _context: Any, parameters: aiohttp.TraceRequestEndParams) -> None:
        heard(parameters.response.status, parameters.response.headers)

    if connector is None and through_proxies:
        trusted = ssl.create_default_context()
        trusted.load_verify_locations(certifi.where())  # images and macOS often have no authorities of their own
        connector = aiohttp.TCPConnector(ssl=trusted)
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(report)
    return aiohttp.ClientSession(
        connector=connector, response_class=BoundedResponse, trace_configs=[trace], trust_env=through_proxies
    )


def rebased(addresses: Any, base_url: str) -> Any:
    """The same addresses, however nested, on another scheme and host.

    >>> rebased({"rest": "https://api.example.com/v3", "ws": {"spot": "wss://s.example.com:9443/ws"}}, "http://127.0.0.1:9")
    {'rest': 'http://127.0.0.1:9/v3', 'ws': {'spot': 'ws://127.0.0.1:9/ws'}}
    """
    if isinstance(addresses, Mapping):
        return {name: rebased(address, base_url) for name, address in addresses.items()}
    if not isinstance(addresses, str):
        return addresses
    base, old = urlsplit(base_url), urlsplit(addresses)
    scheme = base.scheme.replace("http", "ws") if old.scheme.startswith("ws") else base.scheme
    return urlunsplit((scheme, base.netloc, base.path.rstrip("/") + old.path, old.query, ""))


def refuse_leaks(addresses: Any, base_url: str) -> None:
    """Raise `SettingsError` if any API address leads elsewhere than to `base_url`."""
    home = urlsplit(base_url).netloc
    for part in ("api", "test", "apiBackup", "demo"):
        for address in _leaves(addresses.get(part, {})):
            if urlsplit(address).netloc != home:
                raise SettingsError(f"{address} does not lead to {base_url}", where="base_url", expected=f"only {home}")


def checked_base_url(base_url: str) -> str:
    """An address a client may be pointed to; raises `SettingsError`."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise SettingsError(
            f"{base_url!r} is not an address", where="base_url", expected="such as http://127.0.0.1:8080"
        )
    return base_url.rstrip("/")


def _leaves(addresses: Any) -> list[str]:
    if isinstance(addresses, Mapping):
        return [leaf for address in addresses.values() for leaf in _leaves(address)]
    return [addresses] if isinstance(addresses, str) else []
