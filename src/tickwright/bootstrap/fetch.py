"""Fetch market data from exchanges into a project: the one place where an exchange, a store and a clock meet.

Invariants: the instrument catalogue is brought up to date before the first candle, so an unknown symbol costs one
request; exchanges are asked side by side, and at most `SERIES_AT_A_TIME` series of each, inside that exchange's one
budget; a failure ends its own series and no other; what was answered before a failure or an interruption is stored, and
the same call resumes. "Now" is the exchange's: a clock that is fast here makes no hole of what is to come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tickwright.adapters.exchanges import CcxtMarketData, open_market_data, open_rate_budget
from tickwright.adapters.wall_clock import WallClock
from tickwright.bootstrap.fetch_wishes import FetchWish
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import TickwrightError, UnknownSymbol
from tickwright.domain.gaps import Gap
from tickwright.domain.instrument import Instrument, InstrumentId
from tickwright.domain.row_layout import OBSERVED_KINDS
from tickwright.domain.spelling import did_you_mean
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY, iso
from tickwright.ingest.build_candles import explain_trade_gaps
from tickwright.ingest.fetch import FetchProgress, FetchReport, fetch_candles
from tickwright.ingest.fetch_events import fetch_events, take_down
from tickwright.ingest.former_names import WithFormerNames
from tickwright.ingest.gap_map import explain_gaps
from tickwright.ports import Clock, MarketData

DEFAULT_HISTORY_NS = 365 * DAY
DEFAULT_TRADES_NS = DAY
SERIES_AT_A_TIME = 8
"""Series of one exchange that are asked for at the same time; the exchange's budget bounds them further."""


@dataclass(frozen=True)
class Fetched:
    """What one series gained, and its gap map afterwards."""

    report: FetchReport
    rows: int
    first_ns: int | None
    last_ns: int | None
    gaps: tuple[Gap, ...]

    def document(self) -> dict[str, Any]:
        """The outcome as plain values."""
        return {
            "series": str(self.report.key),
            "pages": self.report.pages,
            "inserted": self.report.inserted,
            "revised": self.report.revised,
            "unchanged": self.report.unchanged,
            "refused": [{"place": row.place, "reason": row.reason} for row in self.report.refused],
            "rows": self.rows,
            "first": None if self.first_ns is None else iso(self.first_ns),
            "last": None if self.last_ns is None else iso(self.last_ns),
            "gaps": len(self.gaps),
            "missing_bars": sum(gap.bars for gap in self.gaps),
        }


@dataclass(frozen=True)
class SeriesOutcome:
    """How one series of a fetch ended: with what it gained, or with the failure that ended it."""

    key: SeriesKey
    fetched: Fetched | None = None
    failure: TickwrightError | None = None

    def document(self) -> dict[str, Any]:
        """The outcome as plain values; `error` is None where there was no failure."""
        if self.fetched is not None:
            return {**self.fetched.document(), "error": None}
        assert self.failure is not None
        untold = ("pages", "inserted", "revised", "unchanged", "rows", "first", "last", "gaps", "missing_bars")
        row: dict[str, Any] = {"series": str(self.key), "refused": [], **dict.fromkeys(untold)}
        return {**row, "error": self.failure.document()}


def fetch(
    project: Project,
    instruments: Sequence[InstrumentId],
    timeframe: Timeframe,
    start_ns: int | None,
    end_ns: int | None,
    *,
    url: str | None = None,
    again: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> list[Fetched]:
    """Bring these series up to date in the project's store; all of one exchange.

    Without a start, from the last row stored, or the newest 365 days (of trades the newest); without an end, until now.
    `url` is another address of the exchange, such as a sandbox. `progress` is told pages done and planned over all
    series. Raises the first failure, after every other series came to its end.
    """
    total = _TotalProgress(progress)
    wish = FetchWish(tuple(instruments), timeframe, start_ns, end_ns, url)
    fetched = []
    for outcome in fetch_all(project, [wish], again=again, progress=total):
        if outcome.failure is not None:
            raise outcome.failure
        assert outcome.fetched is not None
        fetched.append(outcome.fetched)
    return fetched


def fetch_all(
    project: Project,
    wishes: Sequence[FetchWish],
    *,
    again: bool = False,
    progress: Callable[[SeriesKey, int, int], None] | None = None,
) -> list[SeriesOutcome]:
    """Bring the series of all wishes up to date, exchanges side by side and the series of each side by side.

    `progress` is told a series, its pages done and planned. A failure ends one series (or all of an exchange that
    cannot be reached) and is its outcome; the others go on. Outcomes are in the order of the wishes.
    """
    return asyncio.run(_fetch_all(project, wishes, again, progress))


async def _fetch_all(
    project: Project,
    wishes: Sequence[FetchWish],
    again: bool,
    progress: Callable[[SeriesKey, int, int], None] | None,
) -> list[SeriesOutcome]:
    wall = WallClock()
    budget = open_rate_budget(wall)
    parts = [part for wish in wishes for part in _parts(wish)]
    venues = list(dict.fromkeys((part.exchange, part.url, _of_contracts(part)) for part in parts))
    visits = []
    for exchange, url, contracts in venues:
        data = open_market_data(exchange, base_url=url, rate_budget=budget, clock=wall, contracts=contracts)
        mine = [part for part in parts if (part.exchange, part.url, _of_contracts(part)) == (exchange, url, contracts)]
        visits.append(_Visit(project, data, mine, again, progress).outcomes())
    found = {outcome.key: outcome for outcomes in await asyncio.gather(*visits) for outcome in outcomes}
    return [found[key] for key in dict.fromkeys(key for wish in wishes for key in wish.keys)]


def _parts(wish: FetchWish) -> list[FetchWish]:
    """A wish for coins and one for contracts, which exchanges answer for in different places."""
    kinds = (tuple(one for one in wish.instruments if bool(one.settle) is settled) for settled in (False, True))
    return [replace(wish, instruments=instruments) for instruments in kinds if instruments]


def _of_contracts(wish: FetchWish) -> bool:
    return bool(wish.instruments[0].settle)


@dataclass(frozen=True)
class _Visit:
    """All that is wanted of one exchange, of its coins or of its contracts."""

    project: Project
    data: CcxtMarketData
    wishes: Sequence[FetchWish]
    again: bool
    progress: Callable[[SeriesKey, int, int], None] | None

    async def outcomes(self) -> list[SeriesOutcome]:
        """Every series to its end; the gaps are judged when all have ended, as each is evidence for the others."""
        keys = [key for wish in self.wishes for key in wish.keys]
        try:
            clock = await self.data.exchange_clock()
            identities = list(dict.fromkeys(key.instrument for key in keys))
            own = all(wish.url is None for wish in self.wishes)
            listed = await listed_instruments(self.project, self.data, identities, clock, lists_all=own)
            places = asyncio.Semaphore(SERIES_AT_A_TIME)
            series = [
                self._fetch(key, wish, listed[key.instrument], clock, places)
                for wish in self.wishes
                for key in wish.keys
            ]
            ends = await _to_their_ends(series)
        except TickwrightError as failure:
            return [SeriesOutcome(key, failure=failure) for key in keys]
        finally:
            await self.data.close()
        return [self._outcome(key, end, listed[key.instrument]) for key, end in zip(keys, ends, strict=True)]

    async def _fetch(
        self,
        key: SeriesKey,
        wish: FetchWish,
        listed: Instrument | UnknownSymbol,
        clock: Clock,
        places: asyncio.Semaphore,
    ) -> FetchReport | TickwrightError:
        """One series: its report, or the failure that ended it."""
        if isinstance(listed, UnknownSymbol):
            return listed
        async with places:
            joined = wish.join_former and bool(listed.formerly) and key.kind == "candles"
            traded = replace(listed, listed_ns=None) if joined else listed
            told = None if self.progress is None else _told(self.progress)
            try:
                if key.kind in OBSERVED_KINDS:
                    return await take_down(self.data, self.project.history, key)
                window = _window(self.project, key, wish.start_ns, wish.end_ns, clock, traded)
                how: dict[str, Any] = {"again": self.again, "progress": told}
                if key.timeframe is None:
                    return await fetch_events(self.data, self.project.history, clock, key, *window, **how)
                prices = self.data.prices(key.kind)
                data = WithFormerNames(prices, listed, self.project.history) if joined else prices
                return await fetch_candles(data, self.project.history, clock, key, *window, **how)
            except TickwrightError as failure:
                return failure

    def _outcome(
        self, key: SeriesKey, end: FetchReport | TickwrightError, listed: Instrument | UnknownSymbol
    ) -> SeriesOutcome:
        if isinstance(end, TickwrightError) or isinstance(listed, UnknownSymbol):
            return SeriesOutcome(key, failure=end if isinstance(end, TickwrightError) else None)
        if key.timeframe is not None:
            explain_gaps(self.project.history, key, listed)
        elif key.kind == "trades":
            explain_trade_gaps(self.project.history, key)
        held = self.project.history.coverage(key)
        return SeriesOutcome(key, Fetched(end, held.rows, held.first_ns, held.last_ns, held.gaps))


async def _to_their_ends(
    series: Sequence[Coroutine[Any, Any, FetchReport | TickwrightError]],
) -> list[FetchReport | TickwrightError]:
    """All series to their ends, also where one of them breaks in a way nobody foresaw; that is raised afterwards."""
    ends = await asyncio.gather(*series, return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException) and not isinstance(end, TickwrightError):
            raise end
    return [end for end in ends if not isinstance(end, BaseException) or isinstance(end, TickwrightError)]


async def listed_instruments(
    project: Project,
    data: MarketData,
    instruments: Sequence[InstrumentId],
    clock: Clock,
    *,
    lists_all: bool = False,
) -> dict[InstrumentId, Instrument | UnknownSymbol]:
    """What is known of each instrument after the exchange was heard; for one it does not list, that failure.

    What it says is kept in the catalogue; where its list is whole (`lists_all`: its own address, not a sandbox's), so
    is that a known instrument is no longer listed.
    """
    listed = {instrument.id: instrument for instrument in await data.instruments()}
    now_ns = clock.now_ns()
    project.catalogue.record([listed[identity] for identity in instruments if identity in listed], now_ns)
    found: dict[InstrumentId, Instrument | UnknownSymbol] = {}
    for identity in instruments:
        known = project.catalogue.find(identity)
        if known is not None and identity not in listed and lists_all:
            found[identity] = _delisted(project, known, now_ns)
        elif identity not in listed:
            found[identity] = _unknown(identity, list(listed))
        else:
            found[identity] = known or _unknown(identity, list(listed))
    return found


async def record_instruments(
    project: Project, data: MarketData, instruments: Sequence[InstrumentId], clock: Clock
) -> dict[InstrumentId, Instrument]:
    """What the exchange says of these instruments, kept in the catalogue; raises `UnknownSymbol`."""
    chosen = {}
    for identity, found in (await listed_instruments(project, data, instruments, clock)).items():
        if isinstance(found, UnknownSymbol):
            raise found
        chosen[identity] = found
    return chosen


def _delisted(project: Project, known: Instrument, now_ns: int) -> UnknownSymbol:
    """Note that an instrument is no longer listed, and say so."""
    gone = replace(known, status="delisted", delisted_ns=now_ns if known.delisted_ns is None else known.delisted_ns)
    project.catalogue.keep(gone)
    since = iso(now_ns if known.delisted_ns is None else known.delisted_ns)
    return UnknownSymbol(
        f"{known.id.exchange} no longer lists {known.id.symbol}; as far as is known since {since}",
        where="--symbol",
        hint="What is stored stays; `tickwright data instrument` shows and corrects what is known.",
    )


def _unknown(identity: InstrumentId, known: Sequence[InstrumentId]) -> UnknownSymbol:
    return UnknownSymbol(
        f"{identity.exchange} does not list {identity.symbol}",
        where="--symbol",
        hint=did_you_mean(identity.symbol, [one.symbol for one in known]),
    )


def _window(
    project: Project, key: SeriesKey, start_ns: int | None, end_ns: int | None, clock: Clock, instrument: Instrument
) -> tuple[int, int]:
    """From where to where a series is asked for: as wished, but not before its listing nor after its delisting."""
    end = clock.now_ns() if end_ns is None else end_ns
    last = project.history.coverage(key).last_ns
    history = DEFAULT_TRADES_NS if key.kind == "trades" else DEFAULT_HISTORY_NS
    start = (end - history if last is None else last) if start_ns is None else start_ns
    length = 1 if key.timeframe is None else key.timeframe.length_ns
    if instrument.listed_ns is not None:
        start = max(start, instrument.listed_ns - length + 1)  # the bar that the listing lies in is asked for
    if instrument.delisted_ns is not None:
        end = min(end, instrument.delisted_ns)
    return start, end


def _told(progress: Callable[[SeriesKey, int, int], None]) -> Callable[[FetchProgress], None]:
    return lambda step: progress(step.key, step.pages, step.planned)


class _TotalProgress:
    """The progress of several series as one: pages done and planned in all."""

    def __init__(self, told: Callable[[int, int], None] | None) -> None:
        self._told = told
        self._pages: dict[SeriesKey, tuple[int, int]] = {}

    def __call__(self, key: SeriesKey, done: int, planned: int) -> None:
        """Hear of one series, tell of all."""
        self._pages[key] = done, planned
        if self._told is not None:
            self._told(*(sum(column) for column in zip(*self._pages.values(), strict=True)))
