"""Ask the exchange again for what is missing, and judge anew what stays missing.

Invariants: only missing bars are asked for; nothing is filled from anywhere but the exchange itself: from its candles,
or from its trades where it serves no candles that old; what it still does not have keeps a typed hole. Repairing again
is harmless.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import NotOffered
from tickwright.domain.gaps import Gap, GapKind, merged
from tickwright.domain.instrument import Instrument
from tickwright.ingest.fetch import FetchProgress, fetch_candles
from tickwright.ingest.fetch_events import fetch_events
from tickwright.ingest.gap_map import explain_gaps
from tickwright.ports import Clock, EventData, MarketData, MarketStore

REPAIRABLE = frozenset({GapKind.UNKNOWN, GapKind.NOT_FETCHED, GapKind.OUTAGE})
"""The kinds of hole that asking again may close."""


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What a repair did: holes asked about, bars they gained (`built` of them of trades), the gap map afterwards."""

    key: SeriesKey
    asked: int
    filled: int
    gaps: tuple[Gap, ...]
    built: int = 0


async def repair_series(
    data: MarketData,
    store: MarketStore,
    clock: Clock,
    key: SeriesKey,
    *,
    instrument: Instrument | None = None,
    of_trades: MarketData | None = None,
    kinds: frozenset[GapKind] = REPAIRABLE,
    progress: Callable[[FetchProgress], None] | None = None,
) -> RepairReport:
    """Refetch the holes of a series; raises `ExchangeError` and `DataError`, what was answered before is stored.

    `of_trades` gives candles of the exchange's trades; it is asked where the exchange serves no candles that old.
    """
    missing = merged((gap.start_ns, gap.end_ns) for gap in store.coverage(key).gaps if gap.kind in kinds)
    filled = built = 0
    for start, end in missing:
        try:
            report = await fetch_candles(data, store, clock, key, start, end, again=True, progress=progress)
        except NotOffered as refusal:
            if of_trades is None:
                raise
            try:
                report = await fetch_candles(
                    of_trades, store, clock, key, start, end, again=True, progress=progress,
                    source=f"built from trades of {of_trades.exchange}",
                )  # fmt: skip
            except NotOffered:
                raise refusal from None
            built += report.inserted
        filled += report.inserted
    return RepairReport(key, len(missing), filled, explain_gaps(store, key, instrument), built)


async def repair_events(
    data: EventData, store: MarketStore, clock: Clock, key: SeriesKey, *, kinds: frozenset[GapKind] = REPAIRABLE
) -> RepairReport:
    """Refetch the holes of a series of trades or funding rates; raises as `repair_series`."""
    missing = merged((gap.start_ns, gap.end_ns) for gap in store.coverage(key).gaps if gap.kind in kinds)
    filled = 0
    for start, end in missing:
        filled += (await fetch_events(data, store, clock, key, start, end, again=True)).inserted
    return RepairReport(key, len(missing), filled, store.coverage(key).gaps)
