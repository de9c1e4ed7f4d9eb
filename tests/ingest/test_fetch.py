"""The fetch loop against an exchange made of arrays: resume, forming candles, short answers, corrections, kills."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from tickwright.domain.bars import Bars
from tickwright.domain.errors import ExchangeError
from tickwright.domain.gaps import GapKind
from tickwright.ingest.fetch import FetchProgress, fetch_candles
from tickwright.ingest.gap_map import explain_gaps


async def test_a_whole_history_is_fetched_in_pages_and_equals_the_exchange(bench) -> None:
    history = bench.series(0, 95, without=range(40, 47))
    exchange = bench.exchange(history)
    steps: list[FetchProgress] = []
    report = await fetch_candles(
        exchange, bench.lake, bench.clock(500), history.key, bench.at(0), bench.at(95), progress=steps.append
    )
    assert (report.inserted, report.revised, report.unchanged, report.refused) == (88, 0, 0, ())
    assert bench.lake.read(history.key).content_hash() == history.content_hash()
    assert (steps[-1].pages, steps[-1].planned, steps[-1].bars) == (10, 10, 88)
    assert bench.lake.fetched(history.key) == ((bench.at(0), bench.at(95)),)


async def test_a_second_fetch_asks_only_for_what_is_new(bench) -> None:
    exchange = bench.exchange(bench.series(0, 100))
    key = exchange.bars.key
    await fetch_candles(exchange, bench.lake, bench.clock(60), key, bench.at(0), bench.at(100))
    exchange.asked.clear()
    again = await fetch_candles(exchange, bench.lake, bench.clock(60), key, bench.at(0), bench.at(100))
    assert (again.pages, exchange.asked) == (0, [])
    await fetch_candles(exchange, bench.lake, bench.clock(75), key, bench.at(0), bench.at(100))
    assert min(exchange.asked)[0] == bench.at(60)
    assert len(bench.lake.read(key)) == 75


async def test_the_forming_candle_is_never_stored(bench) -> None:
    exchange = bench.exchange(bench.series(0, 100))
    for now in range(20, 40):
        await fetch_candles(exchange, bench.lake, bench.clock(now, 1800), exchange.bars.key, bench.at(0), bench.at(100))
        assert bench.lake.coverage(exchange.bars.key).last_ns == bench.at(now - 1)


async def test_a_forming_row_that_an_exchange_appends_is_not_stored(bench) -> None:
    """DI-04: the newest row of every answer is the candle in progress."""

    def with_forming(page: Bars, call: int) -> Bars:
        return exchange.bars.between(int(page.open_time_ns[0]), int(page.open_time_ns[-1]) + 2 * 3600 * 10**9)

    exchange = bench.exchange(bench.series(0, 100), twist=with_forming)
    report = await fetch_candles(exchange, bench.lake, bench.clock(20), exchange.bars.key, bench.at(0), bench.at(100))
    assert bench.lake.coverage(exchange.bars.key).last_ns == bench.at(19)
    assert report.refused == ()
    assert bench.lake.quarantined(exchange.bars.key) == ()


async def test_an_exchange_that_cuts_its_answers_short_makes_no_hole(bench) -> None:
    exchange = bench.exchange(bench.series(0, 95), page_limit=50, cut=7)
    await fetch_candles(exchange, bench.lake, bench.clock(500), exchange.bars.key, bench.at(0), bench.at(95))
    assert bench.lake.read(exchange.bars.key).content_hash() == exchange.bars.content_hash()
    assert bench.lake.coverage(exchange.bars.key).gaps == ()


async def test_candles_that_are_late_at_the_end_are_asked_for_again(bench) -> None:
    late = bench.exchange(bench.series(0, 18))
    key = late.bars.key
    await fetch_candles(late, bench.lake, bench.clock(20), key, bench.at(0), bench.at(100))
    assert bench.lake.fetched(key) == ((bench.at(0), bench.at(18)),)
    full = bench.exchange(bench.series(0, 100))
    await fetch_candles(full, bench.lake, bench.clock(20), key, bench.at(0), bench.at(100))
    assert bench.lake.coverage(key).rows == 20
    assert bench.lake.coverage(key).gaps == ()


async def test_candles_missing_for_long_at_the_end_are_a_hole(bench) -> None:
    exchange = bench.exchange(bench.series(0, 18))
    await fetch_candles(exchange, bench.lake, bench.clock(60), exchange.bars.key, bench.at(0), bench.at(60))
    (gap,) = bench.lake.coverage(exchange.bars.key).gaps
    assert (gap.start_ns, gap.end_ns, gap.kind) == (bench.at(18), bench.at(57), GapKind.UNKNOWN)


@pytest.mark.parametrize("calls", range(1, 12))
async def test_what_was_answered_before_a_failure_is_stored_and_the_next_fetch_resumes(bench, calls: int) -> None:
    def failing(page: Bars, call: int) -> Bars:
        if call > calls:
            raise ExchangeError("the connection was reset", where="binance")
        return page

    exchange = bench.exchange(bench.series(0, 100), twist=failing)
    key = exchange.bars.key
    if calls < 10:
        with pytest.raises(ExchangeError):
            await fetch_candles(exchange, bench.lake, bench.clock(500), key, bench.at(0), bench.at(100))
        assert bench.lake.coverage(key).rows == 10 * calls
    exchange.twist = lambda page, call: page
    exchange.asked.clear()
    await fetch_candles(exchange, bench.lake, bench.clock(500), key, bench.at(0), bench.at(100))
    assert len(exchange.asked) == (10 - calls if calls < 10 else 10)
    assert bench.lake.read(key).content_hash() == exchange.bars.content_hash()


async def test_rows_replayed_shuffled_and_twice_count_once(bench) -> None:
    """DI-03: around a reconnect the exchange sends rows again, in any order."""
    random = np.random.default_rng(3)

    def shuffled(page: Bars, call: int) -> Bars:
        order = random.permutation(np.concatenate([np.arange(len(page))] * 2))
        names = ("open_time_ns", "open", "high", "low", "close", "volume")
        return replace(page, **{name: getattr(page, name)[order] for name in names})

    exchange = bench.exchange(bench.series(0, 100), twist=shuffled)
    report = await fetch_candles(exchange, bench.lake, bench.clock(500), exchange.bars.key, bench.at(0), bench.at(100))
    assert report.inserted == 100
    assert bench.lake.read(exchange.bars.key).content_hash() == exchange.bars.content_hash()


async def test_a_correction_is_a_new_version_and_the_old_one_is_still_read_as_of_its_time(bench) -> None:
    """DI-06: the exchange serves another value on the second fetch."""
    exchange = bench.exchange(bench.series(0, 50))
    key, before = exchange.bars.key, exchange.bars
    await fetch_candles(exchange, bench.lake, bench.clock(500), key, bench.at(0), bench.at(50))
    known_at = time.time_ns()
    exchange.bars = replace(before, close=before.close + (np.arange(50) == 7))
    report = await fetch_candles(exchange, bench.lake, bench.clock(500), key, bench.at(0), bench.at(50), again=True)
    assert (report.revised, report.unchanged) == (1, 49)
    assert bench.lake.read(key).content_hash() == exchange.bars.content_hash()
    assert bench.lake.read(key, as_of_ns=known_at).content_hash() == before.content_hash()


async def test_a_row_that_is_no_candle_goes_to_quarantine_and_its_hole_is_never_called_an_outage(bench) -> None:
    """DI-08: what is malformed is counted with its source, and no part of it is stored."""

    def absurd(page: Bars, call: int) -> Bars:
        page.high[(page.open_time_ns == bench.at(150))] = -1
        return page

    exchange = bench.exchange(bench.series(0, 300), page_limit=100, twist=absurd)
    key = exchange.bars.key
    report = await fetch_candles(exchange, bench.lake, bench.clock(500), key, bench.at(0), bench.at(300))
    (kept,) = bench.lake.quarantined(key)
    assert (kept.place, kept.source) == ("candle of 2024-01-07T06:00:00Z", "fetched from binance")
    assert [row.place for row in report.refused] == [kept.place]
    (gap,) = explain_gaps(bench.lake, key)
    assert (gap.kind, gap.note) == (GapKind.UNKNOWN, "a row came and was not believed: see the quarantine")
    await fetch_candles(exchange, bench.lake, bench.clock(500), key, bench.at(0), bench.at(300), again=True)
    assert len(bench.lake.quarantined(key)) == 1


async def test_an_answer_about_another_series_is_refused(bench) -> None:
    other = bench.series(0, 100, symbol="ETH/USDT")
    exchange = bench.exchange(bench.series(0, 100), twist=lambda page, call: other)
    with pytest.raises(ExchangeError, match="the answer is about binance:ETH/USDT candles 1h"):
        await fetch_candles(exchange, bench.lake, bench.clock(500), exchange.bars.key, bench.at(0), bench.at(100))
    assert not bench.lake.keys()


async def test_ranges_that_do_not_touch_are_written_apart(bench) -> None:
    exchange = bench.exchange(bench.series(0, 100))
    key = exchange.bars.key
    await fetch_candles(exchange, bench.lake, bench.clock(500), key, bench.at(20), bench.at(30))
    await fetch_candles(exchange, bench.lake, bench.clock(500), key, bench.at(10), bench.at(40))
    assert bench.lake.fetched(key) == ((bench.at(10), bench.at(40)),)
    assert bench.lake.read(key).content_hash() == exchange.bars.between(bench.at(10), bench.at(40)).content_hash()
