"""What every market store promises of trades, quotes, funding rates and books: the second part of the stores' exam.

`EVENT_QUESTIONS` asks each promise of each kind, by a name such as `funding_a_range_is_half_open`; `checks.store` asks
the same of candles. A store that breaks a promise fails with a `CheckFailed` that names it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from tickwright.checks.example_events import INSTRUMENT, LEVELS, START_NS, STEP_NS, example_events
from tickwright.domain.bars import SeriesKey, SeriesKind
from tickwright.domain.errors import CheckFailed, DataError
from tickwright.domain.events import Events, event_key, joined_events
from tickwright.domain.gaps import Gap, GapKind
from tickwright.domain.row_layout import EVENT_KINDS, OBSERVED_KINDS
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY
from tickwright.ports import MarketStore

OpenStore = Callable[[str], MarketStore]


def _what_is_written_is_read_back(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    events = example_events(kind, 0, 40)
    report = open_store(name).write(events)
    _demand_counts(report, (len(events), 0, 0), name)
    found = open_store(name).read_events(events.key)
    _demand_equal(found, events, name)
    _demand(list(open_store(name).keys()) == [events.key], name, f"the keys were {open_store(name).keys()}")
    held = open_store(name).coverage(events.key)
    ends = (held.rows, held.first_ns, held.last_ns)
    _demand(ends == (len(events), _at(kind, 0), _at(kind, 39)), name, f"the coverage was {held}")


def _the_same_write_again_changes_nothing(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    store, events = open_store(name), example_events(kind, 0, 40)
    store.write(events)
    mixed = events.take(np.random.Generator(np.random.Philox(5)).permutation(len(events)))
    _demand_counts(store.write(mixed), (0, 0, len(events)), name)
    _demand_equal(store.read_events(events.key), events, name)


def _writes_in_any_order_give_one_series(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    store = open_store(name)
    for first, last in ((30, 40), (0, 10), (5, 35)):
        store.write(example_events(kind, first, last))
    _demand_equal(store.read_events(event_key(INSTRUMENT, kind)), example_events(kind, 0, 40), name)


def _a_range_is_half_open(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    store = open_store(name)
    store.write(example_events(kind, 0, 40))
    key = event_key(INSTRUMENT, kind)
    _demand_equal(store.read_events(key, _at(kind, 3), _at(kind, 9)), example_events(kind, 3, 9), name)
    _demand_equal(store.read_events(key, _at(kind, 35)), example_events(kind, 35, 40), name)
    _demand(len(store.read_events(key, _at(kind, 60))) == 0, name, "rows were read where there are none")


def _a_revision_replaces_and_the_former_version_is_kept(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    store, key = open_store(name), event_key(INSTRUMENT, kind)
    store.write(example_events(kind, 0, 20))
    before = _latest_recording(store, key)
    store.write(example_events(kind, 20, 30))
    revised = example_events(kind, 10, 15, shift=33)
    _demand_counts(store.write(revised, source="correction"), (0, len(revised), 0), name)
    parts = [example_events(kind, 0, 10), revised, example_events(kind, 15, 30)]
    _demand_equal(store.read_events(key), joined_events(key, parts), name)
    _demand_equal(store.read_events(key, as_of_ns=before), example_events(kind, 0, 20), name)


def _finer_values_refine_the_scale(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    store, key = open_store(name), event_key(INSTRUMENT, kind)
    store.write(example_events(kind, 0, 10))
    finer = example_events(kind, 10, 20, digits=3)
    finer = Events(key, {**finer.columns, _VALUE[kind]: finer[_VALUE[kind]] + 1}, 5, 9)
    store.write(finer)
    _demand_equal(store.read_events(key), joined_events(key, [example_events(kind, 0, 10), finer]), name)
    _demand_counts(store.write(example_events(kind, 0, 10)), (0, 0, len(example_events(kind, 0, 10))), name)


def _bad_rows_are_refused_with_a_reason(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    store, events = open_store(name), example_events(kind, 0, 10)
    column, value, reason = _BAD[kind]
    columns = {name: values.copy() for name, values in events.columns.items()}
    row = 4 * (2 * LEVELS if kind == "book" else 1)
    columns[column][row] = value
    report = store.write(Events(events.key, columns, events.price_scale, events.quantity_scale))
    _demand((report.inserted, len(report.refused)) == (len(events) - 1, 1), name, f"the report was {report}")
    _demand(reason in report.refused[0].reason, name, f"the reason was {report.refused[0].reason!r}")
    _demand(len(store.read_events(events.key)) == len(events) - 1, name, "the refused row was stored")


def _rows_that_contradict_each_other_are_not_kept(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    store, key = open_store(name), event_key(INSTRUMENT, kind)
    sound, twice = example_events(kind, 0, 10), example_events(kind, 3, 4)
    columns = {name: values.copy() for name, values in twice.columns.items()}
    columns[_VALUE[kind]] += 1
    rows = [sound, Events(key, columns, twice.price_scale, twice.quantity_scale), example_events(kind, 7, 8)]
    if kind == "book":  # another price would be another level
        rows[1] = example_events(kind, 3, 4, shift=5)
    report = store.write(joined_events(key, rows))
    size = len(twice)
    _demand((report.inserted, len(report.refused)) == (len(sound) - size, 3 * size), name, f"the report was {report}")
    left = joined_events(key, [example_events(kind, 0, 3), example_events(kind, 4, 10)])
    _demand_equal(store.read_events(key), left, name)


def _what_nobody_asked_for_is_a_gap(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    store, key = open_store(name), event_key(INSTRUMENT, kind)
    for first, last in ((0, 10), (30, 40)):
        store.write(example_events(kind, first, last), fetched=(_at(kind, first), _at(kind, last)))
    if kind in OBSERVED_KINDS:
        _demand(not store.coverage(key).gaps, name, f"observations have gaps: {store.coverage(key).gaps}")
        return
    found = [(gap.start_ns, gap.end_ns, gap.kind) for gap in open_store(name).coverage(key).gaps]
    _demand(found == [(_at(kind, 10), _at(kind, 30), GapKind.NOT_FETCHED)], name, f"the gaps were {found}")
    bars = [gap.bars for gap in store.coverage(key).gaps]
    _demand(bars == [20 if kind == "funding" else 0], name, f"the missing bars were {bars}")
    store.write(Events.none(key), fetched=(_at(kind, 10), _at(kind, 30)))
    kinds = [gap.kind for gap in store.coverage(key).gaps]
    _demand(kinds == ([GapKind.UNKNOWN] if kind == "funding" else []), name, f"after asking the gaps were {kinds}")
    asked = list(open_store(name).fetched(key))
    _demand(asked == [(_at(kind, 0), _at(kind, 40))], name, f"the ranges were {asked}")


def _a_reason_for_a_gap_is_kept(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    store, key = open_store(name), event_key(INSTRUMENT, kind)
    store.write(example_events(kind, 0, 10), fetched=(_at(kind, 0), _at(kind, 10)))
    store.write(example_events(kind, 12, 30), fetched=(_at(kind, 12), _at(kind, 30)))
    store.explain(key, [Gap(_at(kind, 10), _at(kind, 12), 2, GapKind.OUTAGE, "seen")])
    found = [(gap.kind, gap.note) for gap in open_store(name).coverage(key).gaps]
    expected = [] if kind in OBSERVED_KINDS else [(GapKind.OUTAGE, "seen")]
    _demand(found == expected, name, f"the gaps were {found}")


def _what_is_dropped_is_gone_and_the_rest_stays(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    store, key = open_store(name), event_key(INSTRUMENT, kind)
    store.write(example_events(kind, 0, 40), fetched=(_at(kind, 0), _at(kind, 50)))
    store.write(example_events(kind, 2, 12, shift=7))
    gone = len(example_events(kind, 0, 10))
    _demand(store.drop(key, _at(kind, 10)) == gone, name, f"{gone} rows before the instant were not counted so")
    left = joined_events(key, [example_events(kind, 10, 12, shift=7), example_events(kind, 12, 40)])
    _demand_equal(open_store(name).read_events(key), left, name)
    _demand(list(store.fetched(key)) == [(_at(kind, 10), _at(kind, 50))], name, f"ranges were {store.fetched(key)}")
    _demand(store.drop(key, _at(kind, 10)) == 0, name, "dropping again dropped something")
    _demand(not list(store.verify(deep=True)), name, f"verify found {list(store.verify(deep=True))}")


def _verify_finds_nothing_wrong(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    store = open_store(name)
    store.write(example_events(kind, 0, 40), fetched=(_at(kind, 0), _at(kind, 60)))
    store.write(example_events(kind, 5, 9, shift=3))
    for deep in (False, True):
        findings = list(store.verify(deep=deep))
        _demand(not findings, name, f"verify found {findings}")


def _kinds_do_not_touch_each_other(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    store = open_store(name)
    for other in EVENT_KINDS:
        store.write(example_events(other, 0, 10))
    for other in EVENT_KINDS:
        _demand_equal(store.read_events(event_key(INSTRUMENT, other)), example_events(other, 0, 10), name)
    expected = sorted(event_key(INSTRUMENT, other) for other in EVENT_KINDS)
    _demand(list(store.keys()) == expected, name, f"the keys were {store.keys()}")


def _a_series_of_events_has_no_timeframe(open_store: OpenStore, kind: SeriesKind, name: str) -> None:
    store, events = open_store(name), example_events(kind, 0, 3)
    store.write(events)
    key = SeriesKey(INSTRUMENT, Timeframe.parse("1h"), kind)
    for attempt in (
        lambda: store.write(Events(key, events.columns, 2, 6)),
        lambda: store.read_events(key),
        lambda: store.read(events.key),
        lambda: store.read_events(event_key(INSTRUMENT, EVENT_KINDS[EVENT_KINDS.index(kind) - 1])),
    ):
        try:
            attempt()
        except DataError as failure:
            _demand(str(INSTRUMENT) in str(failure), name, f"the sentence was {failure}")
        else:
            raise _broken(name, "a series of events with a timeframe, of another form, or unknown, was taken for one")


def _a_trade_that_stands_in_two_days_is_found(open_store: OpenStore, name: str) -> None:
    store, trades = open_store(name), example_events("trades", 0, 5)
    store.write(trades)
    again = trades.take(slice(1, 2))
    store.write(Events(trades.key, {**again.columns, "ts_ns": again.ts_ns + 3 * DAY}, 2, 6))
    _demand(not list(store.verify()), name, "the fast look, which reads no row, found something")
    found = [finding.place for finding in store.verify(deep=True)] + [one.reason for one in store.verify(deep=True)]
    _demand(any("trade id 7001" in words for words in found), name, f"verify found {found}")


_VALUE: dict[SeriesKind, str] = {"trades": "price", "quotes": "ask_quantity", "funding": "rate", "book": "quantity"}

_BAD: dict[SeriesKind, tuple[str, int, str]] = {
    "trades": ("price", -5, "the price -0.05 is not above zero"),
    "quotes": ("bid", 9_999_999, "is not below the ask"),
    "funding": ("rate", 2_000_000, "the rate 2 is not between -1 and 1"),
    "book": ("quantity", -1, "the quantity -0.000001 is negative"),
}
"""For each kind a value that may not be kept, and what its reason says."""

_PROMISES = (
    _what_is_written_is_read_back,
    _the_same_write_again_changes_nothing,
    _writes_in_any_order_give_one_series,
    _a_range_is_half_open,
    _a_revision_replaces_and_the_former_version_is_kept,
    _finer_values_refine_the_scale,
    _bad_rows_are_refused_with_a_reason,
    _rows_that_contradict_each_other_are_not_kept,
    _what_nobody_asked_for_is_a_gap,
    _a_reason_for_a_gap_is_kept,
    _what_is_dropped_is_gone_and_the_rest_stays,
    _verify_finds_nothing_wrong,
    _a_series_of_events_has_no_timeframe,
)

EVENT_QUESTIONS: dict[str, Callable[[OpenStore, str], None]] = {
    f"{kind}_{promise.__name__.strip('_')}": partial(
        lambda open_store, name, ask, of: ask(open_store, of, name), ask=promise, of=kind
    )
    for kind in EVENT_KINDS
    for promise in _PROMISES
}
EVENT_QUESTIONS["kinds_do_not_touch_each_other"] = lambda open_store, name: _kinds_do_not_touch_each_other(
    open_store, "trades", name
)
EVENT_QUESTIONS["a_trade_that_stands_in_two_days_is_found"] = _a_trade_that_stands_in_two_days_is_found


def _at(kind: SeriesKind, number: int) -> int:
    return START_NS + number * STEP_NS[kind]


def _latest_recording(store: MarketStore, key: SeriesKey) -> int:
    """The earliest instant at which the store knows all that it knows now: found by bisection over its own answers."""
    whole = store.read_events(key).content_hash()
    low, high = 0, 2**62
    while low < high:
        middle = (low + high) // 2
        known = store.read_events(key, as_of_ns=middle).content_hash() == whole
        low, high = (low, middle) if known else (middle + 1, high)
    return low


def _demand_counts(report: object, expected: tuple[int, int, int], name: str) -> None:
    found = tuple(getattr(report, count) for count in ("inserted", "revised", "unchanged"))
    _demand(found == expected, name, f"the report was {report}, expected {expected}")


def _demand_equal(found: Events, expected: Events, name: str) -> None:
    _demand(len(found) == len(expected), name, f"{len(found)} rows instead of {len(expected)}")
    _demand(found.content_hash() == expected.content_hash(), name, "the rows are not those that were written")


def _demand(kept: bool, name: str, difference: str) -> None:
    if not kept:
        raise _broken(name, difference)


def _broken(name: str, difference: str) -> CheckFailed:
    return CheckFailed(
        f"the store breaks a promise: {difference}",
        where=name.replace("_", " "),
        expected="what ports.MarketStore says",
    )
