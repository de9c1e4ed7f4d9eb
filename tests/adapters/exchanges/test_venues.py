"""What is peculiar to an exchange, against recorded answers and against its own kind of trouble."""

from __future__ import annotations

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from tickwright.adapters.exchanges.candle_rows import closed_bars
from tickwright.adapters.exchanges.ccxt_client import ccxt_client
from tickwright.adapters.exchanges.venues import WEIGHT_PER_MINUTE, venue_of
from tickwright.adapters.exchanges.venues.binance import Binance
from tickwright.adapters.exchanges.venues.venue import Venue
from tickwright.adapters.sandbox.history import bundled_exchange_info
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import BadResponse, NotOffered
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY, HOUR, MILLISECOND

RECORDED = orjson.loads((Path(__file__).parent / "recorded" / "ccxt_ohlcv.json").read_bytes())
ONE_HOUR = Timeframe.parse("1h")
MARKET = {
    "id": "BTCUSDT",
    "symbol": "BTC/USDT",
    "base": "BTC",
    "quote": "USDT",
    "spot": True,
    "type": "spot",
    "settle": None,
}


async def answering(venue: Venue, answer: Any) -> Any:
    """ccxt's own client of a venue that knows one market and whose every request has one answer."""
    client = ccxt_client(venue, "http://127.0.0.1:9", 1)

    async def fetch(*request: object, **rest: object) -> Any:
        return copy.deepcopy(answer)

    client.fetch = fetch
    client.set_markets([client.safe_market_structure({**MARKET, "precision": {}, "limits": {}, "info": {}})])
    return client


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case["exchange"])
async def test_a_recorded_answer_becomes_exactly_what_was_recorded_beside_it(case: dict[str, Any]) -> None:
    """Newest first, close before high, numbers instead of text: ccxt knows; the digits are the answer's own."""
    venue = Venue(case["exchange"])
    expected = case["expected"]
    start, end = expected[0][0] * MILLISECOND, (expected[-1][0] + 1) * MILLISECOND
    client = await answering(venue, case["httpResponse"])
    rows = await venue.candles(client, MARKET, ONE_HOUR, "1h", start, end, 1000)
    bars = closed_bars(SeriesKey(InstrumentId(case["exchange"], "BTC", "USDT"), ONE_HOUR), rows, end + DAY)
    assert bars.open_time_ns.tolist() == [row[0] * MILLISECOND for row in expected]
    for place, name in enumerate(("open", "high", "low", "close"), start=1):
        units = getattr(bars, name)
        exact = [Decimal(int(unit)).scaleb(-bars.price_scale) for unit in units]
        assert exact == [Decimal(str(row[place])) for row in expected]
    assert [Decimal(int(unit)).scaleb(-bars.volume_scale) for unit in bars.volume] == [
        Decimal(str(row[5])) for row in expected
    ]
    await client.close()


async def test_binance_s_own_paging_reads_its_recorded_answer_alike() -> None:
    case = next(case for case in RECORDED if case["exchange"] == "binance")
    client = await answering(Binance(), case["httpResponse"])
    first = case["expected"][0][0] * MILLISECOND
    rows = await Binance().candles(client, MARKET, ONE_HOUR, "1h", first, first + 3 * HOUR, 1000)
    assert [row[:6] for row in case["httpResponse"]] == rows
    await client.close()


async def test_an_exchange_that_keeps_only_its_newest_candles_is_not_taken_for_an_empty_past() -> None:
    """Kraken answers any question with its newest 720: that none lies in the range does not mean there is none."""
    rows = [[1_717_200_000_000 + n * 3_600_000, 1.0, 1.0, 1.0, 1.0, 1.0] for n in range(3)]
    venue = Venue("gemini")
    client = await answering(venue, rows)
    with pytest.raises(NotOffered, match="none before 2020-01-02"):
        await venue.candles(
            client, MARKET, ONE_HOUR, "1h", 1_577_836_800_000 * MILLISECOND, 1_577_923_200_000 * MILLISECOND, 720
        )
    await client.close()


async def test_one_candle_at_the_very_end_is_an_included_end_and_not_the_newest_of_an_exchange() -> None:
    """ccxt lets Coinbase include the end of the range: an empty hour is answered with the candle after it."""
    venue = Venue("gemini")
    client = await answering(venue, [[1_577_926_800_000, 1.0, 1.0, 1.0, 1.0, 1.0]])
    end = 1_577_926_800_000 * MILLISECOND
    assert await venue.candles(client, MARKET, ONE_HOUR, "1h", end - 3 * HOUR, end, 300) == []
    await client.close()


def test_an_exchange_without_a_file_of_its_own_is_asked_once_a_second() -> None:
    venue = venue_of("somewhere")
    assert (venue.exchange, venue.weight_per_minute, venue.candles_weight) == ("somewhere", 60, 1)
    assert "somewhere" not in WEIGHT_PER_MINUTE


@pytest.mark.parametrize(("exchange", "most"), [("okx", 300), ("kraken", 720), ("bitfinex", 1000), ("gemini", 500)])
def test_a_page_is_as_long_as_ccxt_says_the_exchange_gives(exchange: str, most: int) -> None:
    assert Venue(exchange).most_candles(ccxt_client(Venue(exchange), None, 1)) == most


def binance_market() -> dict[str, Any]:
    """ccxt's market of BTC/USDT as far as it is read."""
    return {**MARKET, "maker": 0.001, "taker": 0.001, "info": copy.deepcopy(bundled_exchange_info()["symbols"][0])}


def test_binance_s_filters_are_read_from_its_own_words() -> None:
    instrument = Binance().instrument(binance_market(), 7)
    assert instrument is not None
    rules = instrument.rules[0]
    assert (rules.valid_from_ns, rules.tick, rules.lot, rules.min_notional) == (
        7,
        Decimal("0.01"),
        Decimal("0.00001"),
        5,
    )


def test_the_older_minimum_of_binance_is_understood() -> None:
    market = binance_market()
    market["info"]["filters"] = [
        {**entry, "filterType": "MIN_NOTIONAL", "minNotional": "10.00000000"}
        if entry["filterType"] == "NOTIONAL"
        else entry
        for entry in market["info"]["filters"]
    ]
    instrument = Binance().instrument(market, 7)
    assert instrument is not None
    assert instrument.rules[0].min_notional == 10


@pytest.mark.parametrize("value", ["0.00000000", "NaN", "-0.01", "much", None, 0.01])
def test_a_tick_that_is_none_is_not_believed(value: object) -> None:
    market = binance_market()
    market["info"]["filters"][0]["tickSize"] = value
    with pytest.raises(BadResponse, match=r"binance BTCUSDT: tickSize"):
        Binance().instrument(market, 7)


def unified(**changes: Any) -> dict[str, Any]:
    """A market as ccxt's unified interface describes one."""
    market = {
        **MARKET,
        "swap": False,
        "active": True,
        "precision": {"price": "0.01", "amount": "0.001"},
        "limits": {"cost": {"min": "5"}, "amount": {"min": "0.002", "max": None}},
        "maker": "0.001",
        "taker": "0.002",
        "contractSize": None,
        "created": 1_600_000_000_000,
    }
    return {**market, **changes}


def test_a_unified_market_is_read_in_decimals() -> None:
    instrument = Venue("okx").instrument(unified(), 7)
    assert instrument is not None
    assert (instrument.rules[0].tick, instrument.rules[0].lot) == (Decimal("0.01"), Decimal("0.001"))
    assert (instrument.rules[0].min_notional, instrument.rules[0].min_quantity) == (5, Decimal("0.002"))
    assert (instrument.maker_fee, instrument.taker_fee) == (Decimal("0.001"), Decimal("0.002"))
    assert (instrument.kind, instrument.status, instrument.contract_size) == ("spot", "trading", 1)
    assert instrument.listed_ns == 1_600_000_000_000 * MILLISECOND


def test_a_perpetual_has_its_contract_size_and_a_halted_market_says_so() -> None:
    instrument = Venue("okx").instrument(
        unified(spot=False, swap=True, settle="USDT", contractSize="0.01", active=False), 7
    )
    assert instrument is not None
    assert (instrument.kind, instrument.status, instrument.contract_size) == ("perpetual", "halted", Decimal("0.01"))
    assert str(instrument.id) == "okx:BTC/USDT:USDT"


@pytest.mark.parametrize(
    "market",
    [
        unified(spot=False, future=True),
        unified(spot=False, option=True),
        unified(precision={"price": None, "amount": "1"}),
    ],
)
def test_what_the_platform_does_not_trade_is_left_out(market: dict[str, Any]) -> None:
    assert Venue("okx").instrument(market, 7) is None


def test_decimal_places_are_steps_too() -> None:
    instrument = Venue("old").instrument(unified(precisionMode=2, precision={"price": 2, "amount": 8}), 7)
    assert instrument is not None
    assert (instrument.rules[0].tick, instrument.rules[0].lot) == (Decimal("0.01"), Decimal("1e-8"))
