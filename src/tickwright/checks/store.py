"""The exam every market store passes: the promises of `ports.MarketStore`, each asked by one question.

Here are the questions about candles, mark and index prices; `event_store` has those about the other kinds.
`check_store(open_store)` runs them all; a store that breaks a promise fails with a `CheckFailed` that names it. The
caller's `open_store(name)` opens the store called `name`: an empty one the first time, the same data ever after, so
that the exam can close and open again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tickwright.checks.event_store import EVENT_QUESTIONS
from tickwright.domain.bars import PRICE_COLUMNS, Bars, SeriesKey
from tickwright.domain.errors import CheckFailed, DataError
from tickwright.domain.gaps import Gap, GapKind
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant
from tickwright.ports import MarketStore, RefusedRow

OpenStore = Callable[[str], MarketStore]

_HOUR = Timeframe.parse("1h")
_KEY = SeriesKey(InstrumentId.parse("exam:BTC/USDT"), _HOUR)
_START = parse_instant("2023-12-31T20:00")


def check_store(open_store: OpenStore) -> None:
    """Put a store through every question; raises `CheckFailed` at the first broken promise."""
    for name, question in QUESTIONS.items():
        question(open_store, name)


def sample_bars(first: int, last: int, *, key: SeriesKey = _KEY, price_scale: int = 2, shift: int = 0) -> Bars:
    """Candles number `first` to `last` - 1 after a fixed start, well formed; `shift` changes their prices."""
    number = np.arange(first, last)
    base = (1_000_000 + 137 * number + shift) * 10 ** (price_scale - 2)
    assert key.timeframe is not None
    return Bars(
        key, _START + number * key.timeframe.length_ns, base, base + 90, base - 80, base + 7, 5_000 + number % 13,
        price_scale, 3,
    )  # fmt: skip


def _what_is_written_is_read_back(open_store: OpenStore, name: str) -> None:
    bars = sample_bars(0, 50)
    report = open_store(name).write(bars)
    _demand((report.inserted, report.revised, report.unchanged) == (50, 0, 0), name, f"the report was {report}")
    _demand_equal(open_store(name).read(_KEY), bars, name)
    _demand(list(open_store(name).keys()) == [_KEY], name, f"the keys were {open_store(name).keys()}")


def _the_same_write_again_changes_nothing(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    store.write(sample_bars(0, 50))
    report = store.write(sample_bars(0, 50))
    _demand((report.inserted, report.revised, report.unchanged) == (0, 0, 50), name, f"the report was {report}")
    _demand_equal(store.read(_KEY), sample_bars(0, 50), name)


def _a_revision_replaces_and_the_former_version_is_kept(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    store.write(sample_bars(0, 50))
    before = _latest_recording(store)
    report = store.write(sample_bars(10, 20, shift=33), source="correction")
    _demand((report.inserted, report.revised, report.unchanged) == (0, 10, 0), name, f"the report was {report}")
    _demand_equal(store.read(_KEY).between(_at(10), _at(20)), sample_bars(10, 20, shift=33), name)
    _demand_equal(store.read(_KEY, as_of_ns=before), sample_bars(0, 50), name)


def _rows_that_arrive_later_are_not_known_earlier(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    store.write(sample_bars(0, 10))
    before = _latest_recording(store)
    store.write(sample_bars(10, 30))
    _demand_equal(store.read(_KEY, as_of_ns=before), sample_bars(0, 10), name)
    _demand_equal(store.read(_KEY), sample_bars(0, 30), name)


def _writes_in_any_order_give_one_series(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    for first, last in ((40, 50), (0, 10), (5, 45)):
        store.write(sample_bars(first, last))
    _demand_equal(store.read(_KEY), sample_bars(0, 50), name)


def _a_range_is_half_open(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    store.write(sample_bars(0, 50))
    _demand_equal(store.read(_KEY, _at(3), _at(9)), sample_bars(3, 9), name)
    _demand_equal(store.read(_KEY, _at(45)), sample_bars(45, 50), name)
    _demand(len(store.read(_KEY, _at(60), _at(70))) == 0, name, "rows were read where there are none")


def _finer_data_refines_the_scale(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    store.write(sample_bars(0, 10))
    report = store.write(sample_bars(0, 10, price_scale=5))
    store.write(sample_bars(10, 20, price_scale=5, shift=1))
    _demand(report.revised == 10, name, f"ten finer prices were reported as {report}")
    expected = sample_bars(10, 20, price_scale=5, shift=1)
    _demand_equal(store.read(_KEY, _at(10)), expected, name)


def _rows_that_are_no_candles_are_refused_with_a_reason(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    bars = sample_bars(0, 10)
    bars.high[4] = bars.low[4] - 1
    report = store.write(bars)
    _demand((report.inserted, len(report.refused)) == (9, 1), name, f"the report was {report}")
    _demand("high" in report.refused[0].reason, name, f"the reason was {report.refused[0].reason!r}")
    _demand(len(store.read(_KEY)) == 9, name, "the refused row was stored")


def _holes_are_found_and_typed(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    store.write(sample_bars(0, 10), fetched=(_at(0), _at(20)))
    store.write(sample_bars(15, 20), fetched=(_at(0), _at(20)))
    store.write(sample_bars(30, 40), fetched=(_at(30), _at(40)))
    expected = [(10, 15, GapKind.UNKNOWN), (20, 30, GapKind.NOT_FETCHED)]
    _demand_gaps(store, expected, name)
    store.explain(_KEY, [Gap(_at(10), _at(15), 5, GapKind.OUTAGE, "seen")])
    _demand_gaps(open_store(name), [(10, 15, GapKind.OUTAGE), expected[1]], name)
    store.write(sample_bars(10, 15))
    _demand_gaps(store, expected[1:], name)


def _fetched_ranges_are_remembered_and_merged(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    store.write(sample_bars(0, 10), fetched=(_at(0), _at(10)))
    store.write(sample_bars(10, 12), fetched=(_at(10), _at(20)))
    found = list(open_store(name).fetched(_KEY))
    _demand(found == [(_at(0), _at(20))], name, f"the ranges were {found}")


def _an_unknown_series_is_named(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    try:
        store.read(_KEY)
    except DataError as failure:
        _demand(str(_KEY) in str(failure), name, f"the sentence was {failure}")
    else:
        raise _broken(name, "a series that does not exist was read")
    _demand(store.coverage(_KEY).rows == 0 and not store.fetched(_KEY), name, "a series that does not exist has rows")


def _series_do_not_touch_each_other(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    other = SeriesKey(InstrumentId.parse("exam:ETH/USDT"), _HOUR)
    finer = SeriesKey(_KEY.instrument, Timeframe.parse("15m"))
    for key, shift in ((_KEY, 0), (other, 5), (finer, 9)):
        store.write(sample_bars(0, 20, key=key, shift=shift))
    for key, shift in ((_KEY, 0), (other, 5), (finer, 9)):
        _demand_equal(store.read(key), sample_bars(0, 20, key=key, shift=shift), name)
    _demand(list(store.keys()) == sorted([_KEY, other, finer]), name, f"the keys were {store.keys()}")


def _mark_and_index_prices_are_series_of_their_own(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    mark, index = (SeriesKey(_KEY.instrument, _HOUR, kind) for kind in ("mark", "index"))
    for key, shift in ((_KEY, 0), (mark, 5), (index, 9)):
        store.write(sample_bars(0, 20, key=key, shift=shift), fetched=(_at(0), _at(20)))
    store.write(sample_bars(25, 30, key=mark), fetched=(_at(20), _at(30)))
    _demand_equal(store.read(index), sample_bars(0, 20, key=index, shift=9), name)
    _demand_equal(store.read(mark, _at(25)), sample_bars(25, 30, key=mark), name)
    gaps = [(gap.start_ns, gap.end_ns, gap.bars) for gap in store.coverage(mark).gaps]
    _demand(gaps == [(_at(20), _at(25), 5)], name, f"the gaps of the mark price were {gaps}")
    _demand(list(store.keys()) == sorted([_KEY, mark, index]), name, f"the keys were {store.keys()}")


def _what_is_dropped_is_gone_and_the_rest_stays(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    store.write(sample_bars(0, 50), fetched=(_at(-5), _at(60)))
    store.write(sample_bars(2, 12, shift=7))
    store.explain(_KEY, [Gap(_at(-5), _at(0), 5, GapKind.NOT_LISTED, "seen")])
    _demand(store.drop(_KEY, _at(10)) == 10, name, "ten rows before the instant were not counted as ten")
    _demand_equal(open_store(name).read(_KEY, end_ns=_at(12)), sample_bars(10, 12, shift=7), name)
    _demand_equal(store.read(_KEY, _at(12)), sample_bars(12, 50), name)
    _demand(list(store.fetched(_KEY)) == [(_at(10), _at(60))], name, f"the ranges were {store.fetched(_KEY)}")
    _demand_gaps(store, [(50, 60, GapKind.UNKNOWN)], name)
    _demand(store.drop(_KEY, _at(10)) == 0, name, "dropping again dropped something")
    findings = list(store.verify(deep=True))
    _demand(not findings, name, f"verify found {findings}")


def _disbelieved_rows_are_remembered_once(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    rows = [RefusedRow("candle of a", "the high is low"), RefusedRow("candle of b", "the low is high")]
    _demand(not store.quarantined(_KEY), name, "a new store has quarantined rows")
    store.quarantine(_KEY, rows, "exam")
    store.quarantine(_KEY, [*rows, RefusedRow("candle of c", "two rows contradict")], "exam")
    found = [(row.place, row.source) for row in open_store(name).quarantined(_KEY)]
    expected = [(f"candle of {letter}", "exam") for letter in "abc"]
    _demand(found == expected, name, f"the quarantine was {found}")
    _demand(not store.keys(), name, "word of refused rows alone made a series")


def _verify_finds_nothing_wrong(open_store: OpenStore, name: str) -> None:
    store = open_store(name)
    store.write(sample_bars(0, 50), fetched=(_at(0), _at(60)))
    store.write(sample_bars(5, 9, shift=3))
    for deep in (False, True):
        findings = list(store.verify(deep=deep))
        _demand(not findings, name, f"verify found {findings}")


QUESTIONS: dict[str, Callable[[OpenStore, str], None]] = {
    question.__name__.strip("_"): question
    for question in (
        _what_is_written_is_read_back,
        _the_same_write_again_changes_nothing,
        _a_revision_replaces_and_the_former_version_is_kept,
        _rows_that_arrive_later_are_not_known_earlier,
        _writes_in_any_order_give_one_series,
        _a_range_is_half_open,
        _finer_data_refines_the_scale,
        _rows_that_are_no_candles_are_refused_with_a_reason,
        _holes_are_found_and_typed,
        _fetched_ranges_are_remembered_and_merged,
        _an_unknown_series_is_named,
        _series_do_not_touch_each_other,
        _mark_and_index_prices_are_series_of_their_own,
        _what_is_dropped_is_gone_and_the_rest_stays,
        _disbelieved_rows_are_remembered_once,
        _verify_finds_nothing_wrong,
    )
} | EVENT_QUESTIONS
"""Every question by its name; a test may ask them one by one."""


def _at(number: int) -> int:
    return _START + number * _HOUR.length_ns


def _latest_recording(store: MarketStore) -> int:
    """The earliest instant at which the store knows all that it knows now: found by bisection over its own answers."""
    rows = store.read(_KEY)
    low, high = 0, 2**62
    while low < high:
        middle = (low + high) // 2
        known = store.read(_KEY, as_of_ns=middle)
        low, high = (low, middle) if known.content_hash() == rows.content_hash() else (middle + 1, high)
    return low


def _differences(found: Bars, expected: Bars) -> Iterator[str]:
    if len(found) != len(expected):
        yield f"{len(found)} rows instead of {len(expected)}"
        return
    scale = max(found.price_scale, expected.price_scale), max(found.volume_scale, expected.volume_scale)
    found, expected = found.rescaled(*scale), expected.rescaled(*scale)
    for column in ("open_time_ns", *PRICE_COLUMNS, "volume"):
        if not np.array_equal(getattr(found, column), getattr(expected, column)):
            yield f"the column {column} differs"


def _demand_equal(found: Bars, expected: Bars, name: str) -> None:
    for difference in _differences(found, expected):
        raise _broken(name, difference)
    _demand(found.content_hash() == expected.content_hash(), name, "the content hash differs")


def _demand_gaps(store: MarketStore, expected: list[tuple[int, int, GapKind]], name: str) -> None:
    found = [(gap.start_ns, gap.end_ns, gap.bars, gap.kind) for gap in store.coverage(_KEY).gaps]
    wanted = [(_at(first), _at(last), last - first, kind) for first, last, kind in expected]
    _demand(found == wanted, name, f"the gaps were {found}, expected {wanted}")


def _demand(kept: bool, name: str, difference: str) -> None:
    if not kept:
        raise _broken(name, difference)


def _broken(name: str, difference: str) -> CheckFailed:
    return CheckFailed(
        f"the store breaks a promise: {difference}",
        where=name.replace("_", " "),
        expected="what ports.MarketStore says",
    )
