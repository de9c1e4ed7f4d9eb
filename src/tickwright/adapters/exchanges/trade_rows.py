"""Rows of trades, as a venue's file hands them over, to columns of exact integers.

Invariants: a row is (id, ns, price, quantity, taker bought) with decimals as text; ids follow each other without a
hole, from the one that was asked for on; anything else refuses the whole answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tickwright.adapters.exchanges.candle_rows import LAST_MILLISECOND
from tickwright.adapters.exchanges.decimal_columns import scaled
from tickwright.domain.errors import BadResponse
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timestamp import MILLISECOND
from tickwright.domain.trades import Trades

_KINDS = (int, int, str, str, bool)
_LAST_ID = 2**63 - 1


def trade_columns(instrument: InstrumentId, rows: Sequence[Sequence[Any]], after_id: int | None) -> Trades:
    """The rows as columns; raises `BadResponse`."""
    for place, row in enumerate(rows):
        if any(type(value) is not kind for value, kind in zip(row, _KINDS, strict=True)):
            raise BadResponse(f"trade {place} is {list(row)}", expected="id, time, price, quantity and side")
        if not (0 <= row[0] <= _LAST_ID and 0 <= row[1] <= LAST_MILLISECOND * MILLISECOND):
            raise BadResponse(f"trade {place} has id {row[0]} at {row[1]} ns", expected="an id and a time that can be")
    ids = np.array([row[0] for row in rows], np.int64)
    _refuse_missing(ids, after_id)
    price, price_scale = scaled([row[2] for row in rows], where="price")
    quantity, quantity_scale = scaled([row[3] for row in rows], where="quantity")
    return Trades(
        instrument,
        ids,
        np.array([row[1] for row in rows], np.int64),
        price,
        quantity,
        np.array([row[4] for row in rows], np.bool_),
        price_scale,
        quantity_scale,
    )


def _refuse_missing(ids: np.ndarray[tuple[int], np.dtype[np.int64]], after_id: int | None) -> None:
    if not len(ids):
        return
    expected = int(ids[0]) if after_id is None else after_id + 1
    wrong = np.flatnonzero(ids != np.arange(expected, expected + len(ids)))
    if len(wrong):
        place = int(wrong[0])
        raise BadResponse(f"trade {place} has the id {ids[place]}", expected=f"{expected + place}, one after the other")
