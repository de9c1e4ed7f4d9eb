"""Series made for storage tests: well-formed candles of any length, with a hole or a changed row where asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tickwright.adapters.storage.database.database import Database
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant

MakeBars = Callable[..., Bars]

OHLCV = Path(__file__).parents[2] / "data" / "ohlcv"


@pytest.fixture(scope="session")
def ohlcv() -> Path:
    return OHLCV


@pytest.fixture(scope="session")
def make_bars() -> MakeBars:
    def make(first: int = 0, last: int = 100, *, symbol: str = "BTC/USDT", timeframe: str = "1h", shift: int = 0,
             without: tuple[int, ...] = (), start: str = "2023-12-30") -> Bars:  # fmt: skip
        key = SeriesKey(InstrumentId.parse(f"binance:{symbol}"), Timeframe.parse(timeframe))
        number = np.setdiff1d(np.arange(first, last), without)
        base = 4_200_000 + 11 * number + shift
        return Bars(
            key, parse_instant(start) + number * key.timeframe.length_ns, base, base + 50, base - 50, base + 3,
            1_000 + number % 7, 2, 3,
        )  # fmt: skip

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def relational(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with this program's tables, on either server."""
    if request.param == "sqlite":
        database = Database(tmp_path / "state" / "tickwright.sqlite")
    else:
        database = Database(request.getfixturevalue("database")("state"))
    database.make_ready()
    yield database
    database.close()
