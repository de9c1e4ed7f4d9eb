"""Fetching into a project, from a practice exchange whose time is not ours."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from tests.adapters.exchanges.surroundings import JumpingClock
from tests.data import xrp_eth
from tests.data import xrp_perpetual as xrp
from tests.data.btc_usd_on_coinbase import PRODUCTS
from tests.data.btc_usd_on_coinbase import candles as coinbase_candles
from tickwright.adapters.exchanges import SharedRateBudget, open_market_data, open_rate_budget
from tickwright.adapters.sandbox.clock import ExchangeClock, SteppedClock
from tickwright.adapters.sandbox.faults import Answer, Proceed
from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.adapters.sandbox.process import SandboxOptions, SandboxProcess
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.adapters.wall_clock import WallClock
from tickwright.bootstrap.fetch import SERIES_AT_A_TIME, fetch, fetch_all, listed_instruments
from tickwright.bootstrap.fetch_wishes import FetchWish, fetch_wishes
from tickwright.bootstrap.instruments import InstrumentNote, note_instrument
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import SeriesKey, SeriesKind
from tickwright.domain.errors import ExchangeError, UnknownSymbol
from tickwright.domain.events import trades_of
from tickwright.domain.instrument import Instrument, InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY, MILLISECOND, MINUTE, iso, parse_instant
from tickwright.ingest.candles_from_trades import candles_from_trades
from tickwright.settings import Settings

BTC = InstrumentId("binance", "BTC", "USDT")
HOUR = Timeframe.parse("1h")
START = parse_instant("2024-05-30")


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shared request budget lies in the test's own folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_now_is_the_exchange_s_and_what_it_has_not_lived_yet_is_no_hole(tmp_path: Path) -> None:
    """Our clock is far ahead of the exchange's: nothing beyond its noon may count as asked for."""
    project, key = Project(tmp_path / "project"), SeriesKey(BTC, HOUR)
    for noon in ("2024-06-01T12:00:00Z", "2024-06-02T12:00:00Z"):
        with SandboxProcess(SandboxOptions(now=noon)) as exchange:
            fetched = fetch(project, [BTC], HOUR, START, None, url=exchange.url)[0]
        closed = parse_instant(noon) - HOUR.length_ns  # the one that ended this very second may come later
        assert project.store.fetched(key)[-1][1] in (closed, closed + HOUR.length_ns)
        assert fetched.gaps == ()
    stored = project.store.read(key)
    truth = bundled_candles("BTC/USDT").between(START, int(stored.open_time_ns[-1]) + 1)
    assert stored.content_hash() == truth.content_hash()


def test_an_unknown_symbol_is_told_and_the_others_are_fetched(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    with SandboxProcess() as exchange, pytest.raises(UnknownSymbol, match="BTC/USDD"):
        fetch(project, [BTC, InstrumentId("binance", "BTC", "USDD")], HOUR, START, None, url=exchange.url)
    assert [str(key) for key in project.store.keys()] == ["binance:BTC/USDT candles 1h"]  # noqa: SIM118


@dataclass
class Gate:
    """Holds answers back until so many wait side by side; remembers the most that ever did."""

    opens_at: int
    waiting: int = 0
    most: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def strike(self, request: web.Request, proceed: Proceed, clock: ExchangeClock) -> web.StreamResponse:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        if self.waiting >= self.opens_at:
            self.opened.set()
        await self.opened.wait()
        answer = await proceed()
        self.waiting -= 1
        return answer


@contextmanager
def served(*servers: SandboxServer) -> Iterator[None]:
    """Practice exchanges that listen in a thread of their own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        for server in servers:
            asyncio.run_coroutine_threadsafe(server.start(), loop).result()
        yield
    finally:
        for server in servers:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def wish(server: SandboxServer, timeframe: str, *symbols: str, days: int = 3) -> FetchWish:
    """The newest days of these symbols at a server."""
    name = server.dialect.exchange
    end = server.clock.now_ns()
    instruments = tuple(InstrumentId.parse(symbol, exchange=name) for symbol in symbols)
    return FetchWish(instruments, Timeframe.parse(timeframe), end - days * DAY, end, server.url)


FRAMES = ("1h", "2h", "4h", "6h", "8h", "12h", "1d")


def test_series_and_exchanges_are_asked_side_by_side_within_a_bound(tmp_path: Path) -> None:
    """No answer leaves before eight of one exchange and two of another wait: one after the other would never end."""
    binance, coinbase = SandboxServer(), SandboxServer([coinbase_candles()], info=PRODUCTS)
    gates = Gate(SERIES_AT_A_TIME), Gate(2)
    binance.faults.add(gates[0], "/api/v3/klines", times=None)
    coinbase.faults.add(gates[1], "*/candles", times=None)
    project = Project(tmp_path / "project")
    told: dict[SeriesKey, tuple[int, int]] = {}
    with served(binance, coinbase):
        wishes = [wish(binance, frame, "BTC/USDT", "ETH/USDT") for frame in FRAMES]
        wishes += [wish(coinbase, frame, "BTC/USD", days=1) for frame in ("1m", "5m")]
        outcomes = fetch_all(project, wishes, progress=lambda key, done, of: told.update({key: (done, of)}))
    assert [str(outcome.key) for outcome in outcomes] == [str(key) for one in wishes for key in one.keys]
    assert [outcome.failure for outcome in outcomes] == [None] * 16
    assert (gates[0].most, gates[1].most) == (SERIES_AT_A_TIME, 2)
    assert set(told) == {outcome.key for outcome in outcomes}
    assert all(done == of for done, of in told.values())
    hours = project.store.read(SeriesKey(BTC, HOUR))
    (first,) = wishes[0].keys[:1]
    truth = bundled_candles("BTC/USDT").between(int(hours.open_time_ns[0]), int(hours.open_time_ns[-1]) + 1)
    assert first == SeriesKey(BTC, HOUR)
    assert hours.content_hash() == truth.content_hash()


def test_a_series_that_fails_stops_no_other_and_comes_with_the_next_call(tmp_path: Path) -> None:
    server = SandboxServer()
    refusal = Answer(400, '{"code": -1100, "msg": "Illegal characters"}')
    server.faults.add(refusal, "/api/v3/klines", query={"symbol": "ETHUSDT", "interval": "4h"}, times=None)
    project = Project(tmp_path / "project")
    with served(server):
        wishes = [wish(server, frame, "BTC/USDT", "ETH/USDT") for frame in ("1h", "4h")]
        first = fetch_all(project, wishes)
        server.faults.clear()
        asked = len(server.requests)
        again = fetch_all(project, wishes)
        klines = [request.query for request in list(server.requests)[asked:] if "klines" in request.path]
    assert [outcome.fetched is not None for outcome in first] == [True, True, True, False]
    assert isinstance(first[3].failure, ExchangeError)
    assert first[3].document()["error"]["code"].startswith("EXCHANGE")
    assert [outcome.failure for outcome in again] == [None] * 4
    assert len(klines) == 1  # only what failed is asked for again
    assert "ETHUSDT" in klines[0]


def test_an_exchange_that_refuses_everything_fails_its_own_series_only(tmp_path: Path) -> None:
    binance, coinbase = SandboxServer(), SandboxServer([coinbase_candles()], info=PRODUCTS)
    binance.faults.add(Answer(400, '{"code": -1100, "msg": "no"}'), "/api/v3/exchangeInfo", times=None)
    project = Project(tmp_path / "project")
    with served(binance, coinbase):
        wishes = [wish(binance, "1h", "BTC/USDT", "ETH/USDT"), wish(coinbase, "1m", "BTC/USD", days=1)]
        outcomes = fetch_all(project, wishes)
    assert [outcome.failure is None for outcome in outcomes] == [False, False, True]
    assert [str(key) for key in project.store.keys()] == ["coinbase:BTC/USD candles 1m"]  # noqa: SIM118


def test_a_fetch_that_was_interrupted_goes_on_where_it_was(tmp_path: Path) -> None:
    server = SandboxServer()
    project = Project(tmp_path / "project")

    def interrupt(key: SeriesKey, done: int, _planned: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with served(server):
        wishes = [wish(server, "1h", "BTC/USDT", "ETH/USDT", days=400)]  # ten pages each
        with pytest.raises(KeyboardInterrupt):
            fetch_all(project, wishes, progress=interrupt)
        kept = {key: len(project.store.read(key)) for key in project.store.keys()}  # noqa: SIM118
        outcomes = fetch_all(project, wishes)
    assert kept
    for outcome in outcomes:
        assert outcome.fetched is not None
        assert outcome.fetched.report.inserted == outcome.fetched.rows - kept.get(outcome.key, 0)
        stored = project.store.read(outcome.key)
        truth = bundled_candles(outcome.key.instrument.symbol)
        span = int(stored.open_time_ns[0]), int(stored.open_time_ns[-1]) + 1
        assert stored.content_hash() == truth.between(*span).content_hash()


PERPETUAL_SERIES: tuple[tuple[Timeframe | None, SeriesKind], ...] = (
    (xrp.FIVE, "candles"), (xrp.EIGHT, "mark"), (None, "funding"), (None, "quotes"), (None, "book"),
)  # fmt: skip


@pytest.fixture
async def perpetuals() -> AsyncIterator[str]:
    """The address of an exchange of perpetuals."""
    more = [xrp.marks(), xrp.funding(), xrp.quote(), xrp.book()]
    clock = SteppedClock(xrp.END)
    async with SandboxServer([xrp.candles()], more=more, info=xrp.EXCHANGE_INFO, clock=clock) as server:
        yield server.url


async def test_every_kind_of_a_perpetual_is_fetched_and_fetched_again_asks_only_what_is_new(
    perpetuals: str, tmp_path: Path
) -> None:
    """Candles, mark prices, rates, a quote and a book, each into its own series, through the unmodified client."""
    project = Project(tmp_path / "project")
    start = parse_instant("2021-11-15")
    wishes = [FetchWish((xrp.XRP,), frame, start, None, perpetuals, kind) for frame, kind in PERPETUAL_SERIES]
    outcomes = await asyncio.to_thread(fetch_all, project, wishes)
    assert [outcome.failure for outcome in outcomes] == [None] * 5
    found = [outcome.fetched.report.inserted for outcome in outcomes if outcome.fetched is not None]
    assert found == [1999, 91, 91, 1, 6]
    store = project.store
    assert store.read(xrp.marks().key).content_hash() == xrp.marks().content_hash()
    assert store.read_events(xrp.funding().key).content_hash() == xrp.funding().content_hash()
    assert store.read_events(xrp.book().key).content_hash() == xrp.book().content_hash()
    again = await asyncio.to_thread(fetch_all, project, wishes)
    pages = [outcome.fetched.report.pages for outcome in again if outcome.fetched is not None]
    assert pages[2] == 0
    assert store.coverage(xrp.funding().key).gaps == ()
    known = project.catalogue.find(xrp.XRP)
    assert known is not None
    assert known.kind == "perpetual"


async def test_trades_are_fetched_by_their_ids_and_make_the_exchange_s_own_candles(tmp_path: Path) -> None:
    project, key = Project(tmp_path / "project"), SeriesKey(xrp_eth.XRP_ETH, None, "trades")
    clock = SteppedClock(parse_instant("2019-10-14"))
    async with SandboxServer(
        [xrp_eth.candles()], trades=[xrp_eth.trades()], info=xrp_eth.EXCHANGE_INFO, clock=clock
    ) as server:
        wish = FetchWish((xrp_eth.XRP_ETH,), None, parse_instant("2019-10-11"), None, server.url, "trades")
        (outcome,) = await asyncio.to_thread(fetch_all, project, [wish])
        assert outcome.failure is None
        (again,) = await asyncio.to_thread(fetch_all, project, [wish])
    assert again.fetched is not None
    assert again.fetched.report.inserted == 0
    made = candles_from_trades(trades_of(project.store.read_events(key)), xrp_eth.ONE_MINUTE)
    assert made.content_hash() == xrp_eth.candles().content_hash()
    assert not list(project.store.verify(deep=True))


def klines(server: SandboxServer) -> list[dict[str, str]]:
    """The questions for candles that reached a server."""
    asked = [request.query for request in server.requests if request.path.endswith("klines")]
    return [dict(parse_qsl(query)) for query in asked]


def test_a_series_is_asked_for_within_its_listing_only(tmp_path: Path) -> None:
    server, project = SandboxServer(), Project(tmp_path / "project")
    end = server.clock.now_ns()
    listed, delisted = HOUR.floor(end - 3 * DAY), HOUR.floor(end - 1 * DAY)
    note = InstrumentNote(tick="0.01", listed=iso(listed), delisted=iso(delisted))
    note_instrument(project, BTC, note)
    known = project.catalogue.find(BTC)
    assert known is not None
    with served(server):
        (outcome,) = fetch_all(project, [wish(server, "1h", "BTC/USDT", days=30)])
    (asked,) = klines(server)
    assert int(asked["startTime"]) == listed // MILLISECOND
    relisted = project.catalogue.find(BTC)
    assert relisted is not None  # the exchange lists it now: the note's delisting became a pause
    assert [start for start, _ in relisted.pauses] == [delisted]
    assert outcome.fetched is not None
    assert outcome.fetched.gaps == ()


def test_a_renamed_symbol_s_history_is_joined_when_that_is_asked_for(tmp_path: Path) -> None:
    server, project = SandboxServer(), Project(tmp_path / "project")
    renamed = HOUR.floor(server.clock.now_ns() - 2 * DAY)
    note = InstrumentNote(tick="0.01", listed=iso(renamed), formerly="ETH/USDT", renamed=iso(renamed))
    note_instrument(project, BTC, note)
    with served(server):
        asked = wish(server, "1h", "BTC/USDT", days=5)
        (alone,) = fetch_all(project, [asked])
        (joined,) = fetch_all(project, [replace(asked, join_former=True)])
    assert alone.fetched is not None
    assert joined.fetched is not None
    assert alone.fetched.first_ns == renamed
    stored = project.store.read(SeriesKey(BTC, HOUR))
    first = int(stored.open_time_ns[0])
    assert first < renamed - 2 * DAY
    ether = bundled_candles("ETH/USDT").between(first, renamed)
    assert stored.between(first, renamed).prices("close").tolist() == ether.prices("close").tolist()
    after = bundled_candles("BTC/USDT").between(renamed, int(stored.open_time_ns[-1]) + 1)
    assert stored.between(renamed, 2**62).prices("close").tolist() == after.prices("close").tolist()
    assert joined.fetched.gaps == ()


def test_a_symbol_that_left_the_exchange_s_own_list_is_delisted_and_a_sandbox_s_list_says_nothing(tmp_path) -> None:
    server, project = SandboxServer(), Project(tmp_path / "project")
    gone = InstrumentId("binance", "GONE", "USDT")
    note_instrument(project, gone, InstrumentNote(tick="0.01"))
    with served(server):
        (outcome,) = fetch_all(project, [wish(server, "1h", "GONE/USDT")])
    assert isinstance(outcome.failure, UnknownSymbol)
    known = project.catalogue.find(gone)
    assert known is not None
    assert known.status == "trading"

    async def heard(exchange: SandboxServer) -> Instrument | UnknownSymbol:
        wall = WallClock()
        data = open_market_data("binance", base_url=exchange.url, rate_budget=open_rate_budget(wall), clock=wall)
        try:
            return (await listed_instruments(project, data, [gone], wall, lists_all=True))[gone]
        finally:
            await data.close()

    other = SandboxServer()
    with served(other):
        failure = asyncio.run(heard(other))
    assert isinstance(failure, UnknownSymbol)
    assert "no longer lists GONE/USDT" in str(failure)
    known = project.catalogue.find(gone)
    assert known is not None
    assert known.status == "delisted"


def wished(project: Project, symbols: list[str], kinds: list[SeriesKind], for_strategy: str | None) -> list[str]:
    wishes = fetch_wishes(
        project, Settings(), for_strategy, [], symbols, ["1h"], kinds, "2024-01-01", "2024-02-01", None, None
    )
    return [str(key) for wish in wishes for key in wish.keys]


def test_a_strategy_on_contracts_is_given_their_marks_and_rates_too(tmp_path: Path) -> None:
    project, symbols = Project(tmp_path), ["BTC/USDT", "BTC/USDT:USDT"]
    assert wished(project, symbols, [], "SmaCross") == [
        "binance:BTC/USDT candles 1h",
        "binance:BTC/USDT:USDT candles 1h",
        "binance:BTC/USDT:USDT mark 1h",
        "binance:BTC/USDT:USDT funding",
    ]
    assert wished(project, symbols, [], None) == ["binance:BTC/USDT candles 1h", "binance:BTC/USDT:USDT candles 1h"]
    assert wished(project, symbols[1:], ["trades", "index"], None) == [
        "binance:BTC/USDT:USDT trades",
        "binance:BTC/USDT:USDT index 1h",
    ]


def test_many_series_at_once_stay_inside_the_exchange_s_weight_of_every_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fourteen series against an exchange of 60 a minute, of which 48 may be spent; waiting takes no time here."""
    now = parse_instant("2024-06-01T12:30:00Z")
    exchange_clock = SteppedClock(now)
    server, project = SandboxServer(clock=exchange_clock, weight_limit=60), Project(tmp_path / "project")
    clock = JumpingClock(now, exchange_clock)
    budget = SharedRateBudget(tmp_path / "budget.sqlite", clock, limits={"binance": 60})
    monkeypatch.setattr("tickwright.bootstrap.fetch.WallClock", lambda: clock)
    monkeypatch.setattr("tickwright.bootstrap.fetch.open_rate_budget", lambda _: budget)
    with served(server):
        wishes = [wish(server, frame, "BTC/USDT", "ETH/USDT", days=90) for frame in FRAMES]
        outcomes = fetch_all(project, wishes)
    assert [outcome.failure for outcome in outcomes] == [None] * 14
    weights = {"klines": 2, "exchangeInfo": 20, "time": 1}
    spent = [(request.ts_ns, weights[request.path.rpartition("/")[2]]) for request in server.requests]
    assert sum(weight for _, weight in spent) > 60  # more than a minute allows
    for start, _ in spent:
        assert sum(weight for at, weight in spent if start <= at < start + MINUTE) <= 48
    assert clock.sleeps
