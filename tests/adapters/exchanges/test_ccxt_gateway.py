"""The gateway against the real server: exact candles, closed candles, honest errors."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import orjson
import pytest

from tests.adapters.exchanges.surroundings import BTC, HOUR, NOON, JumpingClock, gateway
from tickwright.adapters.exchanges import CcxtMarketData, open_market_data
from tickwright.adapters.exchanges.venues.binance import Binance
from tickwright.adapters.sandbox.faults import Answer, Drop, Rewrite, Truncate, html_page
from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.adapters.sandbox.process import SandboxProcess
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.adapters.wall_clock import WallClock
from tickwright.domain.errors import (
    BadResponse,
    ExchangeError,
    ExchangeUnavailable,
    NotOffered,
    RateLimited,
    RequestRefused,
    SettingsError,
    UnknownSymbol,
)
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import HOUR as HOUR_NS
from tickwright.domain.timestamp import MINUTE, parse_instant

YEAR = parse_instant("2024-01-01")
KLINES = "/api/v3/klines"


async def test_candles_equal_the_history_to_the_last_digit(market: CcxtMarketData) -> None:
    bars = await market.candles(BTC, HOUR, YEAR, YEAR + 1000 * HOUR_NS)
    truth = bundled_candles("BTC/USDT").between(YEAR, YEAR + 1000 * HOUR_NS)
    assert len(bars) == 1000
    assert bars.content_hash() == truth.content_hash()


async def test_a_page_is_cut_at_the_page_limit_from_its_start(market: CcxtMarketData) -> None:
    bars = await market.candles(BTC, HOUR, YEAR, YEAR + 5000 * HOUR_NS)
    assert len(bars) == market.page_limit == 1000
    assert int(bars.open_time_ns[0]) == YEAR


async def test_the_end_is_not_included_and_a_start_off_the_grid_rounds_up(market: CcxtMarketData) -> None:
    bars = await market.candles(BTC, HOUR, YEAR + 1, YEAR + 3 * HOUR_NS)
    assert bars.open_time_ns.tolist() == [YEAR + HOUR_NS, YEAR + 2 * HOUR_NS]


async def test_a_range_that_holds_no_open_time_asks_for_no_candles(
    market: CcxtMarketData, server: SandboxServer
) -> None:
    assert len(await market.candles(BTC, HOUR, YEAR + 1, YEAR + HOUR_NS)) == 0
    assert KLINES not in [request.path for request in server.requests]


async def test_a_number_where_text_is_promised_is_named_with_its_place(
    market: CcxtMarketData, server: SandboxServer
) -> None:
    server.faults.add(row_with(4, 42000.5), KLINES, times=None)
    with pytest.raises(BadResponse, match=r"the close of candle 1 is 42000\.5; expected decimal text"):
        await market.candles(BTC, HOUR, YEAR, YEAR + 3 * HOUR_NS)


async def test_an_outage_of_the_exchange_stays_a_hole(market: CcxtMarketData) -> None:
    start, end = parse_instant("2018-02-08"), parse_instant("2018-02-10")
    bars = await market.candles(BTC, HOUR, start, end)
    assert len(bars) == bundled_candles("BTC/USDT").between(start, end).open_time_ns.size == 48 - 33


async def test_before_the_listing_there_is_nothing(market: CcxtMarketData) -> None:
    assert len(await market.candles(BTC, HOUR, parse_instant("2016-01-01"), parse_instant("2016-02-01"))) == 0


async def test_the_forming_candle_is_left_out_until_the_exchange_says_its_time_has_come(
    market: CcxtMarketData, clock: JumpingClock
) -> None:
    clock.advance(30 * MINUTE)
    early = await market.candles(BTC, HOUR, NOON - HOUR_NS, NOON + 2 * HOUR_NS)
    clock.advance(31 * MINUTE)
    late = await market.candles(BTC, HOUR, NOON - HOUR_NS, NOON + 2 * HOUR_NS)
    assert early.open_time_ns.tolist() == [NOON - HOUR_NS]
    assert late.open_time_ns.tolist() == [NOON - HOUR_NS, NOON]
    assert late.content_hash() == bundled_candles("BTC/USDT").between(NOON - HOUR_NS, NOON + HOUR_NS).content_hash()


async def test_the_exchange_s_clock_decides_and_not_ours(server: SandboxServer, tmp_path: Path) -> None:
    fast = JumpingClock(NOON + 24 * HOUR_NS)
    market = gateway(server, tmp_path, fast)
    bars = await market.candles(BTC, HOUR, NOON - 2 * HOUR_NS, NOON + 2 * HOUR_NS)
    await market.close()
    assert bars.open_time_ns.tolist() == [NOON - 2 * HOUR_NS]  # the one that ends this second is left out, too


class Timeless(Binance):
    """An exchange that cannot be asked for its time."""

    def tells_time(self, client: object) -> bool:
        return False


async def test_the_date_of_an_answer_serves_where_the_exchange_cannot_be_asked_for_its_time(
    server: SandboxServer, clock: JumpingClock, tmp_path: Path
) -> None:
    clock.advance(30 * MINUTE)
    clock.run_ahead(24 * HOUR_NS)
    market = gateway(server, tmp_path, clock, venue=Timeless())
    bars = await market.candles(BTC, HOUR, NOON - HOUR_NS, NOON + 2 * HOUR_NS)
    await market.close()
    assert bars.open_time_ns.tolist() == [NOON - HOUR_NS]
    assert [request.path for request in server.requests if request.path.endswith("time")] == []


@pytest.mark.parametrize("named", ["1e18", "0", "-1", '"1717243200000"', "true", "null", "1717243200000000"])
async def test_a_time_that_cannot_be_is_not_believed(market: CcxtMarketData, server: SandboxServer, named: str) -> None:
    """Microseconds taken for milliseconds would make every forming candle look closed."""
    server.faults.add(Answer(200, f'{{"serverTime": {named}}}'), "*/time", times=None)
    with pytest.raises(BadResponse, match="time"):
        await market.exchange_clock()


async def test_a_ban_named_by_the_exchange_s_clock_is_kept_by_ours(
    server: SandboxServer, clock: JumpingClock, tmp_path: Path
) -> None:
    """Our clock runs a day ahead: a ban until 13:00 there ends in an hour, not a day ago."""
    clock.run_ahead(24 * HOUR_NS)
    market = gateway(server, tmp_path, clock)
    await market.exchange_clock()
    until_ms = (NOON + HOUR_NS) // 1_000_000
    server.faults.add(Answer(418, f'{{"code":-1003,"msg":"IP banned until {until_ms}."}}'), KLINES)
    with pytest.raises(RateLimited) as caught:
        await market.candles(BTC, HOUR, YEAR, YEAR + HOUR_NS)
    await market.close()
    assert caught.value.retry_at_ns == NOON + 25 * HOUR_NS


async def test_a_page_of_the_past_asks_for_no_time(market: CcxtMarketData, server: SandboxServer) -> None:
    for _ in range(2):
        await market.candles(BTC, HOUR, YEAR, YEAR + 10 * HOUR_NS)
    paths = [request.path for request in server.requests]
    assert paths.count("/api/v3/time") == 1
    assert paths.count(KLINES) == 2


async def test_instruments_carry_the_exchange_s_own_filters(market: CcxtMarketData) -> None:
    btc, eth = await market.instruments()
    assert (str(btc.id), str(eth.id)) == ("binance:BTC/USDT", "binance:ETH/USDT")
    rules = btc.rules_at(NOON)
    assert (rules.tick, rules.lot, rules.min_notional) == (Decimal("0.01"), Decimal("0.00001"), Decimal(5))
    assert (rules.min_quantity, rules.max_quantity) == (Decimal("0.00001"), Decimal(9000))
    assert (btc.maker_fee, btc.taker_fee, btc.status) == (Decimal("0.001"), Decimal("0.001"), "trading")
    assert NOON - MINUTE < rules.valid_from_ns <= NOON


async def test_a_halted_symbol_says_so(market: CcxtMarketData, server: SandboxServer) -> None:
    server.faults.add(Rewrite(lambda body: body.replace(b'"TRADING"', b'"BREAK"')), "*/exchangeInfo")
    assert {one.status for one in await market.instruments()} == {"halted"}


async def test_a_missing_filter_is_not_guessed(market: CcxtMarketData, server: SandboxServer) -> None:
    server.faults.add(Rewrite(lambda body: body.replace(b"PRICE_FILTER", b"OTHER")), "*/exchangeInfo")
    with pytest.raises(BadResponse, match="tickSize"):
        await market.instruments()


async def test_an_unknown_symbol_names_its_neighbours(market: CcxtMarketData) -> None:
    with pytest.raises(UnknownSymbol, match=r"does not list BTC/USDC.*expected BTC/USDT"):
        await market.candles(InstrumentId("binance", "BTC", "USDC"), HOUR, YEAR, YEAR + HOUR_NS)


@pytest.mark.parametrize("timeframe", ["7h", "3d"])
async def test_a_timeframe_that_is_not_offered_lists_those_that_are(market: CcxtMarketData, timeframe: str) -> None:
    with pytest.raises(NotOffered, match=rf"no {timeframe} candles; expected .*1m.*1h.*1w"):
        await market.candles(BTC, Timeframe.parse(timeframe), YEAR, YEAR + 30 * 24 * HOUR_NS)


async def test_a_refusal_carries_the_exchange_s_words_and_is_not_repeated(
    market: CcxtMarketData, server: SandboxServer
) -> None:
    with pytest.raises(RequestRefused, match="Invalid interval"):
        await market.candles(BTC, Timeframe.parse("1m"), YEAR, YEAR + HOUR_NS)
    assert [request.path for request in server.requests].count(KLINES) == 1


async def test_an_unknown_exchange_names_its_neighbours(
    tmp_path: Path, clock: JumpingClock, server: SandboxServer
) -> None:
    market = gateway(server, tmp_path, clock, exchange="binanse")
    with pytest.raises(NotOffered, match=r"'binanse'; expected .*binance"):
        await market.instruments()


def test_an_address_that_is_none_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="such as http://"):
        open_market_data("binance", base_url="localhost:80", rate_budget=None, clock=WallClock())  # type: ignore[arg-type]


def row_with(field: int, value: object) -> Rewrite:
    """The exchange's answer with one field of the second candle changed."""

    def change(body: bytes) -> bytes:
        rows = orjson.loads(body)
        rows[1][field] = value
        return orjson.dumps(rows)

    return Rewrite(change)


UNREADABLE = {
    "a page with status 200": html_page(),
    "a text": Answer(200, '"maintenance"'),
    "an object": Answer(200, "{}"),
    "an empty body": Answer(200, ""),
    "null": Answer(200, "null"),
    "cut JSON": Rewrite(lambda body: body[:-20]),
    "a cut body": Truncate(200),
    "a row of five": Answer(200, '[[1704067200000,"1","1","1","1"]]'),
    "rows of numbers": Answer(200, "[1,2,3]"),
    "a bare NaN": Rewrite(lambda body: body.replace(b'"42', b"NaN,42", 1)),
    "NaN in text": row_with(4, "NaN"),
    "infinity in text": row_with(4, "Infinity"),
    "a number where text is promised": row_with(4, 42000.5),
    "1e308": row_with(4, "1e308"),
    "true for a time": row_with(0, True),
    "a time in text": row_with(0, "1704067200000"),
    "a time beyond 64 bits": row_with(0, 10**18),
    "null for a price": row_with(2, None),
    "words for a price": row_with(2, "n/a"),
    "compressed garbage": Answer(200, b"\x1f\x8b\x00garbage", headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("spoiled", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_an_unreadable_answer_is_one_sentence_and_never_data(
    market: CcxtMarketData, server: SandboxServer, spoiled: Answer
) -> None:
    server.faults.add(spoiled, KLINES, times=None)
    with pytest.raises(ExchangeError) as caught:
        await market.candles(BTC, HOUR, YEAR, YEAR + 3 * HOUR_NS)
    assert isinstance(caught.value, BadResponse)
    assert "\n" not in str(caught.value)
    assert "binance:BTC/USDT 1h" in str(caught.value)


@pytest.mark.parametrize("spoiled", [html_page(), Answer(200, "[]"), Answer(200, '{"symbols": []}')])
async def test_an_exchange_that_lists_nothing_is_not_believed(
    market: CcxtMarketData, server: SandboxServer, spoiled: Answer
) -> None:
    server.faults.add(spoiled, "*/exchangeInfo", times=None)
    with pytest.raises(BadResponse):
        await market.candles(BTC, HOUR, YEAR, YEAR + HOUR_NS)


PASSING = {
    "a reset connection": Drop(),
    "a reset connection after the work was done": Drop(executed=True),
    "a bad gateway": Answer(502, "<html>bad gateway</html>", "text/html"),
    "an overloaded service": Answer(503, '{"code":-1008,"msg":"Server is currently overloaded."}'),
    "an internal error": Answer(500, '{"code":-1001,"msg":"Internal error."}'),
    "a page with status 200": html_page(),
    "a cut body": Truncate(100),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
async def test_a_passing_failure_is_asked_again(market: CcxtMarketData, server: SandboxServer, fault: Drop) -> None:
    server.faults.add(fault, KLINES, times=2)
    bars = await market.candles(BTC, HOUR, YEAR, YEAR + 3 * HOUR_NS)
    assert len(bars) == 3
    assert len(server.faults.record) == 2


async def test_a_lasting_failure_ends_within_the_attempts(
    market: CcxtMarketData, server: SandboxServer, clock: JumpingClock
) -> None:
    server.faults.add(Answer(503, "busy", "text/plain"), KLINES, times=None)
    with pytest.raises(ExchangeUnavailable, match="503"):
        await market.candles(BTC, HOUR, YEAR, YEAR + 3 * HOUR_NS)
    assert len(clock.sleeps) == 4


async def test_a_refused_connection_is_one_sentence_with_the_address(tmp_path: Path, clock: JumpingClock) -> None:
    async with SandboxServer() as gone:
        pass
    market = gateway(gone, tmp_path, clock)
    with pytest.raises(ExchangeUnavailable, match=gone.url):
        await market.instruments()
    await market.close()


async def test_a_server_killed_between_two_pages_leaves_the_first_page_whole(tmp_path: Path) -> None:
    clock = JumpingClock(NOON)
    with SandboxProcess() as process:
        server = SandboxServer()
        server._port = int(process.url.rpartition(":")[2])
        market = gateway(server, tmp_path, clock)
        first = await market.candles(BTC, HOUR, YEAR, YEAR + 500 * HOUR_NS)
        process.kill()
        with pytest.raises(ExchangeUnavailable):
            await market.candles(BTC, HOUR, YEAR + 500 * HOUR_NS, YEAR + 1000 * HOUR_NS)
        await market.close()
    assert len(first) == 500


async def test_retry_after_is_waited_for(market: CcxtMarketData, server: SandboxServer, clock: JumpingClock) -> None:
    server.faults.add(
        Answer(429, '{"code":-1003,"msg":"Too much request weight used."}', headers={"Retry-After": "17"}), KLINES
    )
    assert len(await market.candles(BTC, HOUR, YEAR, YEAR + 3 * HOUR_NS)) == 3
    first, second = [request.ts_ns for request in server.requests if request.path == KLINES]
    assert 17 <= (second - first) / 1e9 < 18


async def test_retry_after_as_a_date_is_waited_for(
    market: CcxtMarketData, server: SandboxServer, clock: JumpingClock
) -> None:
    server.faults.add(Answer(429, "{}", headers={"Retry-After": "Sat, 01 Jun 2024 12:00:40 GMT"}), KLINES)
    await market.candles(BTC, HOUR, YEAR, YEAR + 3 * HOUR_NS)
    first, second = [request.ts_ns for request in server.requests if request.path == KLINES]
    assert 40 <= (second - first) / 1e9 < 41


async def test_a_ban_longer_than_the_deadline_is_told_at_once_and_kept(
    market: CcxtMarketData, server: SandboxServer, clock: JumpingClock, tmp_path: Path
) -> None:
    until_ms = (NOON + HOUR_NS) // 1_000_000
    banned = f'{{"code":-1003,"msg":"Way too much request weight used; IP banned until {until_ms}."}}'
    server.faults.add(Answer(418, banned, headers={"Retry-After": "120"}), KLINES)
    with pytest.raises(RateLimited, match="2024-06-01T13:00:00Z") as caught:
        await market.candles(BTC, HOUR, YEAR, YEAR + 3 * HOUR_NS)
    assert caught.value.retry_at_ns == NOON + HOUR_NS
    seen = len(server.requests)
    restarted = gateway(server, tmp_path, clock)
    with pytest.raises(RateLimited, match="2024-06-01T13:00:00Z"):
        await restarted.instruments()
    assert len(server.requests) == seen
    clock.advance(HOUR_NS)
    assert len(await restarted.instruments()) == 2
    await restarted.close()


async def test_weight_that_others_use_is_seen_in_the_answers(
    market: CcxtMarketData, server: SandboxServer, clock: JumpingClock
) -> None:
    """The exchange says 4799 of 6000 are used: with a share of 80 % the next request of weight 2 waits."""
    crowded = Answer(200, "[]", headers={"X-MBX-USED-WEIGHT-1M": "4799"})
    server.faults.add(crowded, KLINES)
    await market.candles(BTC, HOUR, YEAR, YEAR + 3 * HOUR_NS)
    await market.candles(BTC, HOUR, YEAR, YEAR + 3 * HOUR_NS)
    assert sum(clock.sleeps) == pytest.approx(60)


async def test_an_answer_too_large_is_not_held(
    market: CcxtMarketData, server: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickwright.adapters.exchanges.ccxt_client.LARGEST_ANSWER", 10_000)
    await market.candles(BTC, HOUR, YEAR, YEAR + 3 * HOUR_NS)
    server.faults.add(Answer(200, b"[" + b" " * 20_000 + b"]"), KLINES, times=None)
    with pytest.raises(BadResponse):
        await market.candles(BTC, HOUR, YEAR, YEAR + 3 * HOUR_NS)


async def test_closing_twice_is_harmless_and_a_closed_gateway_opens_again(market: CcxtMarketData) -> None:
    await market.candles(BTC, HOUR, YEAR, YEAR + HOUR_NS)
    await market.close()
    await market.close()
    assert len(await market.candles(BTC, HOUR, YEAR, YEAR + HOUR_NS)) == 1


async def test_every_length_the_history_gives_arrives_on_its_grid(market: CcxtMarketData) -> None:
    for name in ("1h", "4h", "1d", "1w"):
        timeframe = Timeframe.parse(name)
        bars = await market.candles(BTC, timeframe, YEAR, NOON)
        assert np.all([timeframe.floor(int(time)) == time for time in bars.open_time_ns])
        assert int(bars.open_time_ns[-1]) + timeframe.length_ns <= NOON
