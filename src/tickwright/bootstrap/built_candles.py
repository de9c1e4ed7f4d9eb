"""Candles built from a project's stored trades, compared with the exchange's own and kept where they belong."""

from __future__ import annotations

from typing import Any

from tickwright.bootstrap.project import Project
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import iso
from tickwright.ingest.build_candles import build_candles, store_built


def build(
    project: Project,
    instrument: InstrumentId,
    timeframe: Timeframe,
    start_ns: int | None,
    end_ns: int | None,
    *,
    trust_edges: bool,
    dry_run: bool,
) -> dict[str, Any]:
    """Build the candles of a range and store them, or with `dry_run` only say how they compare; raises `DataError`."""
    store = project.history
    built = build_candles(store, instrument, timeframe, start_ns, end_ns, trust_edges=trust_edges)
    inserted, unchanged = (0, 0) if dry_run else store_built(store, built)
    return {
        "trades": f"{instrument} trades",
        "series": str(built.key),
        "built": len(built.bars),
        "same": built.same,
        "differing": built.differing,
        "theirs_alone": built.theirs_alone,
        "left_out": built.left_out,
        "inserted": inserted,
        "unchanged": unchanged,
        "dry_run": dry_run,
        "known": [{"start": iso(start), "end": iso(end)} for start, end in built.known],
    }
