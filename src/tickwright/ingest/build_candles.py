"""Candles made of stored trades, and whether they are those that the exchange published.

A candle is made only where all of its time is known: inside ranges that the exchange was asked for or that came from a
file, and across a hole of the trades whose ids follow each other (`explain_trade_gaps`). A candle at the edge of what
is known is left out and counted, unless the edges are trusted: then the known range is taken to begin with the candle
of its first trade and to end with that of its last.
Invariants: exact integers; a length without a trade has no candle and is explained as one without trades; candles that
are stored and say something else are never overwritten: then all that was built goes into a series beside them, of the
exchange's name with `MARK` behind it. Building again changes nothing. At most a day of trades, or one candle, is held.
Known limit: exchanges that publish candles without trades differ in those, and that is told as a candle that is theirs
alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tickwright.domain.bars import PRICE_COLUMNS, Bars, SeriesKey
from tickwright.domain.errors import DataMissing
from tickwright.domain.events import event_key, trades_of
from tickwright.domain.gaps import Gap, GapKind, Span, common, holes, merged, without
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY
from tickwright.ingest.candles_from_trades import candles_from_trades
from tickwright.ports import MarketStore

MARK = "_from_trades"
"""What the exchange of a series of built candles is called after its own name, where they stand beside its own."""

_SOURCE = "built from stored trades"
_FOLLOWING = "the ids of the trades around it follow each other"


@dataclass(frozen=True, slots=True)
class BuiltCandles:
    """Candles that trades make, and how they compare with the stored ones of the same instrument and timeframe.

    `known` are the ranges they were made of; `left_out` candles at their edges had trades and not all of their time.
    `same` are stored already, `differing` are stored with other values, `theirs_alone` are stored and have no trades.
    """

    bars: Bars
    known: tuple[Span, ...]
    left_out: int
    same: int
    differing: int
    theirs_alone: int

    @property
    def key(self) -> SeriesKey:
        """Where they belong: the exchange's own series, or the one beside it where that says something else."""
        return marked(self.bars.key) if self.differing else self.bars.key


def marked(key: SeriesKey) -> SeriesKey:
    """The series beside an exchange's own that holds candles built from trades."""
    return replace(key, instrument=replace(key.instrument, exchange=key.instrument.exchange + MARK))


def build_candles(
    store: MarketStore,
    instrument: InstrumentId,
    timeframe: Timeframe,
    start_ns: int | None = None,
    end_ns: int | None = None,
    *,
    trust_edges: bool = False,
) -> BuiltCandles:
    """The candles of the stored trades of [start, end); nothing is stored. Raises `DataMissing` without trades."""
    key = event_key(instrument, "trades")
    known = _known(store, key, timeframe, trust_edges=trust_edges)
    wanted = (-(2**62) if start_ns is None else start_ns, 2**62 if end_ns is None else end_ns)
    asked = common(known, [wanted])
    whole = merged((timeframe.ceil(start), timeframe.floor(end)) for start, end in asked)
    bars = _joined(
        SeriesKey(instrument, timeframe), [part for span in whole for part in _built(store, key, timeframe, span)]
    )
    left_out = sum(_has_trades(store, key, span) for span in without(_outward(asked, timeframe), whole))
    return _compared(store, bars, whole, left_out)


def store_built(store: MarketStore, built: BuiltCandles) -> tuple[int, int]:
    """Keep built candles where they belong, and why some are missing; returns how many were inserted and unchanged."""
    target, inserted, unchanged = built.key, 0, 0
    for span in built.known:
        part = replace(built.bars.between(*span), key=target)
        if not len(part):
            continue
        written = store.write(part, source=_SOURCE)
        inserted, unchanged = inserted + written.inserted, unchanged + written.unchanged
        told = list(_silent(store, part))
        if told:
            store.explain(target, told)
    return inserted, unchanged


def _silent(store: MarketStore, part: Bars) -> Iterator[Gap]:
    """The holes between built candles that are holes of their series too, as times without a trade."""
    missing = merged((gap.start_ns, gap.end_ns) for gap in store.coverage(part.key).gaps)
    starts = [start for start, _ in missing]
    for start, end in holes(part.open_time_ns, part.timeframe):
        place = bisect_right(starts, start) - 1
        if place >= 0 and end <= missing[place][1]:
            bars = (end - start) // part.timeframe.length_ns
            yield Gap(start, end, bars, GapKind.NO_TRADES, "the stored trades have none")


def explain_trade_gaps(store: MarketStore, key: SeriesKey) -> int:
    """Explain the holes of a series of trades across which ids follow each other: nothing is missing there.

    Files of a day each leave such a hole at midnight. Returns how many were explained.
    """
    told = []
    for gap in store.coverage(key).gaps:
        if gap.kind in (GapKind.NOT_FETCHED, GapKind.UNKNOWN):
            before = store.read_events(key, gap.start_ns - 1, gap.start_ns)
            after = store.read_events(key, gap.end_ns, gap.end_ns + 1)
            if len(before) and len(after) and int(after["trade_id"].min()) == int(before["trade_id"].max()) + 1:
                told.append(replace(gap, kind=GapKind.NO_TRADES, note=_FOLLOWING))
    if told:
        store.explain(key, told)
    return len(told)


def _known(store: MarketStore, key: SeriesKey, timeframe: Timeframe, *, trust_edges: bool) -> tuple[Span, ...]:
    """The ranges in which every trade is stored."""
    held = store.coverage(key)
    if held.first_ns is None or held.last_ns is None:
        raise DataMissing(
            f"no {key} are stored", where="trades", hint="`tickwright data fetch --kind trades` fetches some."
        )
    lacking = [(gap.start_ns, gap.end_ns) for gap in held.gaps if gap.kind is not GapKind.NO_TRADES]
    inside = without([(held.first_ns, held.last_ns + 1)], lacking)
    if trust_edges:
        inside = merged(_outward(inside, timeframe))
    return merged([*store.fetched(key), *inside])


def _outward(spans: Sequence[Span], timeframe: Timeframe) -> list[Span]:
    return [(timeframe.floor(start), timeframe.ceil(end)) for start, end in spans]


def _built(store: MarketStore, key: SeriesKey, timeframe: Timeframe, span: Span) -> Iterator[Bars]:
    """The candles of a span of whole candles, a day of trades at a time, or one candle where that is longer."""
    step = max(timeframe.length_ns, DAY // timeframe.length_ns * timeframe.length_ns)
    for start in range(span[0], span[1], step):
        trades = trades_of(store.read_events(key, start, min(span[1], start + step)))
        if len(trades):
            yield candles_from_trades(trades, timeframe)


def _has_trades(store: MarketStore, key: SeriesKey, span: Span) -> bool:
    return len(store.read_events(key, *span)) > 0


def _compared(store: MarketStore, bars: Bars, known: tuple[Span, ...], left_out: int) -> BuiltCandles:
    stored = store.coverage(bars.key).rows
    theirs = store.read(bars.key) if stored else bars.where(np.zeros(len(bars), np.bool_))
    scales = max(bars.price_scale, theirs.price_scale), max(bars.volume_scale, theirs.volume_scale)
    ours, other = bars.rescaled(*scales), theirs.rescaled(*scales)
    _, mine, yours = np.intersect1d(ours.open_time_ns, other.open_time_ns, return_indices=True)
    equal = np.ones(len(mine), np.bool_)
    for name in (*PRICE_COLUMNS, "volume"):
        equal &= getattr(ours, name)[mine] == getattr(other, name)[yours]
    within = sum(len(other.between(*span)) for span in known)
    return BuiltCandles(bars, known, left_out, int(equal.sum()), int((~equal).sum()), within - len(mine))


def _joined(key: SeriesKey, parts: Sequence[Bars]) -> Bars:
    empty = np.empty(0, np.int64)
    if not parts:
        return Bars(key, empty, empty, empty, empty, empty, empty, 0, 0)
    scales = max(part.price_scale for part in parts), max(part.volume_scale for part in parts)
    level = [part.rescaled(*scales) for part in parts]
    names = ("open_time_ns", *PRICE_COLUMNS, "volume")
    time, first, high, low, last, volume = (np.concatenate([getattr(part, name) for part in level]) for name in names)
    return Bars(key, time, first, high, low, last, volume, *scales).coarsened()
