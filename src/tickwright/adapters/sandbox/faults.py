"""What goes wrong on purpose: rules that spoil the n-th matching answer, and a record of each time one did.

Invariant: a fault never changes what the exchange knows, only what its client sees of it. Rules are tried in the order
they were added; the first that matches and has strikes left acts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Protocol

from aiohttp import web

from tickwright.adapters.sandbox.clock import ExchangeClock

Proceed = Callable[[], Awaitable[web.StreamResponse]]

HTML_PAGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"


class Fault(Protocol):
    """One way to spoil an answer."""

    async def strike(self, request: web.Request, proceed: Proceed, clock: ExchangeClock) -> web.StreamResponse:
        """Answer instead of the exchange; `proceed` lets the exchange do its part."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """Something else than the exchange's answer: an error, a page, nonsense."""

    status: int = 200
    body: str | bytes = ""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    async def strike(self, request: web.Request, proceed: Proceed, clock: ExchangeClock) -> web.StreamResponse:
        """The given answer; the exchange never sees the request."""
        body = self.body.encode() if isinstance(self.body, str) else self.body
        headers = {"Content-Type": self.content_type, **self.headers}
        return web.Response(status=self.status, body=body, headers=headers)


def html_page() -> Answer:
    """A page of a content network with status 200."""
    return Answer(200, HTML_PAGE, "text/html")


@dataclass(frozen=True, slots=True)
class Delay:
    """The right answer, late by so many seconds of the exchange's clock."""

    seconds: float

    async def strike(self, request: web.Request, proceed: Proceed, clock: ExchangeClock) -> web.StreamResponse:
        """Wait, then answer."""
        await clock.sleep(self.seconds)
        return await proceed()


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection is reset, before the exchange acts on the request or (`executed`) after."""

    executed: bool = False

    async def strike(self, request: web.Request, proceed: Proceed, clock: ExchangeClock) -> web.StreamResponse:
        """Reset the connection."""
        if self.executed:
            await proceed()
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)


@dataclass(frozen=True, slots=True)
class Truncate:
    """The right answer, cut after so many bytes, the connection closed."""

    keep: int

    async def strike(self, request: web.Request, proceed: Proceed, clock: ExchangeClock) -> web.StreamResponse:
        """Promise the whole length, send a part of it."""
        whole = await proceed()
        assert isinstance(whole, web.Response)
        assert isinstance(whole.body, bytes)
        cut = web.StreamResponse(status=whole.status, headers={"Content-Type": whole.content_type})
        cut.content_length = len(whole.body)
        await cut.prepare(request)
        await cut.write(whole.body[: self.keep])
        if request.transport is not None:
            request.transport.close()
        return cut


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The exchange's answer after a function of the test has had its way with the body."""

    change: Callable[[bytes], bytes]

    async def strike(self, request: web.Request, proceed: Proceed, clock: ExchangeClock) -> web.StreamResponse:
        """Answer with the changed body."""
        whole = await proceed()
        assert isinstance(whole, web.Response)
        assert isinstance(whole.body, bytes)
        return web.Response(status=whole.status, body=self.change(whole.body), content_type=whole.content_type)


@dataclass(slots=True)
class FaultRule:
    """A fault for requests whose path fits `path` (a shell pattern) and whose query contains `query`.

    The first `skip` matching requests pass unharmed, the next `times` are struck (None: all of them).
    """

    fault: Fault
    path: str = "*"
    query: Mapping[str, str] = field(default_factory=dict)
    skip: int = 0
    times: int | None = 1
    seen: int = 0

    def claims(self, request: web.Request) -> bool:
        """Whether this request is to be struck; a matching one is counted."""
        matches = fnmatchcase(request.path, self.path) and all(
            request.query.get(name) == value for name, value in self.query.items()
        )
        if not matches:
            return False
        self.seen += 1
        return self.skip < self.seen and (self.times is None or self.seen <= self.skip + self.times)


class Faults:
    """The rules in force and the record of what they did."""

    def __init__(self) -> None:
        self._rules: list[FaultRule] = []
        self.record: deque[tuple[str, Fault]] = deque(maxlen=10_000)

    def add(
        self,
        fault: Fault,
        path: str = "*",
        *,
        query: Mapping[str, str] | None = None,
        skip: int = 0,
        times: int | None = 1,
    ) -> FaultRule:
        """Put a rule into force."""
        rule = FaultRule(fault, path, query or {}, skip, times)
        self._rules.append(rule)
        return rule

    def clear(self) -> None:
        """Take every rule out of force; the record stays."""
        self._rules.clear()

    async def pass_or_strike(self, request: web.Request, proceed: Proceed, clock: ExchangeClock) -> web.StreamResponse:
        """The answer to a request: spoiled where a rule claims it."""
        for rule in self._rules:
            if rule.claims(request):
                self.record.append((request.path_qs, rule.fault))
                return await rule.fault.strike(request, proceed, clock)
        return await proceed()
