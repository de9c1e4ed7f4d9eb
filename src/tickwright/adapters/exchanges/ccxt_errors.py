"""ccxt's exceptions in our words.

Invariants: every class of `ccxt.base.errors` has an entry of its own, which a test proves by reflection, so a new one
fails the build and not a user; what escapes ccxt as another exception came from an answer ccxt could not read; no
query string, and so no signature, gets into a sentence.

Known limits of ccxt that are undone here: a body cut off in the middle and a plain `ExchangeError` without the
exchange's own words are answers that cannot be trusted, not refusals; "404 Not Found" means that nothing of the kind is
at that address and will not be there in a minute.
"""

from __future__ import annotations

import re

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
    TickwrightError,
    UnknownSymbol,
)

OURS: dict[str, type[TickwrightError]] = {
    "BaseError": ExchangeError,
    "ExchangeError": RequestRefused,
    "AuthenticationError": AuthenticationFailed,
    "PermissionDenied": AuthenticationFailed,
    "AccountNotEnabled": AuthenticationFailed,
    "AccountSuspended": AuthenticationFailed,
    "ArgumentsRequired": RequestRefused,
    "BadRequest": RequestRefused,
    "BadSymbol": UnknownSymbol,
    "OperationRejected": RequestRefused,
    "NoChange": RequestRefused,
    "MarginModeAlreadySet": RequestRefused,
    "MarketClosed": RequestRefused,
    "ManualInteractionNeeded": RequestRefused,
    "RestrictedLocation": RequestRefused,
    "InsufficientFunds": RequestRefused,
    "InvalidAddress": RequestRefused,
    "AddressPending": RequestRefused,
    "InvalidOrder": RequestRefused,
    "OrderNotFound": RequestRefused,
    "OrderNotCached": RequestRefused,
    "OrderImmediatelyFillable": RequestRefused,
    "OrderNotFillable": RequestRefused,
    "DuplicateOrderId": RequestRefused,
    "ContractUnavailable": UnknownSymbol,
    "NotSupported": NotOffered,
    "InvalidProxySettings": SettingsError,
    "ExchangeClosedByUser": ExchangeUnavailable,
    "OperationFailed": ExchangeUnavailable,
    "NetworkError": ExchangeUnavailable,
    "DDoSProtection": RateLimited,
    "RateLimitExceeded": RateLimited,
    "ExchangeNotAvailable": ExchangeUnavailable,
    "OnMaintenance": ExchangeUnavailable,
    "InvalidNonce": ClockRefused,
    "ChecksumError": BadResponse,
    "RequestTimeout": ExchangeUnavailable,
    "BadResponse": BadResponse,
    "NullResponse": BadResponse,
    "CancelPending": RequestRefused,
    "UnsubscribeError": ExchangeUnavailable,
}

CAUSES: dict[str, str] = {
    "ClientConnectorDNSError": "the name of the address cannot be resolved",
    "ClientConnectorCertificateError": "the certificate is not trusted",
    "ClientConnectorSSLError": "no secure connection could be made",
    "ClientConnectorError": "nothing answers at the address",
    "ServerTimeoutError": "no answer came in time",
    "ServerDisconnectedError": "the connection was closed before an answer came",
    "ClientPayloadError": "the answer was cut off",
    "ContentEncodingError": "the answer is compressed in a way that cannot be read",
    "ClientOSError": "the connection broke",
    "TimeoutError": "no answer came in time",
    "gaierror": "the name of the address cannot be resolved",
    "OSError": "the connection broke",
}
"""What the network's exceptions mean, by class; the most specific class counts."""

_CODE = re.compile(r'"code"\s*:\s*"?(-?\d+)')
_WORDS = re.compile(r'"(?:msg|message|error|retMsg|sMsg)"\s*:\s*"((?:[^"\\]|\\.)+)"')
_QUERY = re.compile(r"\?\S*")
_LONGEST = 300


def in_our_words(error: Exception, *, where: str, passing_codes: frozenset[str] = frozenset()) -> TickwrightError:
    """The error of our family that an exception out of a ccxt call means; the caller raises it `from` the original.

    `passing_codes` are codes by which this exchange says "not now" and which ccxt takes for a refusal.
    """
    if isinstance(error, TickwrightError):
        error.where = f"{where}, {error.where}" if error.where else where
        return error
    ours = _kind(error)
    code = _CODE.search(str(error))
    if ours is RequestRefused and code is not None and code[1] in passing_codes:
        ours = ExchangeUnavailable
    return ours(_sentence(error, ours), where=where)


def _kind(error: Exception) -> type[TickwrightError]:
    if isinstance(error, TimeoutError | OSError):
        return ExchangeUnavailable
    name = next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in OURS), None)
    if name is None:
        return BadResponse
    if name == "ExchangeNotAvailable" and " 404 " in str(error):
        return NotOffered
    if name == "ExchangeError" and not _has_words_of_the_exchange(error):
        return BadResponse
    return OURS[name]


def _has_words_of_the_exchange(error: Exception) -> bool:
    """ccxt puts the exchange's JSON into the text; its own failures to read an answer carry none."""
    return error.__cause__ is None and "{" in str(error)


def _sentence(error: Exception, ours: type[TickwrightError]) -> str:
    network = _network_words(error.__cause__ or error)
    if network is not None:
        return network
    text = _QUERY.sub("", str(error)).strip()
    words, code = _WORDS.search(str(error)), _CODE.search(str(error))
    if words is not None:
        return f"the exchange says: {words[1][:_LONGEST]}" + (f" (code {code[1]})" if code else "")
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    if ours is BadResponse:
        return f"the answer cannot be read: {type(error).__name__} {text}".rstrip()
    return text or type(error).__name__


def _network_words(error: BaseException) -> str | None:
    return next((CAUSES[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in CAUSES), None)
