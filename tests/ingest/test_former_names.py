"""A renamed instrument: its history begins under its former names, and an empty stretch hides nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import UnknownSymbol
from tickwright.domain.instrument import FormerName, Instrument, InstrumentId, TradingRules
from tickwright.domain.timeframe import Timeframe
from tickwright.ingest.fetch import fetch_candles
from tickwright.ingest.former_names import WithFormerNames

NEW = InstrumentId.parse("binance:POL/USDT")
OLD = InstrumentId.parse("binance:MATIC/USDT")
OLDEST = InstrumentId.parse("binance:MATICOLD/USDT")
HOUR = Timeframe.parse("1h")


@dataclass
class SeveralNames:
    """An exchange that has a series for each name it lists."""

    series: dict[InstrumentId, Bars]
    page_limit: int = 7
    exchange: str = "binance"
    asked: list[tuple[InstrumentId, int, int]] = field(default_factory=list)

    async def instruments(self):
        return ()

    async def candles(self, instrument: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
        self.asked.append((instrument, start_ns, end_ns))
        if instrument not in self.series:
            raise UnknownSymbol("not listed")
        page = self.series[instrument].between(start_ns, end_ns)
        return page.between(start_ns, start_ns + self.page_limit * timeframe.length_ns)

    async def close(self) -> None:
        pass


def renamed(*former: FormerName) -> Instrument:
    return Instrument(NEW, (TradingRules(0, Decimal("0.0001")),), formerly=former)


def fetched(bench, exchange: SeveralNames, instrument: Instrument, last: int = 100):
    data = WithFormerNames(exchange, instrument, bench.lake)
    key = SeriesKey(NEW, HOUR)
    report = asyncio.run(fetch_candles(data, bench.lake, bench.clock(200), key, bench.at(0), bench.at(last)))
    return report, bench.lake.read(key)


def test_each_candle_comes_under_the_name_that_was_in_force(bench) -> None:
    old, new = bench.series(0, 100, symbol="MATIC/USDT"), bench.series(50, 100, symbol="POL/USDT")
    exchange = SeveralNames({OLD: old, NEW: new})
    report, bars = fetched(bench, exchange, renamed(FormerName(bench.at(60) + 1, OLD)))
    assert report.inserted == 100
    assert bars.key == SeriesKey(NEW, HOUR)
    assert bars.open_time_ns.tolist() == old.open_time_ns.tolist()
    assert max(end for name, _, end in exchange.asked if name == OLD) == bench.at(61)
    assert min(start for name, start, _ in exchange.asked if name == NEW) == bench.at(61)
    assert bench.lake.coverage(bars.key).gaps == ()


def test_a_chain_of_names_is_followed_and_an_empty_stretch_hides_nothing(bench) -> None:
    """Between hour 20 and 23 nothing traded under any name, and the window goes over both renamings."""
    series = {
        OLDEST: bench.series(0, 18, symbol="MATICOLD/USDT"),
        OLD: bench.series(23, 24, symbol="MATIC/USDT"),
        NEW: bench.series(24, 40, symbol="POL/USDT"),
    }
    names = (FormerName(bench.at(20), OLDEST), FormerName(bench.at(24), OLD))
    _, bars = fetched(bench, SeveralNames(series, page_limit=40), renamed(*names), last=40)
    hours = [(time - bench.at(0)) // HOUR.length_ns for time in bars.open_time_ns.tolist()]
    assert hours == [*range(18), *range(23, 40)]


def test_a_name_that_is_no_longer_listed_is_read_from_the_store(bench) -> None:
    old, new = bench.series(0, 60, symbol="MATIC/USDT"), bench.series(60, 100, symbol="POL/USDT")
    exchange = SeveralNames({NEW: new})
    instrument = renamed(FormerName(bench.at(60), OLD))
    with pytest.raises(UnknownSymbol):
        fetched(bench, exchange, instrument)
    bench.lake.write(old)
    report, bars = fetched(bench, exchange, instrument)
    assert (report.inserted, len(bars)) == (100, 100)


def test_without_former_names_nothing_changes(bench) -> None:
    exchange = SeveralNames({NEW: bench.series(0, 30, symbol="POL/USDT")})
    assert fetched(bench, exchange, renamed(), last=30)[0].inserted == 30
    assert {name for name, _, _ in exchange.asked} == {NEW}
