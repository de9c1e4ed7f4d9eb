"""What the gateway must know of any exchange, answered by ccxt's unified interface.

Invariants: candles come back as decimal text, never through a float; an answer that lies wholly beyond the range that
was asked for is not taken for "there is none".

Known limits: weights are one per request; exchanges without a rule for prices (a fixed tick) are left out of the
instruments; ccxt's unified interface passes no end of the range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tickwright.domain.bars import SeriesKind
from tickwright.domain.errors import BadResponse, NotOffered
from tickwright.domain.instrument import Instrument, InstrumentId, TradingRules
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import MILLISECOND, iso

Market = Mapping[str, Any]
_USUAL_PAGE, _LONGEST_PAGE = 500, 1000
_TICK_SIZE, _DECIMAL_PLACES = 4, 2  # ccxt's precision modes


class Venue:
    """One exchange through ccxt's unified interface; subclasses say what they know better."""

    page_limit: int | None = None
    """The most candles of one answer; None where ccxt has to say it."""
    client_name = ""
    """ccxt's client, where it is not called as the exchange is."""
    account = ""
    """The budget that requests are paid from, where it is not the exchange's only one."""
    weight_per_minute = 60
    time_weight = 1
    instruments_weight = 1
    candles_weight = 1
    trades_weight = 1
    funding_weight = 1
    quote_weight = 1
    book_weight = 1
    passing_codes: frozenset[str] = frozenset()
    """Error codes that mean "not now", which ccxt reports as a refusal."""
    client_options: Mapping[str, Any] = {"fetchMarkets": {"types": ["spot"]}}
    unsupported_timeframes: frozenset[str] = frozenset({"1M", "3d", "3M", "1y"})
    """Lengths that are not counted from 1970 in equal steps."""

    def __init__(self, exchange: str, *, contracts: bool = False) -> None:
        """What is traded are contracts (with `contracts`) or coins; an exchange may answer for both in two ways."""
        self.exchange = exchange
        if contracts:
            self.client_options = {"defaultType": "swap"}

    def used_weight(self, headers: Mapping[str, str]) -> int | None:
        """What the exchange says was used in this minute, where an answer says so."""
        return None

    def most_candles(self, client: Any) -> int:
        """The most candles of one answer, by ccxt's table of features; 500 where it is silent, 1000 at most."""
        features = (client.features or {}).get("spot") or {}
        limit = (features.get("fetchOHLCV") or {}).get("limit")
        return min(int(limit or _USUAL_PAGE), _LONGEST_PAGE)

    def tells_time(self, client: Any) -> bool:
        """Whether the exchange can be asked for its time; else the date of its answers has to do."""
        return bool(client.has.get("fetchTime"))

    async def time_ms(self, client: Any) -> int:
        """The exchange's own time in milliseconds."""
        answer: int = await client.fetch_time()
        return answer

    async def markets(self, client: Any) -> Mapping[str, Market]:
        """ccxt's markets by symbol, asked for anew, each with the exchange's `precisionMode`."""
        markets = await client.load_markets(True)
        return {symbol: {**market, "precisionMode": client.precisionMode} for symbol, market in markets.items()}

    async def candles(
        self,
        client: Any,
        market: Market,
        timeframe: Timeframe,
        code: str,
        start_ns: int,
        end_ns: int,
        limit: int,
        kind: SeriesKind = "candles",
    ) -> Sequence[Sequence[Any]]:
        """Rows of (open ms, open, high, low, close, volume) in [start, end), decimals as text, oldest first.

        Mark and index prices have no volume; theirs is 0.
        """
        bars = min(limit, -(-(end_ns - start_ns) // timeframe.length_ns))
        ask = {"candles": "fetch_ohlcv", "mark": "fetch_mark_ohlcv", "index": "fetch_index_ohlcv"}[kind]
        rows = await getattr(client, ask)(market["symbol"], code, start_ns // MILLISECOND, bars)
        if kind != "candles":
            rows = [[*row[:5], "0"] for row in rows]
        if not isinstance(rows, list) or any(not isinstance(row, list) or len(row) < 6 for row in rows):
            raise BadResponse("the candles are not rows of six fields")
        wanted = [row for row in rows if start_ns <= _open_ns(row) < end_ns]
        if not wanted:
            self._refuse_newest_only([_open_ns(row) for row in rows], end_ns)
        return wanted[:limit]

    def _refuse_newest_only(self, opens: Sequence[int], end_ns: int) -> None:
        """Raise `NotOffered` where an answer to an older question is about newer candles; an included end is none."""
        if opens and min(opens) >= end_ns and list(opens) != [end_ns]:
            raise NotOffered(
                f"{self.exchange} answers with candles from {iso(min(opens))} on and none before {iso(end_ns)}",
                hint="It keeps only its newest candles, or lists the symbol later; start later or import the history",
            )

    async def trades(self, client: Any, market: Market, start_ns: int, after_id: int | None) -> Sequence[Sequence[Any]]:
        """Rows of (id, ns, price, quantity, taker bought), oldest first; after an id where one is given.

        `start_ns` is then the time of that trade. ccxt's unified interface pages by time and promises no numbering, so
        nothing would tell whether a trade is missing.
        """
        raise NotOffered(
            f"trades of {self.exchange} cannot be followed by their ids",
            where=str(market["symbol"]),
            expected="an exchange whose trades are numbered without a hole: binance, kraken or okx",
            hint="Import a file of them with `tickwright data import --kind trades`.",
        )

    def weight_of_trades(self, after_id: int | None) -> int:
        """What a page of trades costs: the first one, or one after an id."""
        return self.trades_weight

    async def funding(self, client: Any, market: Market, start_ns: int, end_ns: int) -> Sequence[Sequence[Any]]:
        """Rows of (ms, rate, mark price) in [start, end), oldest first; the mark price "0" where it is not said."""
        window = {"until": (end_ns - 1) // MILLISECOND}
        rows = await client.fetch_funding_rate_history(market["symbol"], start_ns // MILLISECOND, None, window)
        said = [(row["timestamp"], row["fundingRate"], "0") for row in rows]
        if said and min(row[0] for row in said) * MILLISECOND >= end_ns:
            raise NotOffered(
                f"{self.exchange} keeps no funding rates before {iso(min(row[0] for row in said) * MILLISECOND)}",
                hint="Start later, or import the history.",
            )
        return [row for row in said if start_ns <= row[0] * MILLISECOND < end_ns]

    async def quote(self, client: Any, market: Market) -> Sequence[Any]:
        """The best prices now: (ms or None, update id, bid, bid quantity, ask, ask quantity)."""
        said = await client.fetch_ticker(market["symbol"])
        return [said.get("timestamp"), 0, *(said.get(name) for name in ("bid", "bidVolume", "ask", "askVolume"))]

    async def book(self, client: Any, market: Market, levels: int) -> tuple[Any, Any, Sequence[Any], Sequence[Any]]:
        """The book now: (ms or None, update id, bids, asks), both of rows of price and quantity."""
        said = await client.fetch_order_book(market["symbol"])
        return said.get("timestamp"), said.get("nonce") or 0, said["bids"][:levels], said["asks"][:levels]

    def instrument(self, market: Market, observed_ns: int) -> Instrument | None:
        """A market in our words, None for what the platform does not trade (futures with an end, options)."""
        kind = "spot" if market.get("spot") else "perpetual" if market.get("swap") else None
        tick = self._step(market, "price")
        if kind is None or tick is None:
            return None
        limits = market["limits"]
        return Instrument(
            self.identity(market),
            (
                TradingRules(
                    observed_ns,
                    tick,
                    self._step(market, "amount") or Decimal("1e-8"),
                    _number(limits["cost"].get("min")) or Decimal(0),
                    _number(limits["amount"].get("min")) or Decimal(0),
                    _number(limits["amount"].get("max")),
                ),
            ),
            "spot" if kind == "spot" else "perpetual",
            "halted" if market.get("active") is False else "trading",
            _number(market.get("contractSize")) or Decimal(1),
            _number(market.get("maker")),
            _number(market.get("taker")),
            market["created"] * MILLISECOND if market.get("created") else None,
            source=self.exchange,
        )

    def identity(self, market: Market) -> InstrumentId:
        """The instrument's name."""
        return InstrumentId(self.exchange, market["base"], market["quote"], market.get("settle") or "")

    def _step(self, market: Market, of: str) -> Decimal | None:
        """The smallest step of a price or an amount, None where there is no fixed one."""
        value = _number(market["precision"].get(of))
        if value is None:
            return None
        mode = market.get("precisionMode", _TICK_SIZE)
        if mode == _DECIMAL_PLACES:
            return Decimal(1).scaleb(-int(value))
        return value if mode == _TICK_SIZE and value > 0 else None


def _open_ns(row: Sequence[Any]) -> int:
    return int(row[0]) * MILLISECOND


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value)).normalize() + 0
