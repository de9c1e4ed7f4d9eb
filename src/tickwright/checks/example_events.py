"""Events to examine stores on: well-formed trades, quotes, funding rates and books, numbered from a fixed start.

Invariants: row `n` is the same in every call; `shift` changes its values and not what makes it itself. Half a minute
passes from trade to trade and from quote to quote, eight hours from rate to rate, a minute from book to book; so a day
of funding ends inside what the other kinds call a week.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tickwright.domain.bars import Int64Array, SeriesKind
from tickwright.domain.events import Events, event_key
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timestamp import HOUR, MINUTE, SECOND, parse_instant

INSTRUMENT = InstrumentId.parse("exam:BTC/USDT:USDT")
START_NS = parse_instant("2023-12-31T16:00")
STEP_NS: dict[SeriesKind, int] = {"trades": 30 * SECOND, "quotes": 30 * SECOND, "funding": 8 * HOUR, "book": MINUTE}

LEVELS = 3
"""Price levels on each side of an example book."""


def example_events(kind: SeriesKind, first: int, last: int, *, shift: int = 0, digits: int = 0) -> Events:
    """Events number `first` to `last` - 1 of a kind; a book is one event of several rows.

    `digits` more decimals stand behind every scaled value, all nines in revisions (`shift`), all zeros otherwise.
    """
    number = np.arange(first, last, dtype=np.int64)
    events = Events(event_key(INSTRUMENT, kind), _MAKERS[kind](number, START_NS + number * STEP_NS[kind], shift), 2, 6)
    return events if not digits else events.rescaled(2 + digits, 6 + digits)


def _trades(number: Int64Array, ts_ns: Int64Array, shift: int) -> dict[str, Int64Array]:
    return {
        "ts_ns": ts_ns,
        "trade_id": 7_000 + number,
        "price": 4_200_000 + 37 * number % 900 + shift,
        "quantity": 1_000 + number % 17,
        "taker_buys": number % 2,
    }


def _quotes(number: Int64Array, ts_ns: Int64Array, shift: int) -> dict[str, Int64Array]:
    bid = 4_200_000 + 37 * number % 900 + shift
    return {
        "ts_ns": ts_ns,
        "update_id": 10 * number,
        "bid": bid,
        "ask": bid + 1 + number % 3,
        "bid_quantity": 2_000 + number % 11,
        "ask_quantity": 3_000 + number % 13,
    }


def _funding(number: Int64Array, ts_ns: Int64Array, shift: int) -> dict[str, Int64Array]:
    return {"ts_ns": ts_ns, "rate": 100 - 7 * number % 300 + shift, "mark": 4_200_000 + number}


def _book(number: Int64Array, ts_ns: Int64Array, shift: int) -> dict[str, Int64Array]:
    level = np.tile(np.arange(2 * LEVELS, dtype=np.int64), len(number))
    number, side = np.repeat(number, 2 * LEVELS), level // LEVELS
    return {
        "ts_ns": np.repeat(ts_ns, 2 * LEVELS),
        "update_id": 10 * number,
        "side": side,
        "price": 4_200_000 + 37 * number % 900 + level,
        "quantity": 1_000 + number % 7 + level + abs(shift),
        "snapshot": np.ones(len(number), np.int64),
    }


_MAKERS: dict[SeriesKind, Callable[[Int64Array, Int64Array, int], dict[str, Int64Array]]] = {
    "trades": _trades,
    "quotes": _quotes,
    "funding": _funding,
    "book": _book,
}
