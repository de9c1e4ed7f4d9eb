"""What names and folders claim: every form that is known, and nothing beyond it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickwright.adapters.storage.files.naming import claims_of_path, divisions

NAMES = {
    "BTC_USDT-5m.feather": {"pair": ("BTC", "USDT"), "timeframe": "5m"},
    "XRP_USDT_USDT-8h-mark.feather": {
        "pair": ("XRP", "USDT"), "timeframe": "8h", "market": "perpetual", "kind": "mark",
    },
    "XRP_USDT-5m-futures.json": {"pair": ("XRP", "USDT"), "timeframe": "5m", "market": "perpetual"},
    "BTCUSDT-1h-2024-01.zip": {
        "compact": "BTCUSDT", "timeframe": "1h", "exchange": "binance", "of_any_market": True,
    },
    "BTCUSDT-1m-2024-01-31.csv.gz": {
        "compact": "BTCUSDT", "timeframe": "1m", "exchange": "binance", "of_any_market": True,
    },
    "Bitstamp_BTCUSD_d.csv": {"compact": "BTCUSD", "timeframe": "1d", "exchange": "bitstamp"},
    "Binance_ETHUSDT_2024_minute.csv": {"compact": "ETHUSDT", "timeframe": "1m", "exchange": "binance"},
    "binance-futures_trades_2024-01-01_BTCUSDT.csv.gz": {
        "compact": "BTCUSDT", "exchange": "binance", "market": "perpetual", "kind": "trades",
    },
    "bybit_derivative_ticker_2024-01-01_BTCUSDT.csv.gz": {
        "compact": "BTCUSDT", "exchange": "bybit", "kind": "funding",
    },
    "BTCUSDT-aggTrades-2024-01-31.zip": {
        "compact": "BTCUSDT", "exchange": "binance", "of_any_market": True, "kind": "trades",
    },
    "BTCUSDT-fundingRate-2024-01.zip": {
        "compact": "BTCUSDT", "exchange": "binance", "of_any_market": True, "kind": "funding",
    },
    "XRP_ETH-trades.feather": {"pair": ("XRP", "ETH"), "kind": "trades"},
    "XRP_USDT_USDT-8h-funding_rate.feather": {
        "pair": ("XRP", "USDT"), "timeframe": "8h", "market": "perpetual", "kind": "funding",
    },
    "BTC-USDT_1h.parquet": {"pair": ("BTC", "USDT"), "timeframe": "1h"},
    "BTC-USDT_60m.parquet": {"pair": ("BTC", "USDT"), "timeframe": "1h"},
    "BTC-USDT_1d_2020_second-source.parquet": {"pair": ("BTC", "USDT"), "timeframe": "1d"},
    "kraken_BTC-USD_4h.json": {"exchange": "kraken", "pair": ("BTC", "USD"), "timeframe": "4h"},
    "binance-spot_BTC-USDT_1h.csv": {
        "exchange": "binance", "market": "spot", "pair": ("BTC", "USDT"), "timeframe": "1h",
    },
    "BTC-USD.csv": {"pair": ("BTC", "USD")},
    "XRP-ETH_trades_2019-10.parquet": {"pair": ("XRP", "ETH"), "kind": "trades"},
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_known_name_claims_what_it_says(name: str) -> None:
    (claim,) = claims_of_path(Path(name))
    said = {field: getattr(claim, field) for field in claim.__slots__ if field != "source" and getattr(claim, field)}
    assert said == NAMES[name]


@pytest.mark.parametrize(
    "name", ["hours.csv", "december.csv", "MY-FILE.csv", "BTC-PERP_1m.parquet", "BTC_USD_BTC-1h.feather", "x-1mo.csv"]
)
def test_any_other_name_claims_nothing(name: str) -> None:
    """`BTC-PERP` leaves open what it is quoted in; settled in its base asset it is another kind of contract."""
    assert claims_of_path(Path(name)) == []


def test_folders_claim_exchange_market_kind_and_bar_length() -> None:
    path = Path("data/futures/um/monthly/markPriceKlines/BTCUSDT/1h/BTCUSDT-1h-2024-01.zip")
    claims = claims_of_path(path)[1:]
    said = [
        (claim.source, *(part for part in (claim.exchange, claim.market, claim.timeframe, claim.kind) if part))
        for claim in claims
    ]
    assert said == [
        ("the folder 1h", "1h"), ("the folder markPriceKlines", "mark"),
        ("the folder um", "perpetual"), ("the folder futures", "perpetual"),
    ]  # fmt: skip


def test_a_symbol_without_a_separator_is_divided_in_every_possible_way() -> None:
    assert divisions("BTCUSDT", None) == [("BTC", "USDT")]
    assert divisions("BTCTUSD", "kraken") == [("BTC", "TUSD"), ("BTCT", "USD")]
    assert divisions("BTCTUSD", "binance") == [("BTC", "TUSD")]  # Binance never had US dollars
    assert divisions("BTC-USD", None) == [("BTC", "USD")]
    assert divisions("FOOBAR", None) == []
