"""Holes asked about again."""

from __future__ import annotations

from tickwright.domain.gaps import GapKind
from tickwright.ingest.repair import repair_series


async def test_a_hole_that_the_exchange_has_meanwhile_is_closed_and_nothing_else_is_asked(bench) -> None:
    bars = bench.series(0, 400, without=range(200, 210))
    bench.lake.write(bars, fetched=(bench.at(0), bench.at(400)))
    exchange = bench.exchange(bench.series(0, 400))
    report = await repair_series(exchange, bench.lake, bench.clock(900), bars.key)
    assert (report.asked, report.filled, report.gaps) == (1, 10, ())
    assert exchange.asked == [(bench.at(200), bench.at(210))]


async def test_what_the_exchange_does_not_have_stays_a_typed_hole(bench) -> None:
    bars = bench.series(0, 400, without=range(200, 210))
    bench.lake.write(bars, fetched=(bench.at(0), bench.at(400)))
    for _ in range(2):
        report = await repair_series(bench.exchange(bars), bench.lake, bench.clock(900), bars.key)
        assert report.filled == 0
        assert [(gap.kind, gap.bars) for gap in report.gaps] == [(GapKind.OUTAGE, 10)]


async def test_a_range_nobody_asked_for_is_fetched(bench) -> None:
    """DI-05: the collector was down for fifty bars; it is filled, and until then nothing stood in their place."""
    whole = bench.series(0, 300)
    for first, last in ((0, 100), (150, 300)):
        bench.lake.write(whole.between(bench.at(first), bench.at(last)), fetched=(bench.at(first), bench.at(last)))
    assert [(gap.kind, gap.bars) for gap in bench.lake.coverage(whole.key).gaps] == [(GapKind.NOT_FETCHED, 50)]
    report = await repair_series(bench.exchange(whole), bench.lake, bench.clock(900), whole.key)
    assert (report.filled, report.gaps) == (50, ())
    assert bench.lake.read(whole.key).content_hash() == whole.content_hash()


async def test_a_thin_market_is_not_asked_again_for_what_nobody_traded(bench) -> None:
    bars = bench.series(0, 400, without=range(3, 400, 6))
    bench.lake.write(bars, fetched=(bench.at(0), bench.at(400)))
    exchange = bench.exchange(bars)
    await repair_series(exchange, bench.lake, bench.clock(900), bars.key)
    exchange.asked.clear()
    await repair_series(exchange, bench.lake, bench.clock(900), bars.key)
    assert exchange.asked == []
