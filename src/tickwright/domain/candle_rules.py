"""What every candle must fulfil before it may be kept: one rule, one sentence, with the values that break it.

Invariants: the rules look at one row and the row before it, never at the rest of the series; a row breaks at most one
named rule, the first in the order written here. Known limit: a wrong but well-formed price passes; outliers are judged
against neighbours and other sources, not here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Bars
from tickwright.domain.money import amount_text
from tickwright.domain.timestamp import iso


class BrokenRule(NamedTuple):
    """A row of a series that may not be kept: its index and one sentence why."""

    row: int
    reason: str


def broken_rules(bars: Bars) -> list[BrokenRule]:
    """Every row that breaks a rule, in row order.

    The rules: the open time is on the timeframe's grid; it is after the open time of the row before; every price is
    above zero; the high is not below, and the low not above, the open and the close (nor each other); volume is not
    negative.

    >>> from tickwright.domain.bars import SeriesKey
    >>> from tickwright.domain.instrument import InstrumentId
    >>> from tickwright.domain.timeframe import Timeframe
    >>> key = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), Timeframe.parse("1h"))
    >>> one = lambda *values: [np.array([value]) for value in values]
    >>> broken_rules(Bars(key, *one(0, 100, 99, 95, 98, 5), 1, 0))[0].reason
    'the high 9.9 is below the open 10'
    """
    judged = np.zeros(len(bars), np.bool_)
    broken: list[BrokenRule] = []
    for rule in (_off_grid, _not_after, _not_positive, _high_too_low, _low_too_high, _negative_volume):
        mask, sentence = rule(bars)
        broken.extend(BrokenRule(int(row), sentence(int(row))) for row in np.flatnonzero(mask & ~judged))
        judged |= mask
    return sorted(broken)


class _Sentence:
    """A rule's sentence, written only for the rows that break it."""

    def __init__(self, text: str, bars: Bars, *columns: str) -> None:
        self.text, self.bars, self.columns = text, bars, columns

    def __call__(self, row: int) -> str:
        return self.text.format(*(self._value(column, row) for column in self.columns))

    def _value(self, column: str, row: int) -> str:
        if column == "timeframe":
            return self.bars.timeframe.name
        if column == "before":
            return iso(int(self.bars.open_time_ns[max(0, row - 1)]))
        if column == "open_time_ns":
            return iso(int(self.bars.open_time_ns[row]))
        scale = self.bars.volume_scale if column == "volume" else self.bars.price_scale
        return amount_text(int(getattr(self.bars, column)[row]), scale)


class _Rule(NamedTuple):
    mask: npt.NDArray[np.bool_]
    sentence: _Sentence


def _off_grid(bars: Bars) -> _Rule:
    origin = bars.timeframe.floor(0)
    mask = (bars.open_time_ns - origin) % bars.timeframe.length_ns != 0
    return _Rule(mask, _Sentence("{} is not the open time of a {} candle", bars, "open_time_ns", "timeframe"))


def _not_after(bars: Bars) -> _Rule:
    mask = np.zeros(len(bars), np.bool_)
    mask[1:] = bars.open_time_ns[1:] <= bars.open_time_ns[:-1]
    return _Rule(mask, _Sentence("{} is not after the row before it, {}", bars, "open_time_ns", "before"))


def _not_positive(bars: Bars) -> _Rule:
    lowest = np.minimum(np.minimum(bars.open, bars.high), np.minimum(bars.low, bars.close))
    text = "a price is not above zero (open {}, high {}, low {}, close {})"
    return _Rule(lowest <= 0, _Sentence(text, bars, "open", "high", "low", "close"))


def _high_too_low(bars: Bars) -> _Rule:
    return _extreme(bars, "high", bars.high, below=True)


def _low_too_high(bars: Bars) -> _Rule:
    return _extreme(bars, "low", bars.low, below=False)


def _extreme(bars: Bars, name: str, values: npt.NDArray[np.int64], *, below: bool) -> _Rule:
    worst, beside = ("low", bars.low) if below else ("high", bars.high)
    mask = np.zeros(len(bars), np.bool_)
    names = np.full(len(bars), "", object)
    for other, column in (("open", bars.open), ("close", bars.close), (worst, beside)):
        wrong = (values < column) if below else (values > column)
        names[wrong & ~mask] = other
        mask |= wrong
    return _Rule(mask, _ExtremeSentence(name, names, bars, "below" if below else "above"))


class _ExtremeSentence(_Sentence):
    """The sentence of a high or a low on the wrong side of another price of its row."""

    def __init__(self, name: str, others: npt.NDArray[np.object_], bars: Bars, side: str) -> None:
        super().__init__("", bars)
        self.name, self.others, self.side = name, others, side

    def __call__(self, row: int) -> str:
        other = str(self.others[row])
        return f"the {self.name} {self._value(self.name, row)} is {self.side} the {other} {self._value(other, row)}"


def _negative_volume(bars: Bars) -> _Rule:
    return _Rule(bars.volume < 0, _Sentence("the volume {} is negative", bars, "volume"))
