"""What a run reads, what it refuses to start without, and what it tells the reader it assumed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest

from tickwright.bootstrap.backtest import BacktestRequest, run_backtest
from tickwright.bootstrap.instruments import InstrumentNote, note_instrument
from tickwright.bootstrap.market_loading import load_market, with_informative
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import SeriesKey
from tickwright.domain.costs import CostModel
from tickwright.domain.errors import DataMissing, GapUnexplained
from tickwright.domain.gaps import GapKind
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import iso, parse_instant
from tickwright.strategies import SmaCross
from tickwright.strategy_api import Strategy, informative
from tickwright.strategy_api.strategy import series_asked_for

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


class FollowsEther(Strategy):
    """Trades what it is given by what ETH/USDT did yesterday."""

    @informative("1d", symbol="ETH/USDT")
    def leader(self, bars):
        return {"up": bars.close > bars.open}

    def targets(self, bars, ind):
        return ind.up_eth_1d


def test_a_series_that_the_strategy_only_reads_is_loaded_and_hashed_with_the_others(project: Project) -> None:
    alone = load_market(project, [BTC], HOUR, None, None)
    loaded = with_informative(project, alone, series_asked_for(FollowsEther), None, None)
    assert [bars.key for bars in loaded.market.informative] == [SeriesKey(ETH, HOUR)]
    assert loaded.data_document()["hash"] != alone.data_document()["hash"]


def test_a_symbol_that_is_traded_anyway_is_not_loaded_twice(project: Project) -> None:
    both = load_market(project, [BTC, ETH], HOUR, None, None)
    assert with_informative(project, both, series_asked_for(FollowsEther), None, None).market.informative == ()


def test_a_series_that_the_strategy_reads_and_that_ends_early_is_a_warning(project: Project) -> None:
    eth = project.store.read(SeriesKey(ETH, HOUR), None, parse_instant("2020-02-01"))
    other = Project(project.home.parent / "other")
    other.store.write(eth, source="test")
    other.store.write(project.store.read(SeriesKey(BTC, HOUR)), source="test")
    loaded = with_informative(
        other, load_market(other, [BTC], HOUR, None, None), series_asked_for(FollowsEther), None, None
    )
    assert "read by the strategy, stored until 2020-02-01" in loaded.warnings[-1]


def test_a_series_that_the_strategy_reads_and_that_is_not_stored_names_the_command(project: Project) -> None:
    other = Project(project.home.parent / "other")
    other.store.write(project.store.read(SeriesKey(BTC, HOUR)), source="test")
    with pytest.raises(DataMissing, match="--symbol ETH/USDT --timeframe 1d"):
        with_informative(other, load_market(other, [BTC], HOUR, None, None), series_asked_for(FollowsEther), None, None)


def note(project: Project, **facts: str) -> None:
    """What a person knows of BTC/USDT."""
    note_instrument(project, BTC, InstrumentNote(tick="0.01", lot="0.000001", **facts))


def test_dated_rules_of_the_catalogue_reach_the_market_and_bind_from_their_day_on(project: Project) -> None:
    note(project)
    note_instrument(project, BTC, InstrumentNote(tick="0.5", lot="0.1", since="2020-03-01"))
    loaded = load_market(project, [BTC], HOUR, None, None)
    (instrument,) = loaded.market.instruments
    assert [(iso(rule.valid_from_ns), str(rule.lot)) for rule in instrument.rules] == [
        ("1970-01-01T00:00:00Z", "0.000001"), ("2020-03-01T00:00:00Z", "0.1"),
    ]  # fmt: skip
    request = BacktestRequest(SmaCross, SmaCross().params, cash=Decimal(100_000), costs=CostModel.of(fee="0"))
    fills = run_backtest(request, loaded).fills.filter(pl.col("side") == "buy")
    fine = [Decimal(str(lots)) % Decimal("0.1") != 0 for lots in fills["quantity"].to_list()]
    late = (fills["ts"] >= datetime(2020, 3, 1, tzinfo=UTC)).to_list()
    assert any(finer for finer, is_late in zip(fine, late, strict=True) if not is_late)
    assert any(late)
    assert not any(finer for finer, is_late in zip(fine, late, strict=True) if is_late)


def test_bars_that_were_not_listed_are_not_missing_and_a_delisting_is_no_early_end(project: Project) -> None:
    bars = project.store.read(SeriesKey(BTC, HOUR))
    end = int(bars.open_time_ns[-1]) + HOUR.length_ns
    gaps = project.store.coverage(bars.key).gaps
    note(project, delisted=iso(end))
    first = gaps[0]
    known = project.catalogue.find(BTC)
    assert known is not None
    project.catalogue.keep(replace(known, pauses=((first.start_ns, first.end_ns),)))
    note(project)  # judges anew
    warnings = load_market(project, [BTC], HOUR, None, parse_instant("2021-01-01")).warnings
    missing = sum(gap.bars for gap in gaps[1:])
    assert f"binance:BTC/USDT: {missing} bars are missing in {len(gaps) - 1} gaps" in warnings
    assert f"binance:BTC/USDT: delisted on {iso(end)}, so it ends before 2021-01-01T00:00:00Z" in warnings
