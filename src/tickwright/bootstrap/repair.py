"""Ask the exchange again for the bars, funding rates and trades that are missing in stored series.

Invariants: only what is missing is asked for; what the exchange still does not have stays a typed hole; nothing is
filled from anywhere else, but into a series beside it when another exchange is named. Of several exchanges a failure
ends its own series. Repairing again is harmless, and goes on where a failure ended it.
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
from tickwright.domain.errors import ExchangeError, UsageError
from tickwright.ingest.build_candles import MARK
from tickwright.ingest.candles_from_trades import CandlesFromTrades
from tickwright.ingest.repair import REPAIRABLE, RepairReport, repair_events, repair_series
from tickwright.ingest.second_venue import FILLED, fill_from


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
        try:
            reports = asyncio.run(_repair(project, exchange, contracts, mine, url))
        except ExchangeError as failure:
            if len(exchanges) == 1:
                raise
            rows += [_row(_untouched(project, key)) | {"failure": str(failure)} for key in mine]
            continue
        rows += [_row(report) for report in reports]
    return rows


def fill_holes(project: Project, choice: SeriesChoice, exchange: str) -> list[dict[str, Any]]:
    """Fill the holes of the chosen series from another exchange's, into series of their own, one row per series."""
    keys = [key for key in chosen_series(project, choice) if key.timeframe is not None and _holes(project, key)]
    found = [fill_from(project.history, key, exchange) for key in keys if key.instrument.exchange != exchange]
    return [
        {
            "series": str(one.key),
            "asked": one.holes,
            "filled": one.filled,
            "built": 0,
            "gaps": len(project.history.coverage(one.key).gaps),
            "missing_bars": one.missing,
            "failure": None,
        }
        for one in found
    ]


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
                    data.prices(key.kind),
                    project.history,
                    clock,
                    key,
                    instrument=listed[key.instrument],
                    of_trades=CandlesFromTrades(data, data, clock) if key.kind == "candles" else None,
                )
            )
            for key in keys
        ]
    finally:
        await data.close()


def _holes(project: Project, key: SeriesKey) -> bool:
    """Whether a series of an exchange, and not one made of others, has holes that asking again may close."""
    if MARK in key.instrument.exchange or FILLED in key.instrument.exchange:
        return False
    return any(gap.kind in REPAIRABLE for gap in project.history.coverage(key).gaps)


def _untouched(project: Project, key: SeriesKey) -> RepairReport:
    return RepairReport(key, 0, 0, project.history.coverage(key).gaps)


def _row(report: RepairReport) -> dict[str, Any]:
    return {
        "series": str(report.key),
        "asked": report.asked,
        "filled": report.filled,
        "built": report.built,
        "gaps": len(report.gaps),
        "missing_bars": sum(gap.bars for gap in report.gaps),
        "failure": None,
    }
