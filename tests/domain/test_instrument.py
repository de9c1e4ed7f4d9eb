"""Instruments: one way to write them, and rules that depend on the date."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tickwright.domain.errors import UsageError
from tickwright.domain.instrument import Instrument, InstrumentId, TradingRules


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("binance:BTC/USDT", "binance:BTC/USDT"),
        ("BTC/USDT", "kraken:BTC/USDT"),
        ("btc-usdt", "kraken:BTC/USDT"),
        ("BTC/USDT:USDT", "kraken:BTC/USDT:USDT"),
        ("bybit:BTC/USDT:USDT", "bybit:BTC/USDT:USDT"),
        ("Binance:1INCH/USDT", "binance:1INCH/USDT"),
    ],
)
def test_every_accepted_form_is_written_one_way(text: str, written: str) -> None:
    identity = InstrumentId.parse(text, exchange="kraken")
    assert str(identity) == written
    assert InstrumentId.parse(str(identity)) == identity


@pytest.mark.parametrize("text", ["", "BTC", "BTCUSDT", "BTC/", "/USDT", "a:b:c", "BTC/USD T", "binance:BTC"])
def test_what_is_no_instrument_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="is not an instrument; expected BASE/QUOTE"):
        InstrumentId.parse(text, exchange="binance")


def test_a_symbol_without_an_exchange_says_how_to_name_one() -> None:
    with pytest.raises(UsageError, match="names no exchange"):
        InstrumentId.parse("BTC/USDT")


def test_rules_hold_from_their_date_until_the_next_and_the_first_holds_before() -> None:
    old, new = TradingRules(100, tick=Decimal("0.0001")), TradingRules(200, tick=Decimal("0.01"))
    solana = Instrument(InstrumentId("binance", "SOL", "USDT"), (old, new))
    assert [solana.rules_at(ts_ns) for ts_ns in (0, 100, 199, 200, 300)] == [old, old, old, new, new]
