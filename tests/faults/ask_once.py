"""Another program of this machine that wants candles; run with URL FOLDER. Prints the code of what happened."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tickwright.adapters.exchanges import SharedRateBudget, open_market_data
from tickwright.adapters.wall_clock import WallClock
from tickwright.domain.errors import TickwrightError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import HOUR, parse_instant


async def main(url: str, folder: str) -> None:
    """Ask for three candles, not waiting longer than ten seconds."""
    clock = WallClock()
    budget = SharedRateBudget(Path(folder) / "budget.sqlite", clock)
    data = open_market_data("binance", base_url=url, rate_budget=budget, clock=clock, deadline_s=10.0)
    start = parse_instant("2024-01-01")
    try:
        bars = await data.candles(
            InstrumentId("binance", "BTC", "USDT"), Timeframe.parse("1h"), start, start + 3 * HOUR
        )
        print("answered", len(bars))
    except TickwrightError as error:
        print(error.code)
    finally:
        await data.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
