"""The loop that asks an exchange for candles, checks them and stores them.

Invariants: a window counts as fetched only together with the rows it brought, in one write; the forming candle is never
asked for and never stored; what was fetched before is not asked for again; an interruption loses at most
`pages_per_write` pages and a repeated call resumes. A page whose tail is missing is asked for again from there, so an
exchange that cuts answers short of its own limit cannot make a hole. Missing candles at the very end, fewer than
`SETTLING_BARS` old, are not yet called a hole: exchanges publish late.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from tickwright.domain.bars import PRICE_COLUMNS, Bars, SeriesKey
from tickwright.domain.errors import ExchangeError
from tickwright.domain.gaps import Span
from tickwright.ingest.integrity import sound_page
from tickwright.ingest.planner import plan_pages
from tickwright.ports import Clock, MarketData, MarketStore, RefusedRow

SETTLING_BARS = 3
PAGES_PER_WRITE = 8


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far a fetch is: pages answered of pages planned, and the bars they brought."""

    key: SeriesKey
    pages: int
    planned: int
    bars: int


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a fetch did: pages asked for, and what became of their rows.

    `refused` rows were not believed and stand in the store's quarantine.
    """

    key: SeriesKey
    pages: int = 0
    inserted: int = 0
    revised: int = 0
    unchanged: int = 0
    refused: tuple[RefusedRow, ...] = ()


async def fetch_candles(
    data: MarketData,
    store: MarketStore,
    clock: Clock,
    key: SeriesKey,
    start_ns: int,
    end_ns: int,
    *,
    again: bool = False,
    progress: Callable[[FetchProgress], None] | None = None,
    pages_per_write: int = PAGES_PER_WRITE,
    source: str = "",
) -> FetchReport:
    """Bring a store up to date with an exchange for the candles of [start, end).

    With `again` what was fetched before is asked for once more, so that corrections of the exchange are seen; `source`
    says where revisions come from, the exchange where it is empty. Raises `ExchangeError` and `DataError`; what was
    answered before the failure is stored.
    """
    assert key.timeframe is not None
    fetched = () if again else store.fetched(key)
    pages = plan_pages(
        key.timeframe, start_ns, end_ns, fetched=fetched, page_limit=data.page_limit, now_ns=clock.now_ns()
    )
    batch = _Batch(store, key, source or f"fetched from {data.exchange}", clock)
    bars = 0
    try:
        for place, window in enumerate(pages, start=1):
            answers, refused = await _answers(data, key, window, clock)
            batch.add(window, answers, refused)
            bars += sum(len(answer) for answer in answers)
            if batch.pages >= pages_per_write or (place < len(pages) and pages[place][0] != window[1]):
                batch.store()
            if progress is not None:
                progress(FetchProgress(key, place, len(pages), bars))
    finally:
        batch.store()
    return batch.report(len(pages))


async def _answers(
    data: MarketData, key: SeriesKey, window: Span, clock: Clock
) -> tuple[list[Bars], tuple[RefusedRow, ...]]:
    """What an exchange says about a window, asked until its answer reaches the end or brings nothing more."""
    assert key.timeframe is not None
    start, end = window
    answers: list[Bars] = []
    refused: tuple[RefusedRow, ...] = ()
    while start < end:
        page = await data.candles(key.instrument, key.timeframe, start, end)
        _demand_series(page, key, data.exchange)
        sound = sound_page(page, (start, end), clock.now_ns())
        refused += sound.refused
        if len(sound.bars) == 0:
            break
        answers.append(sound.bars)
        start = int(sound.bars.open_time_ns[-1]) + key.timeframe.length_ns
    return answers, refused


@dataclass(slots=True)
class _Batch:
    """Answered pages that are not stored yet: consecutive windows and their rows."""

    target: MarketStore
    key: SeriesKey
    source: str
    clock: Clock
    pages: int = 0
    _window: Span | None = None
    _answers: list[Bars] = field(default_factory=list)
    _refused: tuple[RefusedRow, ...] = ()
    _quarantined: int = 0
    _counts: tuple[int, int, int] = (0, 0, 0)

    def add(self, window: Span, answers: list[Bars], refused: tuple[RefusedRow, ...]) -> None:
        self._window = (self._window[0] if self._window else window[0], window[1])
        self._answers += answers
        self._refused += refused
        self.pages += 1

    def store(self) -> None:
        """Write what was answered, and that it was asked for, in one step."""
        if self._window is None:
            return
        bars = _joined(self.key, self._answers)
        window, self._window, self._answers, self.pages = self._settled(bars), None, [], 0
        if len(bars) == 0 and window[0] >= window[1]:
            return
        written = self.target.write(bars, fetched=window, source=self.source)
        self._refused += written.refused
        if len(self._refused) > self._quarantined:
            self.target.quarantine(self.key, self._refused[self._quarantined :], self.source)
            self._quarantined = len(self._refused)
        inserted, revised, unchanged = self._counts
        self._counts = inserted + written.inserted, revised + written.revised, unchanged + written.unchanged

    def report(self, pages: int) -> FetchReport:
        return FetchReport(self.key, pages, *self._counts, self._refused)

    def _settled(self, bars: Bars) -> Span:
        """The window as far as its missing end is old enough to be called missing."""
        assert self._window is not None
        assert self.key.timeframe is not None
        start, end = self._window
        answered = int(bars.open_time_ns[-1]) + self.key.timeframe.length_ns if len(bars) else start
        settled = self.key.timeframe.floor(self.clock.now_ns()) - SETTLING_BARS * self.key.timeframe.length_ns
        return start, max(answered, min(end, settled))


def _joined(key: SeriesKey, pages: list[Bars]) -> Bars:
    """Pages in order of time as one series, on the finest scales among them."""
    if not pages:
        empty = np.empty(0, np.int64)
        return Bars(key, empty, empty, empty, empty, empty, empty, 0, 0)
    price_scale, volume_scale = max(page.price_scale for page in pages), max(page.volume_scale for page in pages)
    level = [page.rescaled(price_scale, volume_scale) for page in pages]
    names = ("open_time_ns", *PRICE_COLUMNS, "volume")
    time, first, high, low, last, volume = (np.concatenate([getattr(page, name) for page in level]) for name in names)
    return Bars(key, time, first, high, low, last, volume, price_scale, volume_scale)


def _demand_series(page: Bars, key: SeriesKey, exchange: str) -> None:
    if page.key != key:
        raise ExchangeError(
            f"the answer is about {page.key}",
            where=exchange,
            expected=str(key),
            hint="Nothing of it was stored; try again, and report it if it stays.",
        )
