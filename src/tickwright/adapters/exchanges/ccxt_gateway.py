"""Market data of an exchange through an unmodified ccxt client.

Invariants: decimals go from the exchange's text to integers without a float; a candle is returned only once the
exchange's own clock has passed its end, and that clock is read before the candles are; every request is paid for out of
the shared budget first; a read is asked again by one rule; whatever goes wrong is one of our errors.

Known limits: whether a row fits its neighbours (order, grid, high above low) is for the ingest to judge, row by row; an
answer is refused as a whole only where it cannot be read. An exchange may still correct a candle within seconds of its
close. The forming candle is told by the exchange's clock, of which only a lower bound is known (the time it last named
plus the time since).
"""

from __future__ import annotations

import asyncio
import difflib
import email.utils
import random
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tickwright.adapters.exchanges.candle_rows import LAST_MILLISECOND, closed_bars
from tickwright.adapters.exchanges.ccxt_client import ccxt_client, checked_base_url, http_session
from tickwright.adapters.exchanges.ccxt_errors import in_our_words
from tickwright.adapters.exchanges.event_rows import book_columns, funding_columns, quote_columns
from tickwright.adapters.exchanges.retry import RetryRule, read_with_retries
from tickwright.adapters.exchanges.trade_rows import trade_columns
from tickwright.adapters.exchanges.venues import venue_of
from tickwright.adapters.exchanges.venues.venue import Market, Venue
from tickwright.domain.bars import Bars, SeriesKey, SeriesKind
from tickwright.domain.errors import BadResponse, NotOffered, RateLimited, TickwrightError, UnknownSymbol
from tickwright.domain.events import Events
from tickwright.domain.instrument import Instrument, InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import MILLISECOND, SECOND, iso
from tickwright.domain.trades import Trades
from tickwright.ports import Clock, RateBudget

Answer = TypeVar("Answer")

ATTEMPT_TIMEOUT_S = 10.0
CLOSE_GRACE_NS = SECOND
_BLOCKING_STATUSES = frozenset({418, 429})
_SHORTEST_BLOCK_NS = SECOND


def open_market_data(
    exchange: str,
    *,
    base_url: str | None = None,
    rate_budget: RateBudget,
    clock: Clock,
    contracts: bool = False,
    deadline_s: float = 120.0,
    connector: Callable[[], Any] | None = None,
    chance: random.Random | None = None,
) -> CcxtMarketData:
    """Market data of an exchange, by ccxt's name of it; nothing is asked until the first call.

    With `contracts` of the part of the exchange where contracts are traded, otherwise of its spot market.
    `base_url` leads every request there (the practice exchange); without it the exchange's own addresses are used.
    `deadline_s` is how long one read may be tried. `connector` makes the aiohttp connector (own resolver, own
    certificates); `chance` draws the pauses between attempts.
    """
    return CcxtMarketData(
        venue_of(exchange, contracts=contracts),
        base_url=None if base_url is None else checked_base_url(base_url),
        rate_budget=rate_budget,
        clock=clock,
        rule=RetryRule(deadline_s=deadline_s),
        connector=connector,
        chance=chance or random.Random(),
    )


class CcxtMarketData:
    """Fulfils the ports `MarketData`, `TradeData` and `EventData`; see the module for what it promises."""

    def __init__(
        self,
        venue: Venue,
        *,
        base_url: str | None,
        rate_budget: RateBudget,
        clock: Clock,
        rule: RetryRule,
        connector: Callable[[], Any] | None,
        chance: random.Random,
    ) -> None:
        self.exchange = venue.exchange
        self._venue, self._base_url, self._connector = venue, base_url, connector
        self._budget, self._clock, self._rule, self._chance = rate_budget, clock, rule, chance
        account = venue.account or venue.exchange
        self._account = account if base_url is None else f"{account}@{urlsplit(base_url).netloc}"
        self._client: Any = None
        self._session: Any = None
        self._markets: Mapping[str, Market] = {}
        self._markets_lock = asyncio.Lock()
        self._heard_time: tuple[int, int] | None = None
        self._heard_date: tuple[int, int] | None = None

    @property
    def page_limit(self) -> int:
        """The most candles one request may return."""
        return self._venue.page_limit or self._venue.most_candles(self._unconnected())

    async def instruments(self) -> Sequence[Instrument]:
        """Everything listed that the platform can trade, with the rules in force now."""
        await self._load_markets()
        observed_ns = await self._exchange_time_ns()
        try:
            found = [self._venue.instrument(market, observed_ns) for market in self._markets.values()]
        except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError) as error:
            raise in_our_words(error, where=f"{self.exchange} instruments") from error
        return sorted((one for one in found if one is not None), key=lambda one: one.id)

    async def candles(
        self,
        instrument: InstrumentId,
        timeframe: Timeframe,
        start_ns: int,
        end_ns: int,
        *,
        kind: SeriesKind = "candles",
    ) -> Bars:
        """Closed candles with open times in [start, end), oldest first, at most `page_limit` of them.

        They are of trades, or of the mark or index price.
        """
        key = SeriesKey(instrument, timeframe, kind)
        market, code = await self._market(instrument), self._code(timeframe)
        start_ns = timeframe.ceil(start_ns)
        if start_ns >= end_ns:
            return closed_bars(key, [], 0)
        closed_ns = await self._closed_before(min(end_ns + timeframe.length_ns, start_ns + self._span_ns(timeframe)))

        async def page(client: Any) -> Bars:
            rows = await self._venue.candles(client, market, timeframe, code, start_ns, end_ns, self.page_limit, kind)
            return closed_bars(key, rows, closed_ns)

        return await self._ask(self._venue.candles_weight, page, f"{instrument} {timeframe} {kind}")

    async def trades(
        self, instrument: InstrumentId, start_ns: int, end_ns: int, *, after_id: int | None = None
    ) -> Trades:
        """One page of the trades with times in [start, end), oldest first; those after `after_id` where it is given.

        `start_ns` is then the time of that trade.
        """
        market = await self._market(instrument)

        async def page(client: Any) -> Trades:
            return trade_columns(instrument, await self._venue.trades(client, market, start_ns, after_id), after_id)

        place = f"from {iso(start_ns)}" if after_id is None else f"after {after_id}"
        found = await self._ask(self._venue.weight_of_trades(after_id), page, f"{instrument} trades {place}")
        inside = found.ts_ns < end_ns
        return found.where(inside if after_id is not None else inside & (found.ts_ns >= start_ns))

    async def funding(self, instrument: InstrumentId, start_ns: int, end_ns: int) -> Events:
        """One page of the funding rates of [start, end) from its start on, by their nominal times."""
        market = await self._market(instrument)

        async def page(client: Any) -> Events:
            return funding_columns(instrument, await self._venue.funding(client, market, start_ns, end_ns))

        return await self._ask(self._venue.funding_weight, page, f"{instrument} funding from {iso(start_ns)}")

    async def quote(self, instrument: InstrumentId) -> Events:
        """The best bid and ask now; at the exchange's time as far as it is known where the answer names none."""
        market, heard_ns = await self._market(instrument), await self._exchange_time_ns()

        async def one(client: Any) -> Events:
            return quote_columns(instrument, await self._venue.quote(client, market), heard_ns)

        return await self._ask(self._venue.quote_weight, one, f"{instrument} quote")

    async def book(self, instrument: InstrumentId, levels: int) -> Events:
        """A snapshot of the book now, at most so many levels on each side."""
        market, heard_ns = await self._market(instrument), await self._exchange_time_ns()

        async def one(client: Any) -> Events:
            return book_columns(instrument, await self._venue.book(client, market, levels), heard_ns)

        return await self._ask(self._venue.book_weight, one, f"{instrument} book")

    def prices(self, kind: SeriesKind) -> PricesOfKind:
        """The same exchange as a source of candles of one kind of price."""
        return PricesOfKind(self, kind)

    async def exchange_clock(self) -> Clock:
        """The exchange's own time as a clock, for planning: a fast clock here makes no hole of what is to come."""
        await self._exchange_time_ns()
        return _ExchangeClock(self._at_least_ns, self._clock)

    async def close(self) -> None:
        """Give back connections; safe to call twice."""
        client, session = self._client, self._session
        self._client = self._session = None
        if client is not None:
            await client.close()
        if session is not None:
            await session.close()

    def _span_ns(self, timeframe: Timeframe) -> int:
        return (self.page_limit + 1) * timeframe.length_ns

    def _code(self, timeframe: Timeframe) -> str:
        """ccxt's name of a timeframe."""
        offered: dict[int, str] = {
            Timeframe.parse(code).length_ns: code
            for code in self._unconnected().timeframes
            if code not in self._venue.unsupported_timeframes
        }
        if timeframe.length_ns not in offered:
            raise NotOffered(
                f"{self.exchange} has no {timeframe} candles", where="timeframe", expected=", ".join(offered.values())
            )
        return offered[timeframe.length_ns]

    async def _market(self, instrument: InstrumentId) -> Market:
        if not self._markets:
            async with self._markets_lock:
                if not self._markets:
                    await self._load_markets()
        market = self._markets.get(instrument.symbol)
        if market is None:
            near = difflib.get_close_matches(instrument.symbol, self._markets, n=3)
            raise UnknownSymbol(
                f"{self.exchange} does not list {instrument.symbol}",
                where="symbol",
                expected=" or ".join(near) or f"one of its {len(self._markets)} symbols",
            )
        return market

    async def _load_markets(self) -> None:
        async def load(client: Any) -> Mapping[str, Market]:
            markets = await self._venue.markets(client)
            if not markets:
                raise BadResponse("the answer lists no market", where=f"{self.exchange} instruments")
            return markets

        self._markets = await self._ask(self._venue.instruments_weight, load, f"{self.exchange} instruments")

    async def _closed_before(self, needed_ns: int) -> int:
        """An instant the exchange's clock has passed; asked for anew unless what is known covers `needed_ns`."""
        known_ns = self._at_least_ns() - CLOSE_GRACE_NS
        return known_ns if known_ns >= needed_ns else await self._exchange_time_ns() - CLOSE_GRACE_NS

    async def _exchange_time_ns(self) -> int:
        """The exchange's time, or a little less."""
        if self._venue.tells_time(self._connected()):
            milliseconds = await self._ask(self._venue.time_weight, self._named_time, f"{self.exchange} time")
            self._heard_time = (milliseconds * MILLISECOND, self._clock.monotonic_ns())
        elif self._heard_date is None:
            await self._load_markets()
        self._heard_time = self._heard_time or self._heard_date
        return self._at_least_ns()

    async def _named_time(self, client: Any) -> int:
        milliseconds = await self._venue.time_ms(client)
        if type(milliseconds) is not int or not 0 < milliseconds <= LAST_MILLISECOND:
            raise BadResponse(f"the exchange's time is {milliseconds!r}", expected="whole milliseconds since 1970")
        return milliseconds

    def _at_least_ns(self) -> int:
        if self._heard_time is None:
            return 0
        named_ns, heard_ns = self._heard_time
        return named_ns + self._clock.monotonic_ns() - heard_ns

    async def _ask(self, weight: int, call: Callable[[Any], Awaitable[Answer]], what: str) -> Answer:
        where = f"{what} ({self._base_url or 'its own address'})"

        async def once() -> Answer:
            await self._pay(weight, where)
            try:
                return await call(self._connected())
            except Exception as error:
                ours = in_our_words(error, where=where, passing_codes=self._venue.passing_codes)
                raise self._until_when(ours, str(error)) from error

        return await read_with_retries(once, self._rule, self._clock, self._chance)

    def _until_when(self, error: TickwrightError, words: str) -> TickwrightError:
        """The error, with the instant the exchange has named for coming back."""
        if isinstance(error, RateLimited):
            banned = re.search(r"banned until (\d{13})", words)
            if banned:
                self._budget.block_until(self._account, self._by_our_clock(int(banned[1]) * MILLISECOND))
            error.retry_at_ns = self._budget.blocked_until(self._account) or None
            if error.retry_at_ns:
                error.message = f"{error.message}; nobody may call before {iso(error.retry_at_ns // SECOND * SECOND)}"
        return error

    def _by_our_clock(self, ts_ns: int) -> int:
        """An instant of the exchange's clock on ours, as far as the difference is known."""
        return ts_ns if self._heard_time is None else self._clock.now_ns() + ts_ns - self._at_least_ns()

    async def _pay(self, weight: int, where: str) -> None:
        """Wait for the budget; fail now, not after days, where a ban outlives the patience of a read."""
        until_ns = self._budget.blocked_until(self._account)
        if until_ns - self._clock.now_ns() > self._rule.deadline_s * SECOND:
            raise RateLimited(
                f"{self.exchange} lets nobody from this address call before {iso(until_ns // SECOND * SECOND)}",
                retry_at_ns=until_ns,
                where=where,
            )
        try:
            async with asyncio.timeout(self._rule.deadline_s):
                await self._budget.acquire(self._account, weight)
        except TimeoutError:
            raise RateLimited(
                f"the request budget of {self.exchange} was not free for {self._rule.deadline_s:.0f} s",
                where=where,
                hint="Other programs of this machine use it up",
            ) from None

    def _heard(self, status: int, headers: Mapping[str, str]) -> None:
        if status in _BLOCKING_STATUSES:
            now_ns = self._clock.now_ns()
            self._budget.block_until(self._account, now_ns + max(_SHORTEST_BLOCK_NS, _retry_after_ns(headers, now_ns)))
        dated_ns = _date_ns(headers.get("Date", ""))
        if dated_ns is not None:
            self._heard_date = (dated_ns, self._clock.monotonic_ns())
        used = self._venue.used_weight(headers)
        if used is not None:
            self._budget.observe(self._account, used)

    def _unconnected(self) -> Any:
        if self._client is None:
            self._client = ccxt_client(self._venue, self._base_url, min(ATTEMPT_TIMEOUT_S, self._rule.deadline_s))
        return self._client

    def _connected(self) -> Any:
        client = self._unconnected()
        if self._session is None:
            connector = None if self._connector is None else self._connector()
            self._session = http_session(self._heard, connector, through_proxies=self._base_url is None)
            client.session = self._session
        return client


class PricesOfKind:
    """Fulfils `MarketData` with the candles of one kind of price of a gateway: of trades, of the mark, of the index."""

    def __init__(self, gateway: CcxtMarketData, kind: SeriesKind) -> None:
        self.exchange, self._gateway, self._kind = gateway.exchange, gateway, kind
        self.instruments, self.close = gateway.instruments, gateway.close

    @property
    def page_limit(self) -> int:
        """The most candles one request may return."""
        return self._gateway.page_limit

    async def candles(self, instrument: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
        """Closed candles of this kind of price; see `CcxtMarketData.candles`."""
        return await self._gateway.candles(instrument, timeframe, start_ns, end_ns, kind=self._kind)


class _ExchangeClock:
    """Fulfils the `Clock` port: an exchange's time as far as it is known, waiting as usual."""

    def __init__(self, at_least_ns: Callable[[], int], clock: Clock) -> None:
        self.now_ns = at_least_ns
        self.monotonic_ns, self.sleep = clock.monotonic_ns, clock.sleep


def _retry_after_ns(headers: Mapping[str, str], now_ns: int) -> int:
    """How long an answer asks to wait: seconds or a date, 0 where it says nothing readable."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return int(text) * SECOND
    until_ns, answered_ns = _date_ns(text), _date_ns(headers.get("Date", ""))
    if until_ns is None:
        return 0
    return until_ns - (now_ns if answered_ns is None else answered_ns)


def _date_ns(text: str) -> int | None:
    """An HTTP date as nanoseconds, None where it is none."""
    try:
        return round(email.utils.parsedate_to_datetime(text).timestamp() * SECOND)
    except (TypeError, ValueError):
        return None
