"""Candles of stored trades: the exchange's own where all trades are known, nothing where they are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.data.xrp_eth import ONE_MINUTE, XRP_ETH, candles, trades
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.checks.example_events import INSTRUMENT, START_NS, STEP_NS, example_events
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import DataMissing
from tickwright.domain.events import Events, trade_events
from tickwright.domain.gaps import GapKind
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY, MINUTE, parse_instant
from tickwright.ingest.build_candles import build_candles, explain_trade_gaps, marked, store_built
from tickwright.ingest.consistency import compare_timeframes

FIRST_DAY = parse_instant("2019-10-11")
STEP = STEP_NS["trades"]


@pytest.fixture
def lake(tmp_path: Path) -> ParquetLake:
    return ParquetLake(tmp_path / "lake")


def at(number: int) -> int:
    return START_NS + number * STEP


def test_stored_trades_make_the_exchange_s_own_candles_exactly(lake: ParquetLake) -> None:
    lake.write(trade_events(trades()), fetched=(FIRST_DAY, int(trades().ts_ns[-1]) + 1))
    built = build_candles(lake, XRP_ETH, ONE_MINUTE)
    last = int(candles().open_time_ns[-1])  # of the last minute the end is not known
    assert built.bars.content_hash() == candles().between(0, last).content_hash()
    assert built.left_out == 1
    assert store_built(lake, built) == (2_468, 0)
    assert store_built(lake, build_candles(lake, XRP_ETH, ONE_MINUTE)) == (0, 2_468)
    gaps = lake.coverage(built.bars.key).gaps
    assert {gap.kind for gap in gaps} == {GapKind.NO_TRADES}
    assert sum(gap.bars for gap in gaps) == 1_091
    whole = build_candles(lake, XRP_ETH, ONE_MINUTE, trust_edges=True)
    assert whole.bars.content_hash() == candles().content_hash()


def test_coarser_candles_agree_with_the_finer_ones(lake: ParquetLake) -> None:
    lake.write(trade_events(trades()), fetched=(FIRST_DAY, FIRST_DAY + 2 * DAY))
    hours = build_candles(lake, XRP_ETH, Timeframe.parse("1h")).bars
    assert len(hours) == 48
    truth = {int(time): place for place, time in enumerate(hours.open_time_ns)}
    minutes = candles().between(FIRST_DAY, FIRST_DAY + 2 * DAY)
    volumes = np.zeros(48, np.int64)
    places = [truth[int(time)] for time in minutes.open_time_ns // (60 * MINUTE) * (60 * MINUTE)]
    np.add.at(volumes, places, minutes.volume)
    scale = 10 ** (minutes.volume_scale - hours.volume_scale)
    assert (volumes == hours.volume * scale).all()
    assert compare_timeframes(hours, build_candles(lake, XRP_ETH, Timeframe.parse("1d")).bars).differences == ()


def test_no_candle_is_made_across_what_nobody_asked_for(lake: ParquetLake) -> None:
    """Ten trades of five minutes are known, five minutes are not, then ten more."""
    lake.write(example_events("trades", 1, 21), fetched=(at(1), at(21)))
    lake.write(example_events("trades", 31, 51), fetched=(at(31), at(51)))
    built = build_candles(lake, INSTRUMENT, ONE_MINUTE)
    known = [*range(2, 20, 2), *range(32, 50, 2)]
    assert built.bars.open_time_ns.tolist() == [at(number) for number in known]
    assert built.left_out == 4
    part = build_candles(lake, INSTRUMENT, ONE_MINUTE, at(4), at(8))
    assert part.bars.open_time_ns.tolist() == [at(4), at(6)]


def test_a_hole_between_files_is_closed_by_ids_that_follow_each_other_and_only_then(lake: ParquetLake) -> None:
    lake.write(example_events("trades", 0, 20))
    lake.write(example_events("trades", 20, 40))
    lake.write(example_events("trades", 45, 60))
    key = example_events("trades", 0, 1).key
    assert [gap.kind for gap in lake.coverage(key).gaps] == [GapKind.NOT_FETCHED] * 2
    assert explain_trade_gaps(lake, key) == 1
    assert [gap.kind for gap in lake.coverage(key).gaps] == [GapKind.NO_TRADES, GapKind.NOT_FETCHED]
    assert explain_trade_gaps(lake, key) == 0
    built = build_candles(lake, INSTRUMENT, ONE_MINUTE)
    assert [number for number in range(0, 60, 2) if at(number) in built.bars.open_time_ns] == [
        *range(0, 38, 2), *range(46, 58, 2),
    ]  # fmt: skip


def test_stored_candles_that_say_something_else_are_not_overwritten(lake: ParquetLake) -> None:
    lake.write(trade_events(trades()), fetched=(FIRST_DAY, FIRST_DAY + DAY))
    theirs = candles().between(FIRST_DAY, FIRST_DAY + DAY)
    volume = theirs.volume.copy()
    volume[7] += 1
    other = replace(theirs, volume=volume)
    lake.write(other)
    built = build_candles(lake, XRP_ETH, ONE_MINUTE)
    assert (built.same, built.differing, built.theirs_alone) == (len(theirs) - 1, 1, 0)
    assert built.key == marked(theirs.key)
    assert str(built.key) == "binance_from_trades:XRP/ETH candles 1m"
    store_built(lake, built)
    assert lake.read(theirs.key).content_hash() == other.content_hash()
    beside = lake.read(built.key)
    assert (beside.volume == theirs.volume * 10**beside.volume_scale // 10**theirs.volume_scale).all()


def test_a_candle_without_trades_is_told_as_theirs_alone_and_stays(lake: ParquetLake) -> None:
    lake.write(trade_events(trades()), fetched=(FIRST_DAY, FIRST_DAY + DAY))
    empty = int(candles().open_time_ns[0]) + 3 * MINUTE
    assert empty not in candles().open_time_ns
    price, one = np.array([14_142]), np.array([empty])
    lake.write(Bars(SeriesKey(XRP_ETH, ONE_MINUTE), one, price, price, price, price, np.array([0]), 7, 0))
    built = build_candles(lake, XRP_ETH, ONE_MINUTE)
    assert (built.theirs_alone, built.differing) == (1, 0)
    store_built(lake, built)
    assert empty in lake.read(SeriesKey(XRP_ETH, ONE_MINUTE)).open_time_ns
    assert not list(lake.verify(deep=True))


def test_without_trades_there_is_nothing_to_build(lake: ParquetLake) -> None:
    with pytest.raises(DataMissing, match="no binance:XRP/ETH trades are stored"):
        build_candles(lake, XRP_ETH, ONE_MINUTE)


def test_a_day_s_trades_are_held_at_a_time(lake: ParquetLake, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.write(trade_events(trades()), fetched=(FIRST_DAY, FIRST_DAY + 2 * DAY))
    asked: list[int] = []
    honest = lake.read_events

    def watched(key: SeriesKey, start_ns: int, end_ns: int) -> Events:
        asked.append(end_ns - start_ns)
        return honest(key, start_ns, end_ns)

    monkeypatch.setattr(lake, "read_events", watched)
    build_candles(lake, XRP_ETH, ONE_MINUTE)
    assert max(asked) == DAY
