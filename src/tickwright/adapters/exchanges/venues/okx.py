"""OKX spot: trades paged by their number in the pair; twenty requests in two seconds and address.

Source: the exchange's REST documentation. Trades of the last three months before an instant or a number, newest first,
at most 100. Everything else is ccxt's unified interface.

Known limit: the first trade of a range is found by the one before it, so a range that begins before the first trade the
exchange keeps is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tickwright.adapters.exchanges.venues.venue import Market, Venue
from tickwright.domain.errors import BadResponse, NotOffered
from tickwright.domain.timestamp import MILLISECOND, iso

_TRADES = 100
_SIDES = {"buy": True, "sell": False}


class Okx(Venue):
    """OKX spot market data."""

    weight_per_minute = 600

    def __init__(self) -> None:
        super().__init__("okx")

    def weight_of_trades(self, after_id: int | None) -> int:
        """The first page takes two requests."""
        return 2 if after_id is None else 1

    async def trades(self, client: Any, market: Market, start_ns: int, after_id: int | None) -> Sequence[Sequence[Any]]:
        """Trades after an id, or after the last one before an instant."""
        if after_id is None:
            before = await self._before(client, market, {"type": "2", "after": str(-(-start_ns // MILLISECOND))})
            if not before:
                raise NotOffered(
                    f"{self.exchange} keeps no trade of {market['symbol']} from before {iso(start_ns)}",
                    expected="a start after the first trade it keeps, which is about three months old",
                    hint="Start later, or import the history.",
                )
            after_id = before[-1][0]
        rows = await self._before(client, market, {"type": "1", "after": str(after_id + _TRADES + 1)})
        return [row for row in rows if row[0] > after_id]

    async def _before(self, client: Any, market: Market, place: Mapping[str, str]) -> list[tuple[Any, ...]]:
        """Trades before a place, oldest first."""
        said = await client.publicGetMarketHistoryTrades({"instId": market["id"], "limit": _TRADES, **place})
        rows = said.get("data") if isinstance(said, dict) else None
        if not isinstance(rows, list):
            raise BadResponse(f"the answer is not a list of trades but {str(said)[:60]!r}")
        return [_trade(row, number) for number, row in enumerate(reversed(rows))]


def _trade(row: Any, number: int) -> tuple[Any, ...]:
    said = row if isinstance(row, dict) else {}
    numbers = [str(said.get(name)) for name in ("tradeId", "ts")]
    if said.get("side") not in _SIDES or not all(text.isascii() and text.isdigit() for text in numbers):
        raise BadResponse(f"trade {number} is {str(row)[:60]}", expected="a numbered trade with a time and a side")
    return int(numbers[0]), int(numbers[1]) * MILLISECOND, said.get("px"), said.get("sz"), _SIDES[said["side"]]
