"""What the name of a file and the folders it lies in say about the series inside: claims, never more than is written.

The names that are understood, with their endings cut off:
- freqtrade: `BTC_USDT-5m`, `BTC_USDT_USDT-5m-futures`, `…-8h-mark`, `…-8h-index`, `…-8h-funding_rate`,
  `BTC_USDT-trades`, the exchange being a folder above;
- Binance archives: `BTCUSDT-1h-2024-01`, `BTCUSDT-aggTrades-2024-01-31`, where the folders say spot or futures and
  which kind of price;
- CryptoDataDownload: `Binance_BTCUSDT_1h`, `…_d`, `…_minute`, also with a year;
- Tardis: `binance-futures_trades_2024-01-01_BTCUSDT`;
- ours and plain ones: `BTC-USDT_1h`, `binance_BTC-USDT_1h`, `BTC-USDT_trades_2024-01`, `BTC-USDT`.
Invariants: pure; an unknown name claims nothing; a symbol written without a separator stays `compact` and is divided
only where one division is possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tickwright.domain.bars import SeriesKind
from tickwright.domain.errors import UsageError
from tickwright.domain.timeframe import Timeframe

MarketKind = Literal["spot", "perpetual"]

EXCHANGES = frozenset({
    "ascendex", "binance", "binanceus", "bingx", "bitfinex", "bitget", "bitmart", "bitmex", "bitstamp",
    "bittrex", "bybit", "coinbase", "coinbaseexchange", "cryptocom", "deribit", "dydx", "exmo", "ftx", "gate",
    "gateio", "gemini", "hitbtc", "htx", "huobi", "hyperliquid", "kraken", "krakenfutures", "kucoin",
    "kucoinfutures", "mexc", "okex", "okx", "phemex", "poloniex", "upbit", "whitebit", "woo",
})  # fmt: skip
"""Names that are taken for an exchange's where a folder or a file carries them; any other is given as `--exchange`."""

_NOW_CALLED = {"okex": "okx", "gateio": "gate", "huobi": "htx"}

_QUOTES = (
    "AUD", "BIDR", "BNB", "BRL", "BTC", "BUSD", "CHF", "DAI", "DOGE", "ETH", "EUR", "FDUSD", "GBP", "IDRT",
    "JPY", "KRW", "NGN", "PAX", "RUB", "TRX", "TRY", "TUSD", "UAH", "USD", "USDC", "USDP", "USDS", "USDT",
    "XRP", "ZAR",
)  # fmt: skip
_NOT_QUOTED = {"binance": frozenset({"USD", "CHF", "KRW"})}
"""Quote assets that an exchange has never had, which settles `BTCTUSD` there."""

_PERPETUAL_WORDS = frozenset({"PERP", "PERPETUAL", "SWAP"})
"""Words that stand where the quote asset would, and leave open which it is."""

ENDINGS = frozenset({".csv", ".gz", ".zip", ".json", ".parquet", ".pq", ".feather", ".arrow", ".npy", ".txt"})
"""The endings of files that may hold candles."""

_MARKET_FOLDERS: dict[str, MarketKind] = {
    "spot": "spot",
    "futures": "perpetual",
    "um": "perpetual",
    "usdm": "perpetual",
    "perp": "perpetual",
    "perpetual": "perpetual",
    "swap": "perpetual",
    "linear": "perpetual",
}
_KIND_WORDS: dict[str, SeriesKind] = {
    "mark": "mark",
    "index": "index",
    "trades": "trades",
    "aggTrades": "trades",
    "quotes": "quotes",
    "bookTicker": "quotes",
    "funding": "funding",
    "funding_rate": "funding",
    "fundingRate": "funding",
    "derivative_ticker": "funding",
}
_KIND_FOLDERS: dict[str, SeriesKind] = {
    "klines": "candles",
    "markpriceklines": "mark",
    "indexpriceklines": "index",
    "mark": "mark",
    "index": "index",
}
_TIMEFRAMES = {"minute": "1m", "hour": "1h", "hourly": "1h", "day": "1d", "daily": "1d", "d": "1d", "h": "1h"}
_FRAME = r"(?P<frame>[1-9]\d*[smhdw])"
_FREQTRADE = re.compile(
    rf"(?P<base>[A-Z0-9]+)_(?P<quote>[A-Z0-9]+?)(?:_(?P<settle>[A-Z0-9]+))?-(?:(?P<data>trades)|{_FRAME}"
    r"(?:-(?P<kind>spot|futures|mark|index|funding_rate))?)"
)
_BINANCE = re.compile(
    rf"(?P<compact>[A-Z0-9]{{5,20}})-(?:{_FRAME}|(?P<data>trades|aggTrades|fundingRate|bookTicker))"
    r"-\d{4}-\d{2}(?:-\d{2})?"
)
_CRYPTODATADOWNLOAD = re.compile(
    r"(?P<exchange>[A-Za-z]+)_(?P<compact>[A-Z0-9]{5,20})(?:_\d{4})?_(?P<frame>[1-9]\d*[smhdw]|minute|hour|day|d|h)"
)
_TARDIS = re.compile(
    r"(?P<exchange>[a-z0-9-]+)_(?P<data>trades|quotes|derivative_ticker)_\d{4}-\d{2}-\d{2}_"
    r"(?P<compact>[A-Z0-9_-]+?)(?P<perpetual>-PERPETUAL|_PERP|-SWAP)?"
)
_PLAIN = re.compile(
    r"(?:(?P<exchange>[A-Z]?[a-z]+(?:-[a-z]+)*)_)?(?P<base>[A-Z0-9]+)[-_](?P<quote>[A-Z0-9]+?)(?:[-_:](?P<settle>[A-Z0-9]+))?"
    rf"(?:[-_](?P<kind>mark|index))?(?:[-_](?:{_FRAME}|(?P<data>trades|quotes|funding))(?:[-_].*)?)?"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says about a series; None where it says nothing.

    `source` names it in a sentence ("its name"); `compact` is a symbol without a separator, such as BTCUSDT.
    """

    source: str
    exchange: str | None = None
    pair: tuple[str, str] | None = None
    compact: str | None = None
    market: MarketKind | None = None
    timeframe: str | None = None
    kind: SeriesKind | None = None
    of_any_market: bool = False
    """Whether the same name is used for spot and for futures, so that something else must say which."""


def claims_of_path(path: Path) -> list[Claim]:
    """What a file's name claims, then each folder above it, from the nearest up.

    >>> name, folder, *_ = claims_of_path(Path("binance/futures/XRP_USDT_USDT-8h-mark.feather"))
    >>> name.pair, name.market, name.timeframe, name.kind, folder.market
    (('XRP', 'USDT'), 'perpetual', '8h', 'mark', 'perpetual')
    """
    named = _claim_of_name(_stem(path.name))
    folders = [_claim_of_folder(parent.name) for parent in path.parents]
    return [claim for claim in (named, *folders) if claim is not None]


def exchange_and_market(text: str) -> tuple[str | None, MarketKind | None]:
    """The exchange and the market that a name such as `binance-futures` or `Bybit USDT Perpetual` means.

    >>> exchange_and_market("Binance Perpetual Futures"), exchange_and_market("coinbase-spot"), exchange_and_market("x")
    (('binance', 'perpetual'), ('coinbase', 'spot'), (None, None))
    """
    words = [word for word in re.split(r"[^a-z0-9]+", text.lower()) if word]
    exchange = _NOW_CALLED.get(words[0], words[0]) if words and words[0] in EXCHANGES else None
    markets = {_MARKET_FOLDERS[word] for word in words if word in _MARKET_FOLDERS}
    if exchange is None and len(words) > 1:
        return None, None
    return exchange, markets.pop() if len(markets) == 1 else None


def without_perpetual(symbol: str) -> tuple[str, bool]:
    """A symbol without the word that makes it a perpetual's, and whether there was one.

    >>> without_perpetual("BTC-USDT-SWAP"), without_perpetual("BTCUSDT")
    (('BTC-USDT', True), ('BTCUSDT', False))
    """
    found = re.fullmatch(r"(.+?)[-_](?:PERPETUAL|PERP|SWAP)", symbol)
    return (symbol, False) if found is None else (found[1], True)


def divisions(compact: str, exchange: str | None) -> list[tuple[str, str]]:
    """Every way to divide a symbol without a separator into base and a known quote asset, the longest quote first.

    >>> divisions("BTCTUSD", None), divisions("BTCTUSD", "binance")
    ([('BTC', 'TUSD'), ('BTCT', 'USD')], [('BTC', 'TUSD')])
    """
    parts = re.fullmatch(r"([A-Z0-9]+)[-_/]([A-Z0-9]+)", compact)
    if parts is not None:
        return [(parts[1], parts[2])]
    strangers = _NOT_QUOTED.get(exchange or "", frozenset())
    quotes = sorted((quote for quote in _QUOTES if quote not in strangers), key=len, reverse=True)
    return [(compact.removesuffix(quote), quote) for quote in quotes if compact.endswith(quote) and compact != quote]


def canonical_timeframe(text: str) -> str | None:
    """A bar length as it is written here, None where it is none: `60m` is `1h`, `d` is `1d`, a month is none."""
    try:
        return Timeframe.parse(_TIMEFRAMES.get(text, text)).name
    except UsageError:
        return None


def _stem(name: str) -> str:
    path = Path(name)
    while path.suffix.lower() in ENDINGS:
        path = path.with_suffix("")
    return path.name


def _claim_of_name(stem: str) -> Claim | None:
    return next((claim for claim in _readings_of_name(stem) if claim is not None), None)


def _readings_of_name(stem: str) -> Iterator[Claim | None]:
    for form in (_FREQTRADE, _BINANCE, _CRYPTODATADOWNLOAD, _TARDIS, _PLAIN):
        match = form.fullmatch(stem)
        if match is not None:
            yield _claim_of_match(match.groupdict(), archive=form is _BINANCE)


def _claim_of_match(found: dict[str, str | None], *, archive: bool) -> Claim | None:
    exchange, market = exchange_and_market(found.get("exchange") or "")
    kind = found.get("kind")
    if found.get("settle") or found.get("perpetual") or kind == "futures":
        market = "perpetual"
    frame = found.get("frame")
    timeframe = None if frame is None else canonical_timeframe(frame)
    base, quote, settle = found.get("base"), found.get("quote"), found.get("settle")
    unlikely = quote in _PERPETUAL_WORDS or (
        frame is None and not found.get("data") and quote is not None and quote not in _QUOTES
    )
    if unlikely or (frame is not None and timeframe is None) or settle not in (None, quote):
        return None
    return Claim(
        "its name",
        "binance" if archive else exchange,
        None if base is None or quote is None else (base, quote),
        found.get("compact"),
        market,
        timeframe,
        _KIND_WORDS.get(found.get("data") or kind or ""),
        archive,
    )


def _claim_of_folder(name: str) -> Claim | None:
    exchange, market = exchange_and_market(name)
    kind, timeframe = _KIND_FOLDERS.get(name.lower()), canonical_timeframe(name) if name[:1].isdigit() else None
    claim = Claim(f"the folder {name}", exchange, None, None, market, timeframe, kind)
    return None if claim == Claim(claim.source) else claim
