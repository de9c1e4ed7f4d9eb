"""Every exception ccxt can raise has its own entry, and says what it says without secrets."""

from __future__ import annotations

import inspect

import aiohttp
import ccxt
import pytest
from ccxt.base import errors as ccxt_errors_module

from tickwright.adapters.exchanges.ccxt_errors import CAUSES, OURS, in_our_words
from tickwright.domain.errors import (
    AuthenticationFailed,
    BadResponse,
    ClockRefused,
    ExchangeError,
    ExchangeUnavailable,
    NotOffered,
    RateLimited,
    RequestRefused,
    SettingsError,
    UnknownSymbol,
)


def every_ccxt_exception() -> list[type[Exception]]:
    """All exception classes of `ccxt.base.errors`, found by looking at the module."""
    members = inspect.getmembers(ccxt_errors_module, inspect.isclass)
    return [member for _, member in members if issubclass(member, Exception)]


def test_every_exception_of_ccxt_has_an_entry_of_its_own_and_no_entry_is_stale() -> None:
    assert {kind.__name__ for kind in every_ccxt_exception()} == set(OURS)


def test_the_drawn_hierarchy_of_ccxt_has_no_name_that_is_not_a_class() -> None:
    def names(tree: dict[str, dict]) -> set[str]:  # type: ignore[type-arg]
        return set(tree) | {name for branch in tree.values() for name in names(branch)}

    assert names(ccxt_errors_module.error_hierarchy) == set(OURS)


@pytest.mark.parametrize("kind", every_ccxt_exception(), ids=lambda kind: kind.__name__)
def test_an_exception_with_the_exchange_s_words_becomes_its_entry(kind: type[Exception]) -> None:
    error = in_our_words(kind('binance {"code":-1,"msg":"Some words."}'), where="binance klines")
    assert type(error) is OURS[kind.__name__]
    assert "Some words." in str(error)
    assert error.where == "binance klines"


@pytest.mark.parametrize(
    ("kind", "ours"),
    [
        (ccxt.DDoSProtection, RateLimited),
        (ccxt.RateLimitExceeded, RateLimited),
        (ccxt.OnMaintenance, ExchangeUnavailable),
        (ccxt.RequestTimeout, ExchangeUnavailable),
        (ccxt.InvalidNonce, ClockRefused),
        (ccxt.PermissionDenied, AuthenticationFailed),
        (ccxt.BadSymbol, UnknownSymbol),
        (ccxt.NotSupported, NotOffered),
        (ccxt.InsufficientFunds, RequestRefused),
        (ccxt.NullResponse, BadResponse),
        (ccxt.InvalidProxySettings, SettingsError),
    ],
)
def test_the_entries_that_decide_what_happens_next(kind: type[Exception], ours: type[ExchangeError]) -> None:
    assert OURS[kind.__name__] is ours


def test_a_new_subclass_is_taken_for_its_nearest_known_ancestor() -> None:
    class Novel(ccxt.RateLimitExceeded):
        pass

    assert isinstance(in_our_words(Novel("x"), where=""), RateLimited)


def test_a_plain_error_without_the_exchange_s_words_is_an_answer_that_cannot_be_trusted() -> None:
    """A body cut off in the middle reaches us as a bare `ExchangeError` caused by aiohttp."""
    error = ccxt.ExchangeError("binance GET http://x/api/v3/klines")
    error.__cause__ = aiohttp.ClientPayloadError("incomplete")
    ours = in_our_words(error, where="")
    assert isinstance(ours, BadResponse)
    assert str(ours) == "the answer was cut off"


def test_the_exchange_s_own_words_are_the_sentence() -> None:
    ours = in_our_words(ccxt.BadRequest('binance {"code":-1120,"msg":"Invalid interval."}'), where="binance klines")
    assert str(ours) == "binance klines: the exchange says: Invalid interval. (code -1120)"


def test_the_network_s_exceptions_are_told_by_their_most_specific_class() -> None:
    key = aiohttp.client_reqrep.ConnectionKey("x", 443, True, True, None, None, None, None)
    for cause, words in {
        aiohttp.ClientConnectorDNSError(key, OSError()): "cannot be resolved",
        aiohttp.ClientConnectorError(key, OSError()): "nothing answers at the address",
        aiohttp.ServerDisconnectedError(): "closed before an answer came",
        aiohttp.ServerTimeoutError(): "no answer came in time",
        aiohttp.ClientOSError(): "the connection broke",
    }.items():
        error = ccxt.ExchangeNotAvailable("binance GET http://x")
        error.__cause__ = cause
        ours = in_our_words(error, where="")
        assert isinstance(ours, ExchangeUnavailable)
        assert words in str(ours)


def test_every_named_cause_is_an_exception_that_exists() -> None:
    there = {name for name in dir(aiohttp) if isinstance(getattr(aiohttp, name), type)}
    there |= set(dir(aiohttp.http_exceptions)) | {"TimeoutError", "OSError", "gaierror"}
    assert set(CAUSES) <= there


@pytest.mark.parametrize("error", [KeyError("symbols"), TypeError("not a list"), ValueError("x"), IndexError("0")])
def test_what_ccxt_trips_over_is_a_bad_response(error: Exception) -> None:
    assert isinstance(in_our_words(error, where=""), BadResponse)


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError("reset"), OSError("no route")])
def test_what_the_network_raises_is_unavailability(error: Exception) -> None:
    assert isinstance(in_our_words(error, where=""), ExchangeUnavailable)


def test_what_is_not_at_an_address_will_not_be_there_in_a_minute() -> None:
    error = ccxt.ExchangeNotAvailable("binance GET http://127.0.0.1:1/api/v3/klines 404 Not Found 404: Not Found")
    assert isinstance(in_our_words(error, where=""), NotOffered)


def test_our_own_errors_pass_and_learn_their_place() -> None:
    mine = BadResponse("nonsense")
    assert in_our_words(mine, where="binance klines") is mine
    assert str(mine) == "binance klines: nonsense"


def test_no_query_and_so_no_signature_gets_into_a_sentence() -> None:
    url = "https://api.binance.com/api/v3/account?timestamp=1&signature=deadbeef"
    ours = in_our_words(ccxt.ExchangeNotAvailable(f"binance GET {url} 502 Bad Gateway"), where="")
    assert "deadbeef" not in str(ours)
    assert "502 Bad Gateway" in str(ours)


def test_a_page_of_html_does_not_fill_the_terminal() -> None:
    ours = in_our_words(ccxt.ExchangeNotAvailable("binance 502 " + "<html>" * 1000), where="")
    assert len(str(ours)) < 400


def test_a_code_the_venue_calls_passing_is_not_a_refusal() -> None:
    busy = ccxt.ExchangeError('binance {"code":-1008,"msg":"Server is currently overloaded."}')
    assert isinstance(in_our_words(busy, where="", passing_codes=frozenset({"-1008"})), ExchangeUnavailable)
    assert isinstance(in_our_words(busy, where=""), RequestRefused)
