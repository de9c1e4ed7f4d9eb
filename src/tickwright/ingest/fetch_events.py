"""The loops that ask an exchange for trades and funding rates, and that take down its present quotes and books.

Invariants: a range counts as fetched only together with the rows it brought, in one write, and only as far as the
answers reach; what was fetched before is not asked for again; an interruption loses at most `PAGES_PER_WRITE` pages and
a repeated call resumes. Trades are followed by their ids, so none is left out between two pages; of rates an empty
page, never a short one, is the end. The newest `SETTLING_NS` are not asked for: exchanges publish late. An exchange
tells no quotes or books of the past, so they are taken down as they are now, and nothing is claimed about the time
between.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import ExchangeError
from tickwright.domain.events import Events, joined_events, trade_events
from tickwright.domain.gaps import Span, without
from tickwright.domain.timestamp import SECOND
from tickwright.ingest.fetch import FetchProgress, FetchReport
from tickwright.ports import Clock, EventData, MarketStore, RefusedRow

SETTLING_NS = 10 * SECOND
PAGES_PER_WRITE = 50
BOOK_LEVELS = 100


async def fetch_events(
    data: EventData,
    store: MarketStore,
    clock: Clock,
    key: SeriesKey,
    start_ns: int,
    end_ns: int,
    *,
    again: bool = False,
    progress: Callable[[FetchProgress], None] | None = None,
    pages_per_write: int = PAGES_PER_WRITE,
) -> FetchReport:
    """Bring a store up to date with an exchange for the trades or funding rates of [start, end).

    With `again` what was fetched before is asked for once more. Raises `ExchangeError` and `DataError`; what was
    answered before the failure is stored.
    """
    ask = {"trades": _trade_pages, "funding": _funding_pages}[key.kind]
    wanted = (start_ns, min(end_ns, clock.now_ns() - SETTLING_NS))
    spans = without([wanted], () if again else store.fetched(key))
    batch = _Batch(store, key, f"fetched from {data.exchange}")
    try:
        for span in spans:
            pages = ask(data, key, span)
            while (page := await pages.next()) is not None:
                batch.add(page, pages.reached_ns, pages.start_ns)
                if batch.pages >= pages_per_write:
                    batch.store()
                if progress is not None:
                    progress(_so_far(key, spans, pages.reached_ns, batch))
            batch.end_at(span[1], pages.start_ns)
            batch.store()
    except BaseException:
        batch.store()
        raise
    return batch.report()


def _so_far(key: SeriesKey, spans: Sequence[Span], reached_ns: int, batch: _Batch) -> FetchProgress:
    """How far a fetch is; how many pages there will be is told by how many it took to come so far."""
    answered = sum(max(0, min(end, reached_ns) - start) for start, end in spans)
    whole = sum(end - start for start, end in spans)
    planned = -(-batch.asked * whole // answered) if answered else batch.asked + 1
    return FetchProgress(key, batch.asked, planned, batch.rows)


async def take_down(data: EventData, store: MarketStore, key: SeriesKey, *, levels: int = BOOK_LEVELS) -> FetchReport:
    """Store the present quote, or the present book down to so many levels; raises as `fetch_events` does."""
    instrument = key.instrument
    found = await (data.quote(instrument) if key.kind == "quotes" else data.book(instrument, levels))
    batch = _Batch(store, key, f"taken down from {data.exchange}")
    _demand_series(found, key, data.exchange)
    batch.write(found, None)
    return batch.report(pages=1)


@dataclass(slots=True)
class _Pages:
    """The pages of one span, one after the other; `reached_ns` is how far the span is answered."""

    key: SeriesKey
    start_ns: int
    end_ns: int
    ask: Callable[[_Pages], Awaitable[Events]]
    exchange: str
    reached_ns: int = 0
    last_id: int | None = None

    async def next(self) -> Events | None:
        """The next page, None after the last one."""
        if self.reached_ns >= self.end_ns:
            return None
        page = await self.ask(self)
        _demand_series(page, self.key, self.exchange)
        from_ns = self.start_ns if self.key.kind == "trades" else self.reached_ns
        inside = page.where((page.ts_ns >= from_ns) & (page.ts_ns < self.end_ns))
        if not len(inside):
            self.reached_ns = self.end_ns
            return None
        self._advance(inside)
        return inside

    def _advance(self, page: Events) -> None:
        last_ns = int(page.ts_ns.max())
        if self.key.kind == "trades":
            self.last_id = int(page["trade_id"].max())
            self.reached_ns = max(self.reached_ns, last_ns)  # more trades of this instant may follow
        else:
            self.reached_ns = last_ns + 1


def _trade_pages(data: EventData, key: SeriesKey, span: Span) -> _Pages:
    async def ask(pages: _Pages) -> Events:
        return trade_events(await data.trades(key.instrument, pages.reached_ns, span[1], after_id=pages.last_id))

    return _Pages(key, *span, ask, data.exchange, span[0])


def _funding_pages(data: EventData, key: SeriesKey, span: Span) -> _Pages:
    async def ask(pages: _Pages) -> Events:
        return await data.funding(key.instrument, pages.reached_ns, span[1])

    return _Pages(key, *span, ask, data.exchange, span[0])


class _Batch:
    """Pages that were answered and are not yet stored, and what became of those that are."""

    def __init__(self, store: MarketStore, key: SeriesKey, source: str) -> None:
        self._store, self._key, self._source = store, key, source
        self._pages: list[Events] = []
        self._span: Span | None = None
        self._refused: tuple[RefusedRow, ...] = ()
        self._counts = (0, 0, 0)
        self.asked = self.rows = 0

    @property
    def pages(self) -> int:
        """How many pages wait."""
        return len(self._pages)

    def add(self, page: Events, reached_ns: int, start_ns: int) -> None:
        """One page more, which answers as far as an instant."""
        self._pages.append(page)
        self.asked, self.rows = self.asked + 1, self.rows + len(page)
        self.end_at(reached_ns, start_ns)

    def end_at(self, reached_ns: int, start_ns: int) -> None:
        """What was asked for is answered as far as an instant."""
        self._span = (self._span[0] if self._span else start_ns, reached_ns)

    def store(self) -> None:
        """Write what was answered, and that it was asked for, in one step."""
        if self._span is None:
            return
        rows, span = _each_once(joined_events(self._key, self._pages)), self._span
        self._pages, self._span = [], None
        self.write(rows, span)
        self._span = None

    def write(self, rows: Events, span: Span | None) -> None:
        """Write rows and keep word of those that were not believed."""
        written = self._store.write(rows, fetched=span, source=self._source)
        if written.refused:
            self._store.quarantine(self._key, written.refused, self._source)
        self._refused += written.refused
        inserted, revised, unchanged = self._counts
        self._counts = inserted + written.inserted, revised + written.revised, unchanged + written.unchanged

    def report(self, pages: int | None = None) -> FetchReport:
        """What was done."""
        return FetchReport(self._key, self.asked if pages is None else pages, *self._counts, self._refused)


def _each_once(events: Events) -> Events:
    """The rows in order, those that repeat another one in every column left out: exchanges say some things twice."""
    events = events.in_order()
    if len(events) < 2:
        return events
    differs = np.zeros(len(events) - 1, np.bool_)
    for name in events.layout.columns:
        differs |= np.diff(events[name]) != 0
    return events if differs.all() else events.where(np.concatenate([[True], differs]))


def _demand_series(page: Events, key: SeriesKey, exchange: str) -> None:
    if page.key != key:
        raise ExchangeError(
            f"the answer is about {page.key}",
            where=exchange,
            expected=str(key),
            hint="Nothing of it was stored; try again, and report it if it stays.",
        )
