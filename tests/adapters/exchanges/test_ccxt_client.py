"""The client leads nowhere else, and nobody pays for ccxt before the first request."""

from __future__ import annotations

import subprocess
import sys

import ccxt
import pytest

from tickwright.adapters.exchanges import ccxt_client as module
from tickwright.adapters.exchanges.ccxt_client import ccxt_client, refuse_leaks
from tickwright.adapters.exchanges.venues import venue_of
from tickwright.domain.errors import SettingsError

HOME = "http://127.0.0.1:9000"


def leaves(addresses: object) -> list[str]:
    """Every text of nested addresses."""
    if isinstance(addresses, dict):
        return [leaf for address in addresses.values() for leaf in leaves(address)]
    return [str(addresses)]


@pytest.mark.parametrize("exchange", ["binance", "kraken", "coinbase", "kucoin", "gemini", "bybit", "okx"])
def test_every_address_of_a_client_leads_home(exchange: str) -> None:
    client = ccxt_client(venue_of(exchange), HOME, 10)
    addresses = leaves(client.urls["api"])
    assert addresses
    assert all(address.startswith(("http://127.0.0.1:9000", "ws://127.0.0.1:9000")) for address in addresses)


def test_paths_stay_as_the_exchange_has_them() -> None:
    client = ccxt_client(venue_of("binance"), HOME, 10)
    assert client.urls["api"]["public"] == f"{HOME}/api/v3"


def test_without_an_address_the_exchange_s_own_are_untouched() -> None:
    client = ccxt_client(venue_of("binance"), None, 10)
    assert client.urls["api"] == ccxt.binance().urls["api"]


def test_a_client_is_not_given_out_before_its_addresses_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "rebased", lambda addresses, base_url: addresses)
    with pytest.raises(SettingsError, match="does not lead to"):
        ccxt_client(venue_of("binance"), HOME, 10)


def test_one_address_that_leads_away_is_found() -> None:
    with pytest.raises(SettingsError, match=r"api\.binance\.com"):
        refuse_leaks({"api": {"public": HOME, "deep": {"er": "https://api.binance.com/api"}}}, HOME)


def test_the_client_is_ccxt_s_own_and_unmodified() -> None:
    import ccxt.async_support

    assert type(ccxt_client(venue_of("binance"), HOME, 10)) is ccxt.async_support.binance


def test_importing_the_gateway_imports_neither_ccxt_nor_aiohttp() -> None:
    code = "import sys, tickwright.adapters.exchanges; print([n for n in ('ccxt', 'aiohttp') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
