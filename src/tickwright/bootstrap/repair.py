"""Ask the exchange again for the bars that are missing in stored series.

Invariants: only missing bars are asked for; what the exchange still does not have stays a typed hole; nothing is filled
from anywhere else. Repairing again is harmless, and goes on where a failure ended it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from tickwright.adapters.exchanges import open_market_data, open_rate_budget
from tickwright.adapters.wall_clock import WallClock
from tickwright.bootstrap.fetch import record_instruments
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.stored_data import SeriesChoice, chosen_series
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import UsageError
from tickwright.ingest.repair import REPAIRABLE, RepairReport, repair_series


def repair(project: Project, choice: SeriesChoice, *, url: str | None = None) -> list[dict[str, Any]]:
    """Ask again for the holes of the chosen series (all of the store without symbols), one row per series.

    `url` is another address of the exchange; it serves series of one exchange. Raises the exchange's and the store's
    errors.
    """
    keys = [key for key in chosen_series(project, choice) if _holes(project, key)]
    venues = sorted({key.instrument.exchange for key in keys})
    if url is not None and len(venues) > 1:
        expected = "series of one exchange"
        raise UsageError(f"the holes are on {', '.join(venues)}", where="--url", expected=expected)
    rows = []
    for venue in venues:
        mine = [key for key in keys if key.instrument.exchange == venue]
        reports = asyncio.run(_repair(project, venue, mine, url))
        rows += [_row(report) for report in reports]
    return rows


async def _repair(project: Project, exchange: str, keys: Sequence[SeriesKey], url: str | None) -> list[RepairReport]:
    wall = WallClock()
    data = open_market_data(exchange, base_url=url, rate_budget=open_rate_budget(wall), clock=wall)
    try:
        clock = await data.exchange_clock()
        listed = await record_instruments(project, data, list(dict.fromkeys(key.instrument for key in keys)), clock)
        return [
            await repair_series(data, project.history, clock, key, instrument=listed[key.instrument]) for key in keys
        ]
    finally:
        await data.close()


def _holes(project: Project, key: SeriesKey) -> bool:
    return key.timeframe is not None and any(gap.kind in REPAIRABLE for gap in project.history.coverage(key).gaps)


def _row(report: RepairReport) -> dict[str, Any]:
    return {
        "series": str(report.key),
        "asked": report.asked,
        "filled": report.filled,
        "gaps": len(report.gaps),
        "missing_bars": sum(gap.bars for gap in report.gaps),
    }
