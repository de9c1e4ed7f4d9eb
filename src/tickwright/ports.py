"""The ports: what the inner floors need from the outside, as Protocols that adapters fulfil and `checks` examine.

Invariant: a port speaks only the words of `domain`; it names no technology. Errors that cross a port are of the
`tickwright.domain.errors` family.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.events import Events, Series
from tickwright.domain.gaps import Gap
from tickwright.domain.instrument import Instrument, InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.trades import Trades

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")


class Clock(Protocol):
    """Time and waiting: the wall in a node, a stepped clock in tests."""

    def now_ns(self) -> int:
        """The current instant, UTC nanoseconds."""
        ...

    def monotonic_ns(self) -> int:
        """Nanoseconds that never go back, for intervals and deadlines."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for a span of time."""
        ...


class MarketData(Protocol):
    """Market data of one exchange."""

    exchange: str

    async def instruments(self) -> Sequence[Instrument]:
        """Everything listed, with the rules in force now."""
        ...

    async def candles(self, instrument: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
        """Candles with open times in [start, end), oldest first, at most `page_limit`, the forming one left out.

        An empty answer means the exchange has none there. Raises `ExchangeError`.
        """
        ...

    @property
    def page_limit(self) -> int:
        """The most candles one request may return."""
        ...

    async def close(self) -> None:
        """Give back connections; safe to call twice."""
        ...


class TradeData(Protocol):
    """Public trades of one exchange, all of them, by their ids."""

    exchange: str

    async def trades(
        self, instrument: InstrumentId, start_ns: int, end_ns: int, *, after_id: int | None = None
    ) -> Trades:
        """One page of the trades with times in [start, end), oldest first; those after `after_id` where it is given.

        `start_ns` is then the time of that trade. An empty page means there are no more. No id is left out between
        `after_id`, or the first of the range, and the last of the page. Raises `ExchangeError`.
        """
        ...


class EventData(TradeData, Protocol):
    """What one exchange tells besides candles: its trades, its funding rates, and its present quotes and books."""

    async def funding(self, instrument: InstrumentId, start_ns: int, end_ns: int) -> Events:
        """Funding rates of [start, end) from its start on, oldest first, as many as one request gives.

        An empty page means there are no more. Raises `ExchangeError`.
        """
        ...

    async def quote(self, instrument: InstrumentId) -> Events:
        """The best bid and ask now: one quote. Raises `ExchangeError`."""
        ...

    async def book(self, instrument: InstrumentId, levels: int) -> Events:
        """The book now, at most so many levels on each side: one snapshot. Raises `ExchangeError`."""
        ...


class RateBudget(Protocol):
    """One budget of request weight per venue and address, shared by every process that uses the address."""

    async def acquire(self, venue: str, weight: int) -> None:
        """Wait until the weight may be spent."""
        ...

    def block_until(self, venue: str, ts_ns: int) -> None:
        """Let nobody call the venue before an instant (Retry-After, a ban)."""
        ...

    def blocked_until(self, venue: str) -> int:
        """The instant before which nobody may call the venue, UTC nanoseconds; 0 when it may be called now."""
        ...

    def observe(self, venue: str, used: int) -> None:
        """What the venue says was used in its current minute, by this machine and whoever shares its address."""
        ...


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row a store or an import did not take: where it stood and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What a write did, row by row: each read row is in exactly one of the four counts."""

    inserted: int = 0
    revised: int = 0
    unchanged: int = 0
    refused: tuple[RefusedRow, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a store holds of a series: rows, the time of the first and of the last (None when empty), and its gaps.

    Gaps are missing candles, missing funding rates, and of trades the ranges that nobody asked for (of 0 bars); quotes
    and books are observations, of which nothing says how many there should be.
    """

    rows: int
    first_ns: int | None
    last_ns: int | None
    gaps: tuple[Gap, ...]


QUARANTINE_LIMIT = 10_000
"""The most quarantined rows that a store keeps of one series."""


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row that came and was not believed: what it was, why, from where, and when (UTC nanoseconds)."""

    place: str
    reason: str
    source: str
    recorded_ns: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing `verify` found wrong: in which series, at which place or range, and what."""

    key: SeriesKey
    place: str
    reason: str


class MarketStore(Protocol):
    """Where market data is kept: an idempotent upsert, exact reads, and an honest account of its holes."""

    def write(self, series: Series, *, fetched: tuple[int, int] | None = None, source: str = "") -> WriteReport:
        """Upsert candles or events; all or nothing.

        A row is known by its kind's natural key (`domain.row_layout`): the open time of a candle, the id of a trade,
        the nominal time of a funding rate, time and update id of a quote, and of a book also side and price.
        `fetched` is the [start, end) that the exchange was asked for: holes inside it are known to be the exchange's
        own and not ours. Raises `DataError`; the store is then as it was.
        """
        ...

    def read(
        self, key: SeriesKey, start_ns: int | None = None, end_ns: int | None = None, *, as_of_ns: int | None = None
    ) -> Bars:
        """The candles with open times in [start, end); raises `DataError` when the series does not exist.

        With `as_of_ns` the candles as this store knew them at that instant: later arrivals are left out and later
        revisions undone.
        """
        ...

    def read_events(
        self, key: SeriesKey, start_ns: int | None = None, end_ns: int | None = None, *, as_of_ns: int | None = None
    ) -> Events:
        """The trades, quotes, funding rates or books of [start, end), in order; otherwise as `read`."""
        ...

    def keys(self) -> Sequence[SeriesKey]:
        """Every series of the store, sorted."""
        ...

    def coverage(self, key: SeriesKey) -> Coverage:
        """What is held of a series and what is missing in it; zero rows when it does not exist."""
        ...

    def fetched(self, key: SeriesKey) -> Sequence[tuple[int, int]]:
        """The merged [start, end) ranges the exchange has been asked for."""
        ...

    def explain(self, key: SeriesKey, gaps: Sequence[Gap]) -> None:
        """Keep why bars are missing; `coverage` then gives each missing bar the kind of the gap that holds it here.

        Replaces earlier explanations of the same bars. Bars that arrive later need none. Raises `DataError`.
        """
        ...

    def drop(self, key: SeriesKey, before_ns: int) -> int:
        """Remove the rows with times before an instant, and all that is remembered of that time; returns how many.

        Former versions of those rows go too. Raises `DataError`; the store is then as it was.
        """
        ...

    def quarantine(self, key: SeriesKey, rows: Sequence[RefusedRow], source: str) -> None:
        """Keep word of rows that were not believed; a row already kept for the same reason is not kept twice."""
        ...

    def quarantined(self, key: SeriesKey) -> Sequence[QuarantinedRow]:
        """The rows of a series that were not believed, oldest first; the newest `QUARANTINE_LIMIT` of them."""
        ...

    def verify(self, key: SeriesKey | None = None, *, deep: bool = False) -> Iterable[Finding]:
        """Compare what is stored with what was promised; nothing is changed.

        Fast compares hashes of what lies on disk; `deep` also reads every row and applies the rules of its kind.
        """
        ...


class InstrumentCatalogue(Protocol):
    """Dated facts about instruments."""

    def record(self, instruments: Sequence[Instrument], observed_ns: int) -> int:
        """Keep what an exchange says now, a changed rule as a new dated rule; returns how many instruments changed."""
        ...

    def keep(self, instrument: Instrument) -> None:
        """Keep an instrument exactly as it is given, in place of what was known."""
        ...

    def find(self, instrument: InstrumentId) -> Instrument | None:
        """What is known of an instrument, or None."""
        ...

    def instruments(self, exchange: str) -> Sequence[Instrument]:
        """Every instrument known of an exchange, sorted."""
        ...


class Executor(Protocol):
    """Where independent pieces of work run: threads here, other machines later."""

    def map(self, work: Callable[[Job], Outcome], jobs: Iterable[Job]) -> Iterable[Outcome]:
        """Outcomes in the order of the jobs; the first exception is raised."""
        ...

    @property
    def workers(self) -> int:
        """How many pieces run at the same time."""
        ...
