"""Every rule of the gap map, each with the evidence that triggers it and the nearest evidence that does not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tickwright.domain.gaps import Gap, GapKind
from tickwright.domain.instrument import Instrument, TradingRules
from tickwright.ingest.gap_map import explain_gaps


def fetched(bench, bars, first: int, last: int) -> None:
    bench.lake.write(bars, fetched=(bench.at(first), bench.at(last)))


def only_gap(bench, bars, instrument: Instrument | None = None) -> Gap:
    (gap,) = explain_gaps(bench.lake, bars.key, instrument)
    return gap


def listed(bars, **facts: int) -> Instrument:
    return replace(Instrument(bars.key.instrument, (TradingRules(0, Decimal("0.01")),)), **facts)


HOLE = range(200, 210)


def test_a_busy_market_that_falls_silent_was_out(bench) -> None:
    bars = bench.series(0, 400, without=HOLE)
    fetched(bench, bars, 0, 400)
    gap = only_gap(bench, bars)
    assert (gap.kind, gap.bars) == (GapKind.OUTAGE, 10)
    assert gap.note == "a market that trades in every bar around"


def test_a_hole_that_other_series_share_is_an_outage(bench) -> None:
    bars = bench.series(0, 400, without=[*HOLE, *range(150, 190, 5)])
    other = bench.series(0, 400, symbol="ETH/USDT", without=range(202, 212))
    fetched(bench, bars, 0, 400)
    fetched(bench, other, 0, 400)
    gaps = explain_gaps(bench.lake, bars.key)
    assert (gaps[-1].kind, gaps[-1].bars) == (GapKind.OUTAGE, 10)
    assert gaps[-1].note == "missing in 1 other series of the exchange too"


def test_a_series_that_was_not_asked_for_the_hole_says_nothing(bench) -> None:
    bars = bench.series(0, 400, without=HOLE)
    fetched(bench, bars, 0, 400)
    fetched(bench, bench.series(0, 100, symbol="ETH/USDT"), 0, 100)
    assert only_gap(bench, bars).note == "a market that trades in every bar around"


def test_a_busy_market_that_stands_still_while_others_trade_says_so(bench) -> None:
    bars = bench.series(0, 400, without=HOLE)
    fetched(bench, bars, 0, 400)
    fetched(bench, bench.series(0, 400, symbol="ETH/USDT"), 0, 400)
    gap = only_gap(bench, bars)
    assert gap.kind is GapKind.OUTAGE
    assert "this market alone stood still" in gap.note


@pytest.mark.parametrize("how", ["without", "idle"])
def test_a_short_hole_in_a_thin_market_is_no_trades(bench, how: str) -> None:
    thin = range(3, 400, 6)
    hole = [200, 201]
    bars = (
        bench.series(0, 400, without=[*thin, *hole])
        if how == "without"
        else bench.series(0, 400, idle=thin, without=hole)
    )
    fetched(bench, bars, 0, 400)
    kinds = {gap.kind for gap in explain_gaps(bench.lake, bars.key)}
    assert kinds == {GapKind.NO_TRADES}


def test_a_hole_too_long_for_a_thin_market_is_unknown(bench) -> None:
    bars = bench.series(0, 400, idle=range(3, 400, 6), without=range(200, 212))
    fetched(bench, bars, 0, 400)
    assert only_gap(bench, bars).kind is GapKind.UNKNOWN


def test_a_long_hole_in_a_thin_market_is_no_trades_when_others_traded(bench) -> None:
    bars = bench.series(0, 400, idle=range(3, 400, 6), without=range(200, 212))
    fetched(bench, bars, 0, 400)
    fetched(bench, bench.series(0, 400, symbol="ETH/USDT"), 0, 400)
    assert only_gap(bench, bars).kind is GapKind.NO_TRADES


def test_a_market_neither_thin_nor_busy_is_unknown(bench) -> None:
    bars = bench.series(0, 400, idle=range(5, 400, 30), without=HOLE)
    fetched(bench, bars, 0, 400)
    assert only_gap(bench, bars).kind is GapKind.UNKNOWN


def test_too_few_bars_around_decide_nothing(bench) -> None:
    bars = bench.series(0, 30, without=range(10, 15))
    fetched(bench, bars, 0, 30)
    assert only_gap(bench, bars).kind is GapKind.UNKNOWN


def test_before_the_listing_date_is_not_listed(bench) -> None:
    bars = bench.series(50, 400)
    fetched(bench, bars, 0, 400)
    gap = only_gap(bench, bars, listed(bars, listed_ns=bench.at(50) + 1))
    assert (gap.kind, gap.note, gap.bars) == (GapKind.NOT_LISTED, "before the listing", 50)


def test_after_the_delisting_date_is_not_listed(bench) -> None:
    bars = bench.series(0, 300)
    fetched(bench, bars, 0, 400)
    gap = only_gap(bench, bars, listed(bars, delisted_ns=bench.at(300)))
    assert (gap.kind, gap.note) == (GapKind.NOT_LISTED, "after the delisting")


def test_between_a_delisting_and_the_next_listing_nothing_is_missing(bench) -> None:
    bars = bench.series(0, 400, without=range(200, 300))
    fetched(bench, bars, 0, 400)
    instrument = replace(listed(bars), pauses=((bench.at(200) + 1, bench.at(299) + 1),))
    gap = only_gap(bench, bars, instrument)
    assert (gap.kind, gap.note) == (GapKind.NOT_LISTED, "between a delisting and the next listing")


def test_a_hole_that_outlasts_a_pause_is_divided(bench) -> None:
    bars = bench.series(0, 500, without=range(190, 305))
    fetched(bench, bars, 0, 500)
    gaps = explain_gaps(bench.lake, bars.key, replace(listed(bars), pauses=((bench.at(200), bench.at(300)),)))
    assert [(gap.bars, gap.kind) for gap in gaps] == [
        (10, GapKind.OUTAGE), (100, GapKind.NOT_LISTED), (5, GapKind.OUTAGE),
    ]  # fmt: skip


def test_a_pause_explains_the_hole_of_an_imported_file(bench) -> None:
    bars = bench.series(0, 400, without=range(200, 300))
    bench.lake.write(bars)
    gap = only_gap(bench, bars, replace(listed(bars), pauses=((bench.at(200), bench.at(300)),)))
    assert gap.kind is GapKind.NOT_LISTED


def test_bars_from_before_the_listing_were_traded_under_a_former_name_and_their_holes_are_holes(bench) -> None:
    bars = bench.series(0, 400, without=range(150, 160))
    fetched(bench, bars, 0, 400)
    assert only_gap(bench, bars, listed(bars, listed_ns=bench.at(300))).kind is GapKind.OUTAGE


def test_before_the_first_trade_while_others_traded_is_not_listed(bench) -> None:
    bars = bench.series(50, 400)
    fetched(bench, bars, 0, 400)
    fetched(bench, bench.series(0, 400, symbol="ETH/USDT"), 0, 400)
    assert only_gap(bench, bars).note == "before the first trade, while others traded"


def test_a_long_void_before_the_first_trade_is_not_listed(bench) -> None:
    bars = bench.series(150, 400)
    fetched(bench, bars, 0, 400)
    assert only_gap(bench, bars).kind is GapKind.NOT_LISTED


def test_an_outage_at_the_start_of_the_range_is_not_mistaken_for_the_listing(bench) -> None:
    bars = bench.series(20, 400)
    fetched(bench, bars, 0, 400)
    fetched(bench, bench.series(-50, 400, symbol="ETH/USDT", without=range(20)), -50, 400)
    assert only_gap(bench, bars).kind is GapKind.OUTAGE


def test_what_was_never_asked_for_stays_not_fetched(bench) -> None:
    """DI-05: the collector was down; until it is filled the range reads as missing and is typed so."""
    fetched(bench, bench.series(0, 100), 0, 100)
    bars = bench.series(150, 300)
    fetched(bench, bars, 150, 300)
    gap = only_gap(bench, bars)
    assert (gap.kind, gap.bars) == (GapKind.NOT_FETCHED, 50)
    assert len(bench.lake.read(bars.key, bench.at(100), bench.at(150))) == 0
    fetched(bench, bench.series(100, 150), 100, 150)
    assert explain_gaps(bench.lake, bars.key) == ()


def test_a_hole_of_an_imported_file_stays_unknown(bench) -> None:
    bars = bench.series(0, 400, without=HOLE)
    bench.lake.write(bars)
    assert only_gap(bench, bars).kind is GapKind.UNKNOWN


def test_a_series_without_any_bar_is_not_an_error(bench) -> None:
    bars = bench.series(0, 1)
    fetched(bench, bars.between(0, 1), 0, 400)
    assert only_gap(bench, bars).kind is GapKind.NOT_LISTED


def test_a_mark_price_that_stops_was_out_though_marks_have_no_volume(bench) -> None:
    bars = bench.series(0, 400, without=HOLE, idle=range(400))
    marks = replace(bars, key=replace(bars.key, kind="mark"))
    fetched(bench, marks, 0, 400)
    assert only_gap(bench, marks).kind is GapKind.OUTAGE
    fetched(bench, bars, 0, 400)
    assert only_gap(bench, bars).kind is not GapKind.OUTAGE
