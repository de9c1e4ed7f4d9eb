"""Why bars are missing: the evidence, and the rules that turn it into a type.

Only holes inside ranges that the exchange was asked for, or in which the catalogue says that nothing was listed, are
judged; anything else is NOT_FETCHED (or UNKNOWN, if it came with an imported file) by the store's own account. A hole
is divided where a listing or a delisting lies inside it. The rules, in this order:
0. UNKNOWN: a row of the hole came and was not believed (the store's quarantine names it).
1. NOT_LISTED: by the catalogue the instrument was not listed in the hole (give or take one bar): before its listing,
   after its delisting, or between a delisting and the next listing; or it lies before the first bar and another series
   of the exchange traded through at least half of it; or it lies before the first bar, no other series says anything,
   and it is longer than `NEIGHBOURHOOD` bars.
2. OUTAGE: at least one other series of the exchange was asked for the whole hole, and every such series misses at least
   half of it too.
3. NO_TRADES: the market is thin around the hole (of the `NEIGHBOURHOOD` bars on either side at least `THIN_SHARE` are
   missing or without volume), and a run as long as the hole is believable at that share (`share ** bars` is not below
   `BELIEVABLE`), or another series of the exchange traded through it.
4. OUTAGE: the market is busy around the hole (at most `BUSY_SHARE` of those bars are empty): it did not fall silent by
   itself. Where other series traded on, the note says that this market alone stood still.
5. UNKNOWN: the evidence does not decide.
Invariants: pure reading, through the port; each hole has one type and a note that names the evidence; nothing is
filled. Known limit: a verdict is as good as the evidence at hand, so judge again when more series of the exchange have
been fetched.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.gaps import Gap, GapKind, Span, common, merged, without
from tickwright.domain.instrument import Instrument
from tickwright.domain.timeframe import Timeframe
from tickwright.ingest.integrity import candle_place
from tickwright.ports import QUARANTINE_LIMIT, MarketStore

NEIGHBOURHOOD = 100
THIN_SHARE = 0.05
BUSY_SHARE = 0.02
BELIEVABLE = 1e-6


def explain_gaps(store: MarketStore, key: SeriesKey, instrument: Instrument | None = None) -> tuple[Gap, ...]:
    """Judge every hole of a series that the exchange was asked for, keep the verdicts, and return the whole gap map."""
    verdicts = judged_gaps(store, key, instrument)
    if verdicts:
        store.explain(key, verdicts)
    return store.coverage(key).gaps


def judged_gaps(store: MarketStore, key: SeriesKey, instrument: Instrument | None = None) -> tuple[Gap, ...]:
    """The holes of a series inside the ranges the exchange was asked for, each with its type."""
    assert key.timeframe is not None
    missing = merged((gap.start_ns, gap.end_ns) for gap in store.coverage(key).gaps)
    first = store.coverage(key).first_ns
    spans = () if instrument is None else _unlisted(instrument, first)
    unlisted = [(key.timeframe.ceil(start), key.timeframe.floor(end)) for start, end, _ in spans]
    asked = common(missing, [*store.fetched(key), *unlisted]) if missing else ()
    if not asked:
        return ()
    bars, series = store.read(key), store.keys()
    others = [_Other.of(store, other) for other in series if _is_sibling(other, key)]
    evidence = _Evidence(bars, key.timeframe, others, spans, {row.place for row in store.quarantined(key)})
    return tuple(evidence.verdict(piece) for hole in asked for piece in evidence.pieces(hole, unlisted))


@dataclass(frozen=True, slots=True)
class _Other:
    """Another series of the same exchange: what it was asked for and what it lacks."""

    asked: Sequence[Span]
    missing: Sequence[Span]

    @classmethod
    def of(cls, store: MarketStore, key: SeriesKey) -> _Other:
        return cls(store.fetched(key), merged((gap.start_ns, gap.end_ns) for gap in store.coverage(key).gaps))

    def lacks_half(self, hole: Span) -> bool | None:
        """Whether it misses at least half of a hole; None where it was not asked for all of it."""
        if common(self.asked, [hole]) != (hole,):
            return None
        lacking = sum(end - start for start, end in common(self.missing, [hole]))
        return 2 * lacking >= hole[1] - hole[0]


class _Evidence:
    """What is known around the holes of one series."""

    def __init__(
        self,
        bars: Bars,
        timeframe: Timeframe,
        others: Sequence[_Other],
        unlisted: Sequence[tuple[int, int, str]],
        disbelieved: Set[str] = frozenset(),
    ) -> None:
        self._times, self._length, self._others, self._unlisted = (
            bars.open_time_ns,
            timeframe.length_ns,
            others,
            unlisted,
        )
        self._disbelieved = disbelieved
        alive = bars.volume > 0 if bars.key.kind == "candles" else np.ones(len(bars), np.bool_)  # a mark has no volume
        self._traded_before = np.concatenate([[0], np.cumsum(alive)])

    def _disbelieved_in(self, hole: Span, bars: int) -> bool:
        times = range(hole[0], hole[1], self._length) if self._disbelieved and bars <= QUARANTINE_LIMIT else ()
        return any(candle_place(time) in self._disbelieved for time in times)

    def pieces(self, hole: Span, unlisted: Sequence[Span]) -> Sequence[Span]:
        """A hole, divided where a listing or a delisting lies inside it."""
        if self._unlisted_sentence(hole):
            return (hole,)
        return sorted([*common([hole], unlisted), *without([hole], unlisted)])

    def verdict(self, hole: Span) -> Gap:
        bars = (hole[1] - hole[0]) // self._length
        kind, note = self._judge(hole, bars)
        return Gap(hole[0], hole[1], bars, kind, note)

    def _judge(self, hole: Span, bars: int) -> tuple[GapKind, str]:
        if self._disbelieved_in(hole, bars):
            return GapKind.UNKNOWN, "a row came and was not believed: see the quarantine"
        answers = [lacks for lacks in (other.lacks_half(hole) for other in self._others) if lacks is not None]
        traded_on = answers.count(False)
        listing = self._listing(hole, bars, answers)
        if listing:
            return GapKind.NOT_LISTED, listing
        if answers and not traded_on:
            return GapKind.OUTAGE, f"missing in {len(answers)} other series of the exchange too"
        share = self._empty_share(hole)
        if share is not None and share >= THIN_SHARE and (traded_on or share**bars >= BELIEVABLE):
            return GapKind.NO_TRADES, f"a thin market: {share:.0%} of the bars around are empty"
        if share is not None and share <= BUSY_SHARE:
            alone = ": this market alone stood still, others traded on" if traded_on else ""
            return GapKind.OUTAGE, f"a market that trades in every bar around{alone}"
        return GapKind.UNKNOWN, "the exchange was asked and has none; the evidence does not decide why"

    def _listing(self, hole: Span, bars: int, answers: Sequence[bool]) -> str:
        """Why the instrument was not listed in a hole; empty where nothing says so."""
        sentence = self._unlisted_sentence(hole)
        if sentence:
            return sentence
        before_first = len(self._times) == 0 or hole[1] <= self._times[0]
        if before_first and False in answers:
            return "before the first trade, while others traded"
        if before_first and not answers and bars > NEIGHBOURHOOD:
            return "before the first trade"
        return ""

    def _unlisted_sentence(self, hole: Span) -> str:
        """What the catalogue says of a hole in which nothing was listed, give or take one bar; empty otherwise."""
        for start, end, sentence in self._unlisted:
            if start - self._length <= hole[0] and hole[1] <= end + self._length:
                return sentence
        return ""

    def _empty_share(self, hole: Span) -> float | None:
        """The share of bars around a hole that are missing or without volume; None where the series has too few."""
        if len(self._times) == 0:
            return None
        reach = NEIGHBOURHOOD * self._length
        first, last = int(self._times[0]), int(self._times[-1]) + self._length
        around = [(max(hole[0] - reach, first), hole[0]), (hole[1], min(hole[1] + reach, last))]
        spans = without(around, ((start, end) for start, end, _ in self._unlisted))
        slots = sum(max(0, end - start) // self._length for start, end in spans)
        return 1 - sum(self._traded(*span) for span in spans) / slots if slots >= NEIGHBOURHOOD else None

    def _traded(self, start: int, end: int) -> int:
        first, last = np.searchsorted(self._times, (start, max(start, end)))
        return int(self._traded_before[last] - self._traded_before[first])


def _unlisted(instrument: Instrument, first_ns: int | None) -> tuple[tuple[int, int, str], ...]:
    """When an instrument was not listed; bars from before its listing were traded all the same, under a former name."""
    spans = instrument.unlisted()
    if first_ns is None or instrument.listed_ns is None or instrument.listed_ns <= first_ns:
        return spans
    start, _, sentence = spans[0]
    return ((start, first_ns, sentence), *spans[1:])


def _is_sibling(other: SeriesKey, key: SeriesKey) -> bool:
    same = (other.instrument.exchange, other.kind, other.timeframe) == (
        key.instrument.exchange,
        key.kind,
        key.timeframe,
    )
    return same and other != key
