"""A series of events in exact integers: trades, quotes, funding rates, books; what stores keep beside candles.

Invariants: columns are those of the kind's `row_layout`, of equal length, int64; prices share one decimal scale and
quantities (for funding the rates) another; a series that comes from a store is sorted by time and then by what makes a
row itself. Floats are derived on read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Bars, Float64Array, Int64Array, SeriesKey, SeriesKind, coarsest
from tickwright.domain.gaps import Span
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.market import Funding
from tickwright.domain.money import amount_text
from tickwright.domain.row_layout import RowLayout, layout_of
from tickwright.domain.timestamp import MINUTE, SECOND, iso
from tickwright.domain.trades import Trades

FUNDING_JITTER_NS = SECOND
"""How long after its nominal time a funding rate may be published and still be of it."""

_PPB_SCALE = 9


@dataclass(frozen=True, slots=True)
class Events:
    """Rows of a series without a timeframe; a price is `units × 10^-price_scale`, a quantity or a rate likewise."""

    key: SeriesKey
    columns: Mapping[str, Int64Array]
    price_scale: int = 0
    quantity_scale: int = 0

    @classmethod
    def none(cls, key: SeriesKey) -> Events:
        """No rows of a series."""
        return cls(key, {name: np.empty(0, np.int64) for name in layout_of(key.kind).columns})

    def __len__(self) -> int:
        return len(self.ts_ns)

    def __getitem__(self, column: str) -> Int64Array:
        return self.columns[column]

    @property
    def layout(self) -> RowLayout:
        """What the rows of this kind consist of."""
        return layout_of(self.key.kind)

    @property
    def ts_ns(self) -> Int64Array:
        """When each event was, UTC nanoseconds."""
        return self.columns["ts_ns"]

    def values(self, column: str) -> Float64Array:
        """A column as float64, derived exactly as `units / 10^scale`; a plain column as it is."""
        scaled: Float64Array = self.columns[column] / 10.0 ** self.scale(column)
        return scaled

    def scale(self, column: str) -> int:
        """The decimals of a column; 0 for a plain one."""
        if column in self.layout.prices:
            return self.price_scale
        return self.quantity_scale if column in self.layout.quantities else 0

    def take(self, index: slice | Int64Array | npt.NDArray[np.bool_]) -> Events:
        """Some of the rows, by slice, mask or positions."""
        return replace(self, columns={name: column[index] for name, column in self.columns.items()})

    def where(self, keep: npt.NDArray[np.bool_]) -> Events:
        """The rows that a mask keeps."""
        return self.take(keep)

    def between(self, start_ns: int, end_ns: int) -> Events:
        """The rows of [start, end), as views on the same memory; the rows are in order of time."""
        first, last = np.searchsorted(self.ts_ns, (start_ns, end_ns))
        return self.take(slice(int(first), int(last)))

    def in_order(self) -> Events:
        """The same rows by time, and within an instant by what makes a row itself."""
        order = np.lexsort([self.columns[name] for name in reversed(self.layout.order)])
        return self if np.array_equal(order, np.arange(len(order))) else self.take(order)

    def rescaled(self, price_scale: int, quantity_scale: int) -> Events:
        """The same rows on finer scales, exactly; the scales may only grow."""
        price, quantity = 10 ** (price_scale - self.price_scale), 10 ** (quantity_scale - self.quantity_scale)
        factors = dict.fromkeys(self.layout.prices, price) | dict.fromkeys(self.layout.quantities, quantity)
        columns = {name: column * factors[name] if name in factors else column for name, column in self.columns.items()}
        return Events(self.key, columns, price_scale, quantity_scale)

    def coarsened(self) -> Events:
        """The same rows on the coarsest scales that hold them exactly: the decimals the data really has."""
        prices, price_scale = coarsest([self.columns[name] for name in self.layout.prices], self.price_scale)
        amounts, quantity_scale = coarsest([self.columns[name] for name in self.layout.quantities], self.quantity_scale)
        coarse = dict(zip((*self.layout.prices, *self.layout.quantities), (*prices, *amounts), strict=True))
        return Events(self.key, {**self.columns, **coarse}, price_scale, quantity_scale)

    def content_hash(self) -> str:
        """SHA-256 of the values, independent of scale: the same events hash alike in every store."""
        coarse = self.coarsened()
        digest = hashlib.sha256(str(self.key).encode())
        digest.update(f"|{coarse.price_scale}|{coarse.quantity_scale}|{len(self)}|".encode())
        for name in self.layout.columns:
            digest.update(np.ascontiguousarray(coarse.columns[name], "<i8").tobytes())
        return digest.hexdigest()


Series: TypeAlias = Bars | Events
"""Rows of one series of any kind."""


def event_key(instrument: InstrumentId, kind: SeriesKind) -> SeriesKey:
    """The series of events of a kind."""
    return SeriesKey(instrument, None, kind)


def funding_events(
    instrument: InstrumentId,
    ts_ns: Int64Array,
    rate: Int64Array,
    rate_scale: int,
    mark: Int64Array | None = None,
    mark_scale: int = 0,
) -> Events:
    """Funding rates as events: `rate × 10^-rate_scale` of the notional at nominal times, with mark prices if known."""
    marks = np.zeros(len(ts_ns), np.int64) if mark is None else mark
    return Events(
        event_key(instrument, "funding"), {"ts_ns": ts_ns, "rate": rate, "mark": marks}, mark_scale, rate_scale
    )


def funding_of(events: Events) -> Funding:
    """Funding for a market: times and rates in billionths, a finer rate rounded half up, once.

    >>> btc = InstrumentId.parse("binance:BTC/USDT:USDT")
    >>> funding_of(funding_events(btc, np.array([0]), np.array([1]), 4)).rate_ppb.tolist()
    [100000]
    """
    finer = events.quantity_scale - _PPB_SCALE
    if finer <= 0:
        return Funding(events.ts_ns, events["rate"] * 10**-finer)
    unit = 10**finer
    return Funding(events.ts_ns, (events["rate"] + unit // 2) // unit)


def nominal_times(ts_ns: Int64Array) -> Int64Array:
    """The times rates are of: exchanges name the instant of publishing, up to `FUNDING_JITTER_NS` after the minute.

    >>> nominal_times(np.array([28_800_000_000_000, 28_800_017_000_000, 28_803_000_000_000])).tolist()
    [28800000000000, 28800000000000, 28803000000000]
    """
    after = ts_ns % MINUTE
    times: Int64Array = np.where(after <= FUNDING_JITTER_NS, ts_ns - after, ts_ns)
    return times


def trade_events(trades: Trades) -> Events:
    """Trades as events."""
    columns = {
        "ts_ns": trades.ts_ns,
        "trade_id": trades.trade_id,
        "price": trades.price,
        "quantity": trades.quantity,
        "taker_buys": trades.taker_buys.astype(np.int64),
    }
    return Events(event_key(trades.instrument, "trades"), columns, trades.price_scale, trades.quantity_scale)


def trades_of(events: Events) -> Trades:
    """Stored trades in order of their ids, as `domain.trades` has them."""
    order = np.argsort(events["trade_id"], kind="stable")
    trade_id, ts_ns, price, quantity, taker = (
        events[name][order] for name in ("trade_id", "ts_ns", "price", "quantity", "taker_buys")
    )
    return Trades(
        events.key.instrument, trade_id, ts_ns, price, quantity, taker.astype(np.bool_),
        events.price_scale, events.quantity_scale,
    )  # fmt: skip


def exact_text(series: Series, column: str, row: int) -> str:
    """One value of a series as text: plain decimals, an instant as ISO 8601."""
    if isinstance(series, Events):
        value, scale = int(series[column][row]), series.scale(column)
    else:
        value = int(getattr(series, column)[row])
        scale = series.volume_scale if column == "volume" else series.price_scale
    return iso(value) if column in ("ts_ns", "open_time_ns") else amount_text(value, scale)


def held_span(series: Series) -> Span:
    """What the rows of a series cover, [start, end): whole candles, or events from first to last; not of no rows."""
    if isinstance(series, Events):
        return int(series.ts_ns[0]), int(series.ts_ns[-1]) + 1
    return int(series.open_time_ns[0]), int(series.open_time_ns[-1]) + series.timeframe.length_ns


def joined_events(key: SeriesKey, parts: list[Events]) -> Events:
    """Several pieces of a series as one, in the order given, on the finest scales among them."""
    if not parts:
        return Events.none(key)
    scales = max(part.price_scale for part in parts), max(part.quantity_scale for part in parts)
    level = [part.rescaled(*scales) for part in parts]
    columns = {name: np.concatenate([part[name] for part in level]) for name in layout_of(key.kind).columns}
    return Events(key, columns, *scales)
