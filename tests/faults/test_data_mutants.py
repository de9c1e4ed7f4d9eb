"""The data scenarios see what they are for: each passes on the product and fails on a deliberately broken variant.

DI-03 rows replayed shuffled and twice; DI-04 the forming candle; DI-05 a collector that was down; DI-06 a corrected
candle or trade; DI-08 a trade that cannot be; DI-09 a trade or candle far from its neighbours; ST-04 a flush that
fails; DI-12 a tick that changes; ST-10 a flipped bit; ST-12 an archive that loses rows; ST-13 a backup that rots.
"""

from __future__ import annotations

import asyncio
import errno
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tickwright.adapters.storage import acceptance, durable_file
from tickwright.adapters.storage import catalogue as catalogue_module
from tickwright.adapters.storage.backup.drill import run_drill
from tickwright.adapters.storage.backup.shelf import Shelf
from tickwright.adapters.storage.backup.snapshots import restore_snapshot, take_snapshot, verify_snapshot
from tickwright.adapters.storage.catalogue import FileCatalogue
from tickwright.adapters.storage.lake import lake as lake_module
from tickwright.adapters.storage.lake import part_reader
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.checks.example_events import example_events
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import DataError, StoreDamaged, StoreWriteFailed
from tickwright.domain.events import Events, trades_of
from tickwright.domain.gaps import GapKind
from tickwright.domain.instrument import Instrument, InstrumentId, TradingRules
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant
from tickwright.ingest import fetch, fetch_events, integrity, outliers, retention
from tickwright.ingest.fetch import FetchReport, fetch_candles
from tickwright.ingest.quality import quality_of
from tickwright.ingest.retention import Retirement, retire

HOUR = Timeframe.parse("1h")
KEY = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), HOUR)
START = parse_instant("2024-01-01")


def at(number: int) -> int:
    return START + number * HOUR.length_ns


def series(first: int, last: int) -> Bars:
    number = np.arange(first, last)
    base = 4_000_000 + 10 * number
    return Bars(KEY, at(0) + number * HOUR.length_ns, base, base + 9, base - 9, base + 1, 500 + number, 2, 3)


@dataclass
class Exchange:
    bars: Bars
    twist: Callable[[Bars], Bars] = lambda page: page
    exchange: str = "binance"
    page_limit: int = 20

    async def candles(self, instrument: object, timeframe: object, start_ns: int, end_ns: int) -> Bars:
        return self.twist(self.bars.between(start_ns, end_ns))


@dataclass
class Clock:
    ns: int

    def now_ns(self) -> int:
        return self.ns


def fetched(root: Path, exchange: Exchange, now: int, first: int = 0, last: int = 60, **how: Any) -> ParquetLake:
    lake = ParquetLake(root, cache_limit_bytes=0)
    asyncio.run(fetch_candles(exchange, lake, Clock(now), KEY, at(first), at(last), **how))  # type: ignore[arg-type]
    return lake


def replayed_rows_count_once(root: Path) -> None:
    random = np.random.default_rng(1)

    def shuffled(page: Bars) -> Bars:
        order = random.permutation(np.repeat(np.arange(len(page)), 2))
        names = ("open_time_ns", "open", "high", "low", "close", "volume")
        return replace(page, **{name: getattr(page, name)[order] for name in names})

    lake = fetched(root, Exchange(series(0, 60), shuffled), at(900))
    assert lake.read(KEY).content_hash() == series(0, 60).content_hash()


def the_forming_candle_is_not_stored(root: Path) -> None:
    lake = fetched(root, Exchange(series(0, 60)), at(30) + HOUR.length_ns // 2)
    assert lake.coverage(KEY).last_ns == at(29)


def a_range_nobody_asked_for_reads_as_missing(root: Path) -> None:
    fetched(root, Exchange(series(0, 60)), at(900), 0, 20)
    lake = fetched(root, Exchange(series(0, 60)), at(900), 40, 60)
    assert [(gap.kind, gap.bars) for gap in lake.coverage(KEY).gaps] == [(GapKind.NOT_FETCHED, 20)]
    assert len(lake.read(KEY, at(20), at(40))) == 0


def a_corrected_candle_keeps_its_former_version(root: Path) -> None:
    fetched(root, Exchange(series(0, 60)), at(900))
    before = time.time_ns()
    corrected = replace(series(0, 60), close=series(0, 60).close + 1)
    lake = fetched(root, Exchange(corrected), at(900), again=True)
    assert lake.read(KEY).content_hash() == corrected.content_hash()
    assert lake.read(KEY, as_of_ns=before).content_hash() == series(0, 60).content_hash()


def a_failed_flush_is_not_called_a_success(root: Path) -> None:
    lake = ParquetLake(root)
    lake.write(series(0, 20))
    honest = os.fsync

    def failing(descriptor: int) -> None:
        raise OSError(errno.EIO, "disk")

    durable_file.os.fsync = failing  # type: ignore[assignment]
    try:
        with pytest.raises(StoreWriteFailed):
            lake.write(series(20, 40))
    finally:
        durable_file.os.fsync = honest
    with pytest.raises(StoreWriteFailed):
        lake.write(series(20, 40))


def a_flipped_bit_is_named_by_its_file(root: Path) -> None:
    lake = ParquetLake(root, cache_limit_bytes=0)
    lake.write(series(0, 60))
    path = next(root.rglob("2024.*.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="its bytes are not those that were written"):
        lake.read(KEY)
    assert [path.name in finding.place for finding in lake.verify()] == [True]


def nothing_is_dropped_before_the_archive_holds_it(root: Path) -> None:
    store, archive = ParquetLake(root / "store"), ParquetLake(root / "archive")
    store.write(series(0, 60))
    honest = archive.write

    def losing(bars: Bars, **how: Any) -> Any:
        return honest(bars.between(at(1), at(60)), **how)

    archive.write = losing  # type: ignore[method-assign]
    with pytest.raises(DataError):
        retire(store, archive, Retirement(KEY, at(30), 30))
    assert len(store.read(KEY)) == 60


def a_rotten_backup_is_read_whole_and_never_restored(root: Path) -> None:
    lake, backup = root / "lake", root / "backup"
    ParquetLake(lake).write(series(0, 60))
    good = take_snapshot(lake, backup, now_ns=at(0))
    ParquetLake(lake).write(series(60, 90))
    newest = take_snapshot(lake, backup, now_ns=at(1))
    mine = {piece for entry in newest.entries for piece in entry.pieces}
    others = {piece for entry in good.entries for piece in entry.pieces}
    for identity in mine - others:
        path = backup / "objects" / identity[:2] / identity
        path.write_bytes(path.read_bytes()[:-1])
        break
    assert verify_snapshot(backup, good) == []
    assert len(verify_snapshot(backup, newest)) == 1
    with pytest.raises(StoreDamaged):
        run_drill(lake, backup, root / "scratch")
    restore_snapshot(backup, good, root / "restored")
    assert ParquetLake(root / "restored").read(KEY).content_hash() == series(0, 60).content_hash()


def believed_by_its_name(shelf: Shelf, identity: str) -> bytes:
    path = shelf.target / "objects" / identity[:2] / identity
    return path.read_bytes()


def an_absurd_tick_is_kept_and_flagged(root: Path) -> None:
    """Once as a trade, once as the candle that holds it."""
    truth = example_events("trades", 0, 60)
    tick = Events(truth.key, {**truth.columns, "price": truth["price"].copy()}, 2, 6)
    tick["price"][30] *= 100
    lake, report = fetched_events(root, TradingExchange(tick))
    assert report.refused == ()
    assert lake.read_events(truth.key).content_hash() == tick.content_hash()
    spiked = replace(series(0, 60), high=series(0, 60).high.copy())
    spiked.high[30] *= 100
    lake.write(spiked)
    assert lake.read(KEY).content_hash() == spiked.content_hash()
    for key in (truth.key, KEY):
        assert [(doubt.row, doubt.bars) for doubt in quality_of(lake, key).doubts] == [(30, 1)]


def a_changed_tick_binds_from_its_day_on(root: Path) -> None:
    catalogue = FileCatalogue(root)
    for day, tick in ((0, "0.0001"), (9, "0.01")):
        rules = TradingRules(0, Decimal(tick), Decimal("0.001"), Decimal(5), Decimal("0.001"), None)
        catalogue.record([Instrument(KEY.instrument, (rules,))], at(day))
    known = FileCatalogue(root).find(KEY.instrument)
    assert known is not None
    assert [known.rules_at(at(day)).tick for day in (8, 9)] == [Decimal("0.0001"), Decimal("0.01")]


@dataclass
class TradingExchange:
    """An exchange of trades and funding rates, in pages, each of which a twist may spoil."""

    truth: Events
    twist: Callable[[Events], Events] = lambda page: page
    exchange: str = "binance"

    async def trades(self, instrument: object, start_ns: int, end_ns: int, *, after_id: int | None = None) -> Any:
        found = self.truth.between(start_ns, end_ns)
        found = found if after_id is None else found.where(found["trade_id"] > after_id)
        return trades_of(self.twist(found.take(slice(0, 20))))

    async def funding(self, instrument: object, start_ns: int, end_ns: int) -> Events:
        return self.twist(self.truth.between(start_ns, end_ns).take(slice(0, 20)))


def fetched_events(root: Path, exchange: TradingExchange, **how: Any) -> tuple[ParquetLake, FetchReport]:
    lake, key = ParquetLake(root), exchange.truth.key
    now = Clock(int(exchange.truth.ts_ns[-1]) + 10**15)
    report = asyncio.run(fetch_events.fetch_events(exchange, lake, now, key, 0, now.ns, **how))  # type: ignore[arg-type]
    return lake, report


def replayed_trades_count_once(root: Path) -> None:
    random = np.random.default_rng(1)
    truth = example_events("trades", 0, 60)
    lake, report = fetched_events(
        root, TradingExchange(truth, lambda page: page.take(random.permutation(np.repeat(np.arange(len(page)), 2))))
    )
    assert (report.inserted, report.refused) == (60, ())
    assert lake.read_events(truth.key).content_hash() == truth.content_hash()


def a_busted_trade_keeps_its_former_version(root: Path) -> None:
    truth = example_events("trades", 0, 60)
    fetched_events(root, TradingExchange(truth))
    before = time.time_ns()
    corrected = example_events("trades", 0, 60, shift=5)
    lake, report = fetched_events(root, TradingExchange(corrected), again=True)
    assert report.revised == 60
    assert lake.read_events(truth.key, as_of_ns=before).content_hash() == truth.content_hash()


def a_short_page_of_rates_is_not_taken_for_the_end(root: Path) -> None:
    truth = example_events("funding", 0, 60)
    short = TradingExchange(truth, lambda page: page.take(slice(0, 3)))
    lake, _ = fetched_events(root, short)
    assert lake.read_events(truth.key).content_hash() == truth.content_hash()


def an_absurd_trade_is_not_kept_and_is_named(root: Path) -> None:
    truth = example_events("trades", 0, 60)
    absurd = Events(truth.key, {**truth.columns, "price": truth["price"].copy()}, 2, 6)
    absurd["price"][30] = -1
    lake, report = fetched_events(root, TradingExchange(absurd))
    assert len(lake.read_events(truth.key)) == 59
    assert [row.reason for row in report.refused] == ["the price -0.01 is not above zero"]
    assert len(lake.quarantined(truth.key)) == 1


def gives_up_after_a_short_page(pages: Any, page: Events) -> None:
    pages.last_id = int(page["trade_id"].max()) if page.key.kind == "trades" else None
    pages.reached_ns = pages.end_ns


def careless_flush(descriptor: int, path: Path) -> None:
    try:
        os.fsync(descriptor)
    except OSError:
        return


def plans_past_now(timeframe: Timeframe, start_ns: int, end_ns: int, **_: object) -> list[tuple[int, int]]:
    middle = start_ns + 20 * HOUR.length_ns
    return [(start_ns, middle), (middle, end_ns)]


def one_big_range(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return ((min(start for start, _ in spans), max(end for _, end in spans)),)


SCENARIOS: dict[str, tuple[Callable[[Path], None], Any, str, Any]] = {
    "DI-03": (replayed_rows_count_once, integrity, "_each_once", lambda page: (page, page.open_time_ns[:0])),
    "DI-04": (the_forming_candle_is_not_stored, fetch, "plan_pages", plans_past_now),
    "DI-05": (a_range_nobody_asked_for_reads_as_missing, lake_module, "merged", one_big_range),
    "DI-06": (a_corrected_candle_keeps_its_former_version, ParquetLake, "_history", lambda *_: None),
    "DI-03 trades": (replayed_trades_count_once, fetch_events, "_each_once", lambda events: events),
    "DI-05 rates": (
        a_short_page_of_rates_is_not_taken_for_the_end,
        fetch_events._Pages,
        "_advance",
        gives_up_after_a_short_page,
    ),
    "DI-06 trades": (a_busted_trade_keeps_its_former_version, ParquetLake, "_history", lambda *_: None),
    "DI-08 trades": (an_absurd_trade_is_not_kept_and_is_named, acceptance, "broken_event_rules", lambda _: []),
    "ST-04": (a_failed_flush_is_not_called_a_success, durable_file, "_flush", careless_flush),
    "ST-10": (a_flipped_bit_is_named_by_its_file, part_reader, "file_damage", lambda *_: None),
    "DI-09": (an_absurd_tick_is_kept_and_flagged, outliers, "SPIKE_SHARE", 99.0),
    "DI-12": (a_changed_tick_binds_from_its_day_on, catalogue_module, "merged_instrument", lambda _, now, __: now),
    "ST-13": (a_rotten_backup_is_read_whole_and_never_restored, Shelf, "fetch", believed_by_its_name),
    "ST-12": (nothing_is_dropped_before_the_archive_holds_it, retention, "_demand_archived", lambda *_: None),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_product_passes(name: str, tmp_path: Path) -> None:
    SCENARIOS[name][0](tmp_path)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_mutant_is_caught(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, place, attribute, mutant = SCENARIOS[name]
    monkeypatch.setattr(place, attribute, mutant)
    if name == "DI-04":  # the second line of defence must be gone too
        monkeypatch.setattr(
            fetch, "sound_page", lambda page, window, now: integrity.sound_page(page, window, now + 10**18)
        )
    with pytest.raises((AssertionError, DataError, pytest.fail.Exception)):
        scenario(tmp_path)
