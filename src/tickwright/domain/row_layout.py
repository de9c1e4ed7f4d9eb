"""What the rows of each kind of series consist of: their columns, the scale of each, and what makes a row itself.

Candles, mark and index prices are candles of a timeframe (`domain.bars.Bars`); the other kinds are events without one
(`domain.events.Events`):

- trades: when, the exchange's id, price, quantity, and whether the taker bought;
- quotes: when, the exchange's update id (0 where it has none), best bid and ask with their quantities;
- funding: the nominal time, the rate, and the mark price it was taken at (0 where the source does not say);
- book: when, the update id, the side (0 bid, 1 ask), a price level and what stands there, and whether the row is part
  of a whole snapshot (1) or a change of one level (0; quantity 0 takes the level away).

Invariants: every column is int64; the first one is the time, UTC nanoseconds; two rows are the same row exactly when
they agree in `identity`, and then a differing value is a revision. A rate is on the scale of quantities.
"""

from __future__ import annotations

from dataclasses import dataclass

from tickwright.domain.bars import PRICE_COLUMNS, SeriesKind


@dataclass(frozen=True, slots=True)
class RowLayout:
    """The columns of a kind, the time first, and those on the price and on the quantity scale; others are plain."""

    columns: tuple[str, ...]
    prices: tuple[str, ...]
    quantities: tuple[str, ...]
    identity: tuple[str, ...]

    @property
    def time(self) -> str:
        """The name of the column of the time."""
        return self.columns[0]

    @property
    def order(self) -> tuple[str, ...]:
        """The columns that rows are sorted by: the time, then what else makes a row itself."""
        return (self.time, *(name for name in self.identity if name != self.time))


CANDLES = RowLayout(("open_time_ns", *PRICE_COLUMNS, "volume"), PRICE_COLUMNS, ("volume",), ("open_time_ns",))
TRADES = RowLayout(("ts_ns", "trade_id", "price", "quantity", "taker_buys"), ("price",), ("quantity",), ("trade_id",))
QUOTES = RowLayout(
    ("ts_ns", "update_id", "bid", "ask", "bid_quantity", "ask_quantity"),
    ("bid", "ask"),
    ("bid_quantity", "ask_quantity"),
    ("ts_ns", "update_id"),
)
FUNDING = RowLayout(("ts_ns", "rate", "mark"), ("mark",), ("rate",), ("ts_ns",))
BOOK = RowLayout(
    ("ts_ns", "update_id", "side", "price", "quantity", "snapshot"),
    ("price",),
    ("quantity",),
    ("ts_ns", "update_id", "side", "price"),
)

CANDLE_KINDS: tuple[SeriesKind, ...] = ("candles", "mark", "index")
"""The kinds whose rows are open, high, low, close and volume of a timeframe."""

EVENT_KINDS: tuple[SeriesKind, ...] = ("trades", "quotes", "funding", "book")
"""The kinds whose rows are events without a timeframe."""

OBSERVED_KINDS: tuple[SeriesKind, ...] = ("quotes", "book")
"""The kinds that are taken down as they are at an instant: nothing says how many rows there should be in a range."""

_LAYOUTS: dict[SeriesKind, RowLayout] = {
    **dict.fromkeys(CANDLE_KINDS, CANDLES),
    "trades": TRADES,
    "quotes": QUOTES,
    "funding": FUNDING,
    "book": BOOK,
}


def layout_of(kind: SeriesKind) -> RowLayout:
    """The layout of a kind.

    >>> layout_of("funding").columns, layout_of("book").order
    (('ts_ns', 'rate', 'mark'), ('ts_ns', 'update_id', 'side', 'price'))
    """
    return _LAYOUTS[kind]
