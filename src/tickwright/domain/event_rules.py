"""What every trade, quote, funding rate and book level must fulfil before it may be kept: one rule, one sentence.

The rules of every kind: the time is not before 1970; two rows that are the same row by their identity are kept once if
they agree, and not at all if they contradict each other. Then, by kind:
- trades: price and quantity above zero; the id not negative; the taker bought or sold; in order of ids no trade is
  earlier than one before it: of a page that goes back in time, the fewest trades that restore order are not believed;
- quotes: bid and ask above zero, the bid below the ask, no negative quantity;
- funding: the time is a whole minute, the rate is between -1 and 1, the mark price not negative;
- book: price above zero, quantity not negative and in a snapshot above zero, a side is a side; a snapshot whose best
  bid is not below its best ask is not believed as a whole.
Invariants: pure; rows in order (`Events.in_order`); a row breaks at most one named rule, the first that it breaks.
Known limit: a wrong but well-formed price passes; outliers are judged against neighbours and other sources.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Int64Array, SeriesKind
from tickwright.domain.candle_rules import BrokenRule
from tickwright.domain.events import Events, exact_text
from tickwright.domain.timestamp import MINUTE, iso

_Mask = npt.NDArray[np.bool_]


class _Rule(NamedTuple):
    """The rows that break a rule, and its sentence with the names of the columns it tells."""

    mask: _Mask
    sentence: str
    columns: tuple[str, ...] = ()


def broken_event_rules(events: Events) -> list[BrokenRule]:
    """Every row that breaks a rule, in row order.

    >>> from tickwright.domain.events import event_key
    >>> from tickwright.domain.instrument import InstrumentId
    >>> values = {"ts_ns": 0, "update_id": 1, "bid": 105, "ask": 101, "bid_quantity": 3, "ask_quantity": 4}
    >>> columns = {name: np.array([value]) for name, value in values.items()}
    >>> key = event_key(InstrumentId.parse("binance:BTC/USDT"), "quotes")
    >>> broken_event_rules(Events(key, columns, 1, 0))[0].reason
    'the bid 10.5 is not below the ask 10.1'
    """
    judged = np.zeros(len(events), np.bool_)
    broken: list[BrokenRule] = []
    for rule in (*_of_any_kind(events), *_RULES[events.key.kind](events)):
        broken += [BrokenRule(int(row), _told(rule, events, int(row))) for row in np.flatnonzero(rule.mask & ~judged)]
        judged |= rule.mask
    if events.key.kind == "trades":
        late = _out_of_line(events, ~judged)
        broken += [BrokenRule(int(row), _told(late, events, int(row))) for row in np.flatnonzero(late.mask)]
    return sorted(broken)


def place_of(events: Events, row: int) -> str:
    """How a row is named in reports and in the quarantine: its time and what else makes it itself."""
    names = [name for name in events.layout.order if name != "ts_ns"]
    rest = " ".join(f"{name.replace('_', ' ')} {exact_text(events, name, row)}" for name in names)
    return f"{_NOUN[events.key.kind]} of {iso(int(events.ts_ns[row]))}" + (f", {rest}" if rest else "")


_NOUN: dict[SeriesKind, str] = {"trades": "trade", "quotes": "quote", "funding": "rate", "book": "level"}


def _told(rule: _Rule, events: Events, row: int) -> str:
    return rule.sentence.format(*(exact_text(events, name, row) for name in rule.columns))


def _of_any_kind(events: Events) -> Iterator[_Rule]:
    yield _Rule(events.ts_ns < 0, "{} is before 1970", ("ts_ns",))
    repeats, contradictions = _said_twice(events)
    yield _Rule(contradictions, "another row says something else of the same " + _NOUN[events.key.kind])
    yield _Rule(repeats, "it repeats another row")


def _said_twice(events: Events) -> tuple[_Mask, _Mask]:
    """Rows that repeat an equal one before them, and rows that another one contradicts."""
    repeats, contradictions = np.zeros((2, len(events)), np.bool_)
    order = np.lexsort([events[name] for name in reversed(events.layout.identity)])
    same = np.ones(max(0, len(events) - 1), np.bool_)
    for name in events.layout.identity:
        same &= np.diff(events[name][order]) == 0
    if not same.any():
        return repeats, contradictions
    group = np.concatenate([[0], np.cumsum(~same)])
    differs = np.zeros(len(same), np.bool_)
    for name in events.layout.columns:
        differs |= np.diff(events[name][order]) != 0
    doubtful = np.bincount(group[1:], weights=differs & same, minlength=int(group[-1]) + 1) > 0
    contradictions[order] = doubtful[group]
    repeats[order[1:]] = same & ~doubtful[group[1:]]
    return repeats, contradictions


def _trade_rules(events: Events) -> Iterator[_Rule]:
    yield _Rule(events["price"] <= 0, "the price {} is not above zero", ("price",))
    yield _Rule(events["quantity"] <= 0, "the quantity {} is not above zero", ("quantity",))
    yield _Rule(events["trade_id"] < 0, "the id {} is negative", ("trade_id",))
    yield _Rule(_no_flag(events["taker_buys"]), "the taker's side is {}", ("taker_buys",))


def _quote_rules(events: Events) -> Iterator[_Rule]:
    yield _Rule(np.minimum(events["bid"], events["ask"]) <= 0, "a price is not above zero ({} to {})", ("bid", "ask"))
    yield _Rule(events["bid"] >= events["ask"], "the bid {} is not below the ask {}", ("bid", "ask"))
    least = np.minimum(events["bid_quantity"], events["ask_quantity"])
    yield _Rule(least < 0, "a quantity is negative ({} and {})", ("bid_quantity", "ask_quantity"))


def _funding_rules(events: Events) -> Iterator[_Rule]:
    yield _Rule(events.ts_ns % MINUTE != 0, "{} is not a whole minute", ("ts_ns",))
    whole = 10**events.quantity_scale
    yield _Rule(np.abs(events["rate"]) >= whole, "the rate {} is not between -1 and 1", ("rate",))
    yield _Rule(events["mark"] < 0, "the mark price {} is negative", ("mark",))


def _book_rules(events: Events) -> Iterator[_Rule]:
    yield _Rule(events["price"] <= 0, "the price {} is not above zero", ("price",))
    yield _Rule(events["quantity"] < 0, "the quantity {} is negative", ("quantity",))
    yield _Rule(_no_flag(events["side"]), "the side is {}", ("side",))
    yield _Rule(_no_flag(events["snapshot"]), "snapshot is {}", ("snapshot",))
    whole = events["snapshot"] == 1
    yield _Rule(whole & (events["quantity"] == 0), "nothing stands at {}, in a snapshot", ("price",))
    yield _Rule(_crossed(events), "the best bid of its snapshot is not below the best ask")


def _crossed(events: Events) -> _Mask:
    """The rows of snapshots whose best bid is not below their best ask."""
    starts = np.ones(len(events), np.bool_)
    starts[1:] = (np.diff(events.ts_ns) != 0) | (np.diff(events["update_id"]) != 0)
    group = np.cumsum(starts) - 1
    count = int(group[-1]) + 1 if len(group) else 0
    bids, asks = np.full(count, -1, np.int64), np.full(count, 2**62, np.int64)
    whole = (events["snapshot"] == 1) & (events["price"] > 0)
    is_bid, is_ask = whole & (events["side"] == 0), whole & (events["side"] == 1)
    np.maximum.at(bids, group[is_bid], events["price"][is_bid])
    np.minimum.at(asks, group[is_ask], events["price"][is_ask])
    crossed: _Mask = whole & (bids >= asks)[group]
    return crossed


def _out_of_line(events: Events, sound: _Mask) -> _Rule:
    """The fewest sound trades whose removal leaves times that never go back in order of ids."""
    mask = np.zeros(len(events), np.bool_)
    rows = np.flatnonzero(sound)
    rows = rows[np.argsort(events["trade_id"][rows], kind="stable")]
    times = events.ts_ns[rows]
    if np.any(np.diff(times) < 0):
        mask[rows] = True
        mask[rows[_longest_run(times)]] = False
    return _Rule(mask, "the id {} does not fit its time: trades with lower ids are later, or with higher earlier", (
        "trade_id",
    ))  # fmt: skip


def _longest_run(times: Int64Array) -> Int64Array:
    """Positions of a longest subsequence that never goes back."""
    ends: list[int] = []  # the least last value of a run of each length
    places: list[int] = []  # where that value stands
    before = np.full(len(times), -1, np.int64)
    for place, time in enumerate(times.tolist()):
        length = bisect_right(ends, time)
        before[place] = places[length - 1] if length else -1
        ends[length : length + 1], places[length : length + 1] = [time], [place]
    run = []
    place = places[-1] if places else -1
    while place >= 0:
        run.append(place)
        place = int(before[place])
    return np.array(run[::-1], np.int64)


def _no_flag(column: Int64Array) -> _Mask:
    wrong: _Mask = (column != 0) & (column != 1)
    return wrong


_RULES: dict[SeriesKind, Callable[[Events], Iterator[_Rule]]] = {
    "trades": _trade_rules,
    "quotes": _quote_rules,
    "funding": _funding_rules,
    "book": _book_rules,
}
