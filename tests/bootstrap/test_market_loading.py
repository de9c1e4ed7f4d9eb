"""What a run reads, what it refuses to start without, and what it tells the reader it assumed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tickwright.bootstrap.market_loading import load_market
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import DataMissing, GapUnexplained
from tickwright.domain.gaps import GapKind
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant

BTC, ETH = InstrumentId("binance", "BTC", "USDT"), InstrumentId("binance", "ETH", "USDT")
HOUR = Timeframe.parse("1h")


def test_bars_before_the_start_are_not_seen_so_older_data_cannot_change_a_run(project: Project) -> None:
    start, end = parse_instant("2020-02-01"), parse_instant("2020-03-01")
    loaded = load_market(project, [BTC], HOUR, start, end)
    assert int(loaded.market.bars[0].open_time_ns[0]) == start
    assert int(loaded.market.bars[0].open_time_ns[-1]) == end - HOUR.length_ns


def test_the_order_in_which_symbols_are_named_does_not_matter(project: Project) -> None:
    one, other = (load_market(project, names, HOUR, None, None) for names in ([BTC, ETH], [ETH, BTC, ETH]))
    assert one.data_document() == other.data_document()


def test_a_series_that_is_not_stored_names_the_command_that_fetches_it(project: Project) -> None:
    with pytest.raises(DataMissing) as caught:
        load_market(project, [InstrumentId("kraken", "BTC", "USD")], HOUR, parse_instant("2024-01-01"), None)
    assert "tickwright data fetch --exchange kraken --symbol BTC/USD --timeframe 1h --start 2024-01-01" in str(
        caught.value
    )


def test_a_range_without_candles_says_what_is_stored(project: Project) -> None:
    with pytest.raises(DataMissing, match="2020-01-01T00:00:00Z … 2020-05-01T00:00:00Z"):
        load_market(project, [BTC], HOUR, parse_instant("2023-01-01"), parse_instant("2023-02-01"))


def test_missing_metadata_and_missing_bars_are_warnings_of_the_run(project: Project) -> None:
    warnings = load_market(project, [BTC], HOUR, None, None).warnings
    assert any("no metadata" in text and "0.01" in text for text in warnings)
    assert any("bars are missing in" in text for text in warnings)


def test_a_series_that_begins_late_or_ends_early_is_a_warning(project: Project) -> None:
    warnings = load_market(project, [BTC], HOUR, parse_instant("2019-06-01"), parse_instant("2021-01-01")).warnings
    assert any("asked from 2019-06-01T00:00:00Z, stored from 2020-01-01T00:00:00Z" in text for text in warnings)
    assert any("asked until 2021-01-01T00:00:00Z, stored until 2020-05-01T00:00:00Z" in text for text in warnings)


def test_gaps_outside_the_range_of_the_run_are_not_its_gaps(project: Project) -> None:
    whole = load_market(project, [BTC], HOUR, None, None)
    hole = whole.gaps[0][0]
    after = load_market(project, [BTC], HOUR, hole.end_ns, None)
    assert len(after.gaps[0]) == len(whole.gaps[0]) - 1


def test_holes_without_a_known_reason_are_refused_where_the_settings_say_so(project: Project) -> None:
    with pytest.raises(GapUnexplained, match="holes have no known reason"):
        load_market(project, [BTC], HOUR, None, None, on_gap="refuse")


def test_explained_holes_are_not_refused(project: Project) -> None:
    key = SeriesKey(BTC, HOUR)
    project.store.explain(key, [replace(hole, kind=GapKind.OUTAGE) for hole in project.store.coverage(key).gaps])
    assert len(load_market(project, [BTC], HOUR, None, None, on_gap="refuse").gaps[0]) > 0
