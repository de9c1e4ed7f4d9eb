"""The loops that ask for trades and funding rates: complete, idempotent, resumable, honest about what was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.checks.example_events import INSTRUMENT, START_NS, STEP_NS, example_events
from tickwright.domain.bars import SeriesKind
from tickwright.domain.errors import ExchangeUnavailable
from tickwright.domain.events import Events, event_key, nominal_times, trades_of
from tickwright.domain.gaps import GapKind
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timestamp import DAY
from tickwright.domain.trades import Trades
from tickwright.ingest.fetch import FetchProgress, FetchReport
from tickwright.ingest.fetch_events import SETTLING_NS, fetch_events, take_down
from tickwright.ingest.repair import repair_events

LATE = START_NS + 1000 * DAY
FUNDING, TRADES = event_key(INSTRUMENT, "funding"), event_key(INSTRUMENT, "trades")


@dataclass
class Clock:
    ns: int = LATE

    def now_ns(self) -> int:
        return self.ns


@dataclass
class Exchange:
    """An exchange of a known truth, in pages; `twist` is what becomes of a page, `fail_at` the request that fails."""

    truth: Events
    page: int = 7
    twist: Callable[[Events], Events] = lambda page: page
    fail_at: int = -1
    exchange: str = "exam"
    asked: list[tuple[int, int]] = field(default_factory=list)

    def _found(self, start_ns: int, end_ns: int) -> Events:
        self.asked.append((start_ns, end_ns))
        if len(self.asked) - 1 == self.fail_at:
            raise ExchangeUnavailable("the line broke", where="exam")
        return self.truth.between(start_ns, end_ns)

    async def funding(self, instrument: InstrumentId, start_ns: int, end_ns: int) -> Events:
        return self.twist(self._found(start_ns, end_ns).take(slice(0, self.page)))

    async def trades(
        self, instrument: InstrumentId, start_ns: int, end_ns: int, *, after_id: int | None = None
    ) -> Trades:
        found = self._found(start_ns, end_ns)
        found = found if after_id is None else found.where(found["trade_id"] > after_id)
        return trades_of(self.twist(found.take(slice(0, self.page))))

    async def quote(self, instrument: InstrumentId) -> Events:
        return self.truth.take(slice(0, 1))

    async def book(self, instrument: InstrumentId, levels: int) -> Events:
        return self.truth.where(self.truth.ts_ns == self.truth.ts_ns[0])


def at(kind: SeriesKind, number: int) -> int:
    return START_NS + number * STEP_NS[kind]


def fetched(
    lake: ParquetLake, exchange: Exchange, first: int, last: int, *, now_ns: int = LATE, **how: object
) -> FetchReport:
    kind = exchange.truth.key.kind
    return asyncio.run(
        fetch_events(
            exchange, lake, Clock(now_ns), exchange.truth.key, at(kind, first), at(kind, last), **how  # type: ignore[arg-type]
        )
    )  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> ParquetLake:
    return ParquetLake(tmp_path / "lake")


@pytest.mark.parametrize("kind", ["trades", "funding"])
@pytest.mark.parametrize("pages_per_write", [1, 3, 50])
def test_all_of_a_range_arrives_once_and_typing_it_again_asks_nothing(
    lake: ParquetLake, kind: SeriesKind, pages_per_write: int
) -> None:
    truth = example_events(kind, 0, 60)
    exchange = Exchange(truth)
    report = fetched(lake, exchange, 5, 50, pages_per_write=pages_per_write)
    assert lake.read_events(truth.key).content_hash() == example_events(kind, 5, 50).content_hash()
    assert (report.inserted, report.revised, report.unchanged) == (45, 0, 0)
    assert list(lake.fetched(truth.key)) == [(at(kind, 5), at(kind, 50))]
    asked = len(exchange.asked)
    assert fetched(lake, exchange, 5, 50).pages == 0
    assert len(exchange.asked) == asked
    fetched(lake, exchange, 0, 60)
    assert lake.read_events(truth.key).content_hash() == truth.content_hash()
    assert all(start < at(kind, 5) or end > at(kind, 50) for start, end in exchange.asked[asked:])


@dataclass
class LatePublisher(Exchange):
    """Publishes each rate some milliseconds after its time, as exchanges do, and filters by when it published."""

    async def funding(self, instrument: InstrumentId, start_ns: int, end_ns: int) -> Events:
        late = Events(FUNDING, {**self.truth.columns, "ts_ns": self.truth.ts_ns + 17_000_000}, 2, 6)
        found = late.between(start_ns, end_ns).take(slice(0, self.page))
        self.asked.append((start_ns, end_ns))
        return Events(FUNDING, {**found.columns, "ts_ns": nominal_times(found.ts_ns)}, 2, 6)


def test_rates_published_late_arrive_once_and_the_last_one_is_the_end(lake: ParquetLake) -> None:
    truth = example_events("funding", 0, 60)
    report = fetched(lake, LatePublisher(truth), 0, 60)
    assert (report.inserted, report.unchanged) == (60, 0)
    assert lake.read_events(FUNDING).content_hash() == truth.content_hash()


@pytest.mark.parametrize("kind", ["trades", "funding"])
def test_what_was_answered_before_a_failure_is_stored_and_the_rest_is_asked_later(
    lake: ParquetLake, kind: SeriesKind
) -> None:
    truth = example_events(kind, 0, 60)
    broken = Exchange(truth, fail_at=4)
    with pytest.raises(ExchangeUnavailable):
        fetched(lake, broken, 0, 60)
    assert len(lake.read_events(truth.key)) == 4 * broken.page
    ((start, end),) = lake.fetched(truth.key)
    assert (start, end) == (at(kind, 0), int(truth.ts_ns[4 * broken.page - 1]) + (kind == "funding"))
    whole = Exchange(truth)
    fetched(lake, whole, 0, 60)
    assert lake.read_events(truth.key).content_hash() == truth.content_hash()
    assert min(start for start, _ in whole.asked) == end


@pytest.mark.parametrize("kind", ["trades", "funding"])
def test_pages_replayed_shuffled_and_twice_count_once(lake: ParquetLake, kind: SeriesKind) -> None:
    random, truth = np.random.default_rng(1), example_events(kind, 0, 60)

    def replayed(page: Events) -> Events:
        return page.take(random.permutation(np.repeat(np.arange(len(page)), 2)))

    report = fetched(lake, Exchange(truth, twist=replayed), 0, 60)
    assert (report.inserted, report.refused) == (60, ())
    assert lake.read_events(truth.key).content_hash() == truth.content_hash()


def test_rows_that_are_not_believed_are_quarantined_and_the_others_kept(lake: ParquetLake) -> None:
    truth = example_events("funding", 0, 20)
    absurd = Events(FUNDING, {**truth.columns, "rate": truth["rate"].copy()}, 2, 6)
    absurd["rate"][3] = 5_000_000
    report = fetched(lake, Exchange(absurd), 0, 20)
    assert [row.reason for row in report.refused] == ["the rate 5 is not between -1 and 1"]
    assert [row.place for row in lake.quarantined(FUNDING)] == ["rate of 2024-01-01T16:00:00Z"]
    assert [(gap.bars, gap.kind) for gap in lake.coverage(FUNDING).gaps] == [(1, GapKind.UNKNOWN)]


def test_a_corrected_rate_is_a_revision_seen_by_asking_again(lake: ParquetLake) -> None:
    fetched(lake, Exchange(example_events("funding", 0, 20)), 0, 20)
    corrected = Exchange(example_events("funding", 0, 20, shift=1))
    assert fetched(lake, corrected, 0, 20).revised == 0
    assert fetched(lake, corrected, 0, 20, again=True).revised == 20


def test_the_newest_seconds_are_not_asked_for_and_not_called_empty(lake: ParquetLake) -> None:
    truth = example_events("trades", 0, 60)
    now_ns = at("trades", 30) + 5_000_000_000
    fetched(lake, Exchange(truth), 0, 60, now_ns=now_ns)
    assert list(lake.fetched(TRADES)) == [(at("trades", 0), now_ns - SETTLING_NS)]
    assert len(lake.read_events(TRADES)) == 30
    fetched(lake, Exchange(truth), 0, 60)
    assert len(lake.read_events(TRADES)) == 60


def test_progress_ends_where_it_was_planned(lake: ParquetLake) -> None:
    steps: list[FetchProgress] = []
    fetched(lake, Exchange(example_events("trades", 0, 60)), 0, 60, progress=steps.append)
    assert [step.pages for step in steps] == list(range(1, 10))
    assert all(step.planned >= step.pages for step in steps)
    assert (steps[-1].bars, steps[-1].planned) == (60, 10)


def test_missing_rates_are_asked_again_and_nothing_else(lake: ParquetLake) -> None:
    truth = example_events("funding", 0, 40)
    kept = np.ones(40, np.bool_)
    kept[[10, 11, 25]] = False
    fetched(lake, Exchange(truth.where(kept)), 0, 40)
    assert sum(gap.bars for gap in lake.coverage(FUNDING).gaps) == 3
    exchange = Exchange(truth)
    report = asyncio.run(repair_events(exchange, lake, Clock(), FUNDING))  # type: ignore[arg-type]
    assert (report.asked, report.filled, report.gaps) == (2, 3, ())
    assert {at("funding", 10), at("funding", 25)} <= {start for start, _ in exchange.asked}
    assert lake.read_events(FUNDING).content_hash() == truth.content_hash()


@pytest.mark.parametrize("kind", ["quotes", "book"])
def test_the_present_is_taken_down_once_per_call_and_claims_nothing_of_the_time_between(
    lake: ParquetLake, kind: SeriesKind
) -> None:
    for number in (0, 5, 5):
        exchange = Exchange(example_events(kind, number, number + 1))
        asyncio.run(take_down(exchange, lake, exchange.truth.key))  # type: ignore[arg-type]
    truth = example_events(kind, 0, 6)
    expected = truth.where((truth.ts_ns == at(kind, 0)) | (truth.ts_ns == at(kind, 5)))
    assert lake.read_events(truth.key).content_hash() == expected.content_hash()
    assert lake.coverage(truth.key).gaps == ()
    assert list(lake.fetched(truth.key)) == []
