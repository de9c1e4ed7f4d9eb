"""Kraken spot: trades paged by time, each with its number in the pair; public requests about one a second.

Source: the exchange's REST documentation and recorded answers. Trades after an instant in nanoseconds, at most 1000,
oldest first, as rows of price, volume, seconds with up to seven decimals (rounded, so that a trade may seem later than
its instant), side, order type, remark and number; the history reaches back to the first trade. Everything else is
ccxt's unified interface; of candles the exchange keeps the newest 720 only, so older ones are built from trades
(`tickwright data build-candles`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from tickwright.adapters.exchanges.venues.venue import Market, Venue
from tickwright.domain.errors import BadResponse
from tickwright.domain.timestamp import SECOND

_TRADES = 1000
_ROUNDED_NS = 1_000
"""How much earlier than its time a trade may have been."""
_FIELDS = 7
_SIDES = {"b": True, "s": False}


class Kraken(Venue):
    """Kraken spot market data."""

    weight_per_minute = 60

    def __init__(self) -> None:
        super().__init__("kraken")

    async def trades(self, client: Any, market: Market, start_ns: int, after_id: int | None) -> Sequence[Sequence[Any]]:
        """Trades from an instant on, or after an id: pages overlap in the trades of that instant, so none is missed."""
        asked = {"pair": market["id"], "since": str(start_ns - _ROUNDED_NS), "count": _TRADES}
        said = await client.publicGetTrades(asked)
        pairs = said.get("result") if isinstance(said, dict) else None
        rows = next((rows for name, rows in pairs.items() if name != "last"), None) if isinstance(pairs, dict) else None
        if not isinstance(rows, list):
            raise BadResponse(f"the answer is not a list of trades but {str(said)[:60]!r}")
        found = [_trade(row, number) for number, row in enumerate(rows)]
        if after_id is None:
            return found
        following = [row for row in found if row[0] > after_id]
        if len(found) >= _TRADES and not following:
            expected = f"fewer than {_TRADES} trades at one instant"
            raise BadResponse(f"a page from {start_ns} ns on ends before trade {after_id + 1}", expected=expected)
        return following


def _trade(row: Any, number: int) -> tuple[Any, ...]:
    if not isinstance(row, list) or len(row) < _FIELDS or row[3] not in _SIDES:
        raise BadResponse(f"trade {number} is {str(row)[:60]}", expected=f"{_FIELDS} fields with a side and an id")
    try:
        ts_ns = Decimal(str(row[2])) * SECOND  # a float's text has the decimals it was written with
    except InvalidOperation:
        raise BadResponse(f"trade {number} has the time {row[2]!r}", expected="seconds") from None
    if not ts_ns.is_finite():
        raise BadResponse(f"trade {number} has the time {row[2]!r}", expected="seconds")
    return row[6], int(ts_ns), row[0], row[1], _SIDES[row[3]]
