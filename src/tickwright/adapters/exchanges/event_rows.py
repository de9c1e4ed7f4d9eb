"""Funding rates, quotes and books, as a venue's file hands them over, to columns of exact integers.

Invariants: decimals come as text and go without a float; times are whole milliseconds; a funding rate keeps its nominal
time; an answer that cannot be read is refused as a whole. Whether a row can be true is judged later, row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tickwright.adapters.exchanges.candle_rows import LAST_MILLISECOND
from tickwright.adapters.exchanges.decimal_columns import scaled, scaled_together
from tickwright.domain.bars import Int64Array
from tickwright.domain.errors import BadResponse
from tickwright.domain.events import Events, event_key, funding_events, nominal_times
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timestamp import MILLISECOND

_LAST_ID = 2**63 - 1


def funding_columns(instrument: InstrumentId, rows: Sequence[Sequence[Any]]) -> Events:
    """Rows of (ms, rate, mark price) as events in order; raises `BadResponse`."""
    times = nominal_times(np.array([_instant(row[0], "funding rate") for row in rows], np.int64))
    rate, rate_scale = scaled(_texts(rows, 1, "funding rate"), where="funding rates")
    mark, mark_scale = scaled(_texts(rows, 2, "mark price"), where="mark prices")
    return funding_events(instrument, times, rate, rate_scale, mark, mark_scale).in_order()


def quote_columns(instrument: InstrumentId, row: Sequence[Any], heard_ns: int) -> Events:
    """(ms or None, update id, bid, bid quantity, ask, ask quantity) as one event; raises `BadResponse`."""
    ts_ns = heard_ns if row[0] is None else _instant(row[0], "quote")
    bid, bid_quantity, ask, ask_quantity = ([_text(value, "quote")] for value in row[2:6])
    (bids, asks), price_scale = scaled_together({"bid": bid, "ask": ask}, where="quote")
    sizes = {"bid quantity": bid_quantity, "ask quantity": ask_quantity}
    (bid_sizes, ask_sizes), quantity_scale = scaled_together(sizes, where="quote")
    columns = {
        "ts_ns": _whole(ts_ns),
        "update_id": _whole(_number(row[1])),
        "bid": bids,
        "ask": asks,
        "bid_quantity": bid_sizes,
        "ask_quantity": ask_sizes,
    }
    return Events(event_key(instrument, "quotes"), columns, price_scale, quantity_scale)


def book_columns(
    instrument: InstrumentId, said: tuple[Any, Any, Sequence[Any], Sequence[Any]], heard_ns: int
) -> Events:
    """(ms or None, update id, bids, asks) as one snapshot; raises `BadResponse`."""
    at, update, bids, asks = said
    levels = [*bids, *asks]
    if any(not isinstance(level, list | tuple) or len(level) < 2 for level in levels):
        raise BadResponse("the book's levels are no rows of price and quantity")
    price, price_scale = scaled(_texts(levels, 0, "price"), where="book")
    quantity, quantity_scale = scaled(_texts(levels, 1, "quantity"), where="book")
    count, ts_ns = len(levels), heard_ns if at is None else _instant(at, "book")
    columns = {
        "ts_ns": np.full(count, ts_ns, np.int64),
        "update_id": np.full(count, _number(update), np.int64),
        "side": np.repeat(np.array([0, 1], np.int64), [len(bids), len(asks)]),
        "price": price,
        "quantity": quantity,
        "snapshot": np.ones(count, np.int64),
    }
    return Events(event_key(instrument, "book"), columns, price_scale, quantity_scale).in_order()


def _whole(value: int) -> Int64Array:
    return np.array([value], np.int64)


def _instant(value: Any, what: str) -> int:
    if type(value) is not int or not 0 <= value <= LAST_MILLISECOND:
        raise BadResponse(f"the {what} is of {value!r}", expected="whole milliseconds")
    return value * MILLISECOND


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LAST_ID:
        raise BadResponse(f"the update id is {value!r}", expected="a whole number")
    return value


def _texts(rows: Sequence[Sequence[Any]], place: int, name: str) -> list[str]:
    return [_text(row[place], name) for row in rows]


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise BadResponse(f"the {name} is {value!r}", expected="decimal text")
    return value
