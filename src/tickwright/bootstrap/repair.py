"""Ask the exchange again for the bars, funding rates and trades that are missing in stored series.

Invariants: only what is missing is asked for; what the exchange still does not have stays a typed hole; nothing is
filled from anywhere else. Repairing again is harmless, and goes on where a failure ended it.
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
from tickwright.ingest.repair import REPAIRABLE, RepairReport, repair_events, repair_series


def repair(project: Project, choice: SeriesChoice, *, url: str | None = None) -> list[dict[str, Any]]:
    """Ask again for the holes of the chosen series (all of the store without symbols), one row per series.

    `url` is another address of the exchange; it serves series of one exchange. Raises the exchange's and the store's
    errors.
    """
    keys = [key for key in chosen_series(project, choice) if _holes(project, key)]
    venues = sorted({(key.instrument.exchange, bool(key.instrument.settle)) for key in keys})
    exchanges = list(dict.fromkeys(exchange for exchange, _ in venues))
    if url is not None and len(exchanges) > 1:
        expected = "series of one exchange"
        raise UsageError(f"the holes are on {', '.join(exchanges)}", where="--url", expected=expected)
    rows = []
    for exchange, contracts in venues:
        mine = [key for key in keys if (key.instrument.exchange, bool(key.instrument.settle)) == (exchange, contracts)]
        reports = asyncio.run(_repair(project, exchange, contracts, mine, url))
        rows += [_row(report) for report in reports]
    return rows


async def _repair(
    project: Project, exchange: str, contracts: bool, keys: Sequence[SeriesKey], url: str | None
) -> list[RepairReport]:
    wall = WallClock()
    budget = open_rate_budget(wall)
    data = open_market_data(exchange, base_url=url, rate_budget=budget, clock=wall, contracts=contracts)
    try:
        clock = await data.exchange_clock()
        listed = await record_instruments(project, data, list(dict.fromkeys(key.instrument for key in keys)), clock)
        return [
            await (
                repair_events(data, project.history, clock, key)
                if key.timeframe is None
                else repair_series(
                    data.prices(key.kind), project.history, clock, key, instrument=listed[key.instrument]
                )
            )
            for key in keys
        ]
    finally:
        await data.close()


def _holes(project: Project, key: SeriesKey) -> bool:
    return any(gap.kind in REPAIRABLE for gap in project.history.coverage(key).gaps)


def _row(report: RepairReport) -> dict[str, Any]:
    return {
        "series": str(report.key),
        "asked": report.asked,
        "filled": report.filled,
        "gaps": len(report.gaps),
        "missing_bars": sum(gap.bars for gap in report.gaps),
    }
