"""How far a series can be trusted, as one number with its parts.

The score is `present × explained × sound`, each between 0 and 1:
- present: bars held of all bars between the first and the last, where bars that nobody traded or that were not listed
  do not count as missing;
- explained: missing bars whose reason is known (any kind but UNKNOWN and NOT_FETCHED) of all missing ones;
- sound: rows neither in doubt (`ingest.outliers`, of candles and trades) nor in quarantine, of all rows.
A series of no rows has score 0. `explained` weighs half, because a known outage is still a hole: it enters as
`(1 + explained) / 2`.
Invariants: pure reading; the same series always has the same score.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from tickwright.domain.bars import SeriesKey
from tickwright.domain.gaps import GapKind
from tickwright.ingest.outliers import Doubt, doubts, trade_doubts, venue_doubts
from tickwright.ports import MarketStore

_HARMLESS = (GapKind.NO_TRADES, GapKind.NOT_LISTED)
_UNEXPLAINED = (GapKind.UNKNOWN, GapKind.NOT_FETCHED)


@dataclass(frozen=True, slots=True)
class Quality:
    """The score of a series (0 to 1) and what it is made of; `missing` counts bars by the kind of their gap."""

    key: SeriesKey
    score: float
    rows: int
    missing: dict[GapKind, int]
    doubts: tuple[Doubt, ...]
    quarantined: int


def quality_of(store: MarketStore, key: SeriesKey) -> Quality:
    """Judge a series by what the store holds and lacks."""
    coverage = store.coverage(key)
    quarantined = len(store.quarantined(key))
    missing: Counter[GapKind] = Counter()
    for gap in coverage.gaps:
        missing[gap.kind] += gap.bars
    if coverage.rows == 0:
        return Quality(key, 0.0, 0, dict(missing), (), quarantined)
    found = tuple(_doubts(store, key))
    harmful = sum(bars for kind, bars in missing.items() if kind not in _HARMLESS)
    unexplained = sum(missing[kind] for kind in _UNEXPLAINED)
    doubtful = min(coverage.rows, sum(doubt.bars for doubt in found) + quarantined)
    present = coverage.rows / (coverage.rows + harmful)
    explained = 1 - unexplained / sum(missing.values()) if missing else 1.0
    sound = 1 - doubtful / coverage.rows
    return Quality(key, present * (1 + explained) / 2 * sound, coverage.rows, dict(missing), found, quarantined)


def _doubts(store: MarketStore, key: SeriesKey) -> list[Doubt]:
    """The doubtful rows of a series; of rates, quotes and books no rule is known."""
    if key.timeframe is None:
        return trade_doubts(store.read_events(key)) if key.kind == "trades" else []
    bars = store.read(key)
    found = doubts(bars)
    for other in store.keys():  # noqa: SIM118 - a store is not a dict
        if other != key and other == replace(
            key, instrument=replace(key.instrument, exchange=other.instrument.exchange)
        ):
            found += venue_doubts(bars, store.read(other))
    return sorted(found)
