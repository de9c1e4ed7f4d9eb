"""What a wire language has to offer the sandbox server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from aiohttp import web


class Dialect(Protocol):
    """One exchange's wire language."""

    exchange: str
    """The exchange it poses as, by ccxt's name."""
    hosts: frozenset[str]
    """The real names of that exchange; a client that resolves them to the sandbox is let in."""

    weight_limit: int
    """Request weight the exchange allows an address in a minute."""

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Every endpoint it answers."""
        ...
