"""Fetch candles from an exchange into a project: the one place where an exchange, a store and a clock meet.

Invariants: the instrument catalogue is brought up to date before the first candle, so an unknown symbol costs one
request; symbols are fetched side by side inside the exchange's one budget; what was answered before a failure is
stored, and the same call resumes. "Now" is the exchange's: a clock that is fast here makes no hole of what is to come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from tickwright.adapters.exchanges import open_market_data, open_rate_budget
from tickwright.adapters.wall_clock import WallClock
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import UnknownSymbol
from tickwright.domain.gaps import Gap
from tickwright.domain.instrument import Instrument, InstrumentId
from tickwright.domain.spelling import did_you_mean
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY, iso
from tickwright.ingest.fetch import FetchProgress, FetchReport, fetch_candles
from tickwright.ingest.gap_map import explain_gaps
from tickwright.ports import Clock, MarketData

DEFAULT_HISTORY_NS = 365 * DAY


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

    Without a start, from the last bar stored, or the newest 365 days; without an end, until now. `url` is another
    address of the exchange, such as a sandbox. `progress` is told pages done and planned over all series. Raises the
    exchange's and the store's errors.
    """
    return asyncio.run(_fetch(project, instruments, timeframe, start_ns, end_ns, url, again, progress))


async def _fetch(
    project: Project,
    instruments: Sequence[InstrumentId],
    timeframe: Timeframe,
    start_ns: int | None,
    end_ns: int | None,
    url: str | None,
    again: bool,
    progress: Callable[[int, int], None] | None,
) -> list[Fetched]:
    wall = WallClock()
    data = open_market_data(instruments[0].exchange, base_url=url, rate_budget=open_rate_budget(wall), clock=wall)
    try:
        clock = await data.exchange_clock()
        listed = await record_instruments(project, data, instruments, clock)
        shared = _SharedProgress(progress)
        keys = [SeriesKey(identity, timeframe) for identity in instruments]
        reports = await _side_by_side(
            [
                fetch_candles(
                    data, project.store, clock, key, *_window(project, key, start_ns, end_ns, clock),
                    again=again, progress=shared,
                )
                for key in keys
            ]
        )  # fmt: skip
    finally:
        await data.close()
    return [_outcome(project, report, listed[report.key.instrument]) for report in reports]


async def _side_by_side(fetches: Sequence[Coroutine[Any, Any, FetchReport]]) -> list[FetchReport]:
    """All fetches to their end, then the first failure: one symbol's trouble does not cut another one short."""
    outcomes = await asyncio.gather(*fetches, return_exceptions=True)
    reports = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
        reports.append(outcome)
    return reports


async def record_instruments(
    project: Project, data: MarketData, instruments: Sequence[InstrumentId], clock: Clock
) -> dict[InstrumentId, Instrument]:
    """What the exchange says of these instruments, kept in the catalogue; raises `UnknownSymbol`."""
    listed = {instrument.id: instrument for instrument in await data.instruments()}
    for identity in instruments:
        if identity not in listed:
            raise UnknownSymbol(
                f"{identity.exchange} does not list {identity.symbol}",
                where="--symbol",
                hint=did_you_mean(identity.symbol, [known.symbol for known in listed]),
            )
    chosen = {identity: listed[identity] for identity in instruments}
    project.catalogue.record(list(chosen.values()), clock.now_ns())
    return chosen


def _window(
    project: Project, key: SeriesKey, start_ns: int | None, end_ns: int | None, clock: Clock
) -> tuple[int, int]:
    end = clock.now_ns() if end_ns is None else end_ns
    if start_ns is not None:
        return start_ns, end
    last = project.store.coverage(key).last_ns
    return (end - DEFAULT_HISTORY_NS if last is None else last), end


def _outcome(project: Project, report: FetchReport, instrument: Instrument) -> Fetched:
    gaps = explain_gaps(project.store, report.key, instrument)
    held = project.store.coverage(report.key)
    return Fetched(report, held.rows, held.first_ns, held.last_ns, gaps)


class _SharedProgress:
    """The progress of several series as one: pages done and planned in all."""

    def __init__(self, told: Callable[[int, int], None] | None) -> None:
        self._told = told
        self._pages: dict[SeriesKey, tuple[int, int]] = {}

    def __call__(self, step: FetchProgress) -> None:
        """Hear of one series, tell of all."""
        self._pages[step.key] = step.pages, step.planned
        if self._told is not None:
            done, planned = (sum(column) for column in zip(*self._pages.values(), strict=True))
            self._told(done, planned)
