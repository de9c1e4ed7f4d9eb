"""What a page from an exchange must fulfil before a row of it is kept.

The rules, in this order, each with its sentence: a row lies inside the window that was asked for; its candle is closed;
two rows of one open time are the same row (the exchange said it twice: kept once) or contradict each other (neither is
kept); then the candle rules of `domain.candle_rules`. Rows may come in any order.
Invariants: what comes out is sorted, unique and fulfils every rule; what does not come out is named with its reason;
nothing is repaired. Known limit: a wrong but well-formed price passes; a second source or its neighbours judge it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tickwright.domain.bars import PRICE_COLUMNS, Bars, Int64Array
from tickwright.domain.candle_rules import broken_rules
from tickwright.domain.gaps import Span
from tickwright.domain.timestamp import iso
from tickwright.ports import RefusedRow


@dataclass(frozen=True, slots=True)
class SoundPage:
    """The rows of a page that may be kept, and the others with their reasons.

    `surplus` rows are fine but not wanted (outside the window, not closed yet); `refused` ones are not believed.
    """

    bars: Bars
    surplus: tuple[RefusedRow, ...] = ()
    refused: tuple[RefusedRow, ...] = ()


def sound_page(page: Bars, window: Span, now_ns: int) -> SoundPage:
    """Judge a page that was asked for with `window`, [start, end), at `now_ns`."""
    page, beside = _split(page, (page.open_time_ns >= window[0]) & (page.open_time_ns < window[1]))
    asked = f"outside the window that was asked for, {iso(window[0])} to {iso(window[1])}"
    surplus = [RefusedRow(candle_place(time), asked) for time in beside.open_time_ns]
    page, forming = _split(page, page.open_time_ns + page.timeframe.length_ns <= now_ns)
    surplus += [RefusedRow(candle_place(time), "the candle is not closed yet") for time in forming.open_time_ns]
    page, contradictions = _each_once(page)
    refused = [RefusedRow(candle_place(time), "two rows of this time contradict each other") for time in contradictions]
    broken = broken_rules(page)
    refused += [RefusedRow(candle_place(page.open_time_ns[rule.row]), rule.reason) for rule in broken]
    keep = np.ones(len(page), np.bool_)
    keep[[rule.row for rule in broken]] = False
    return SoundPage(page.where(keep), tuple(surplus), tuple(refused))


def _each_once(page: Bars) -> tuple[Bars, Int64Array]:
    """The rows in order of time, each open time once, and the times whose rows contradict each other."""
    order = np.argsort(page.open_time_ns, kind="stable")
    if len(order) < 2:
        return page, page.open_time_ns[:0]
    columns = np.column_stack([page.open_time_ns, *(getattr(page, name) for name in (*PRICE_COLUMNS, "volume"))])[order]
    again = columns[1:, 0] == columns[:-1, 0]
    differs = again & np.any(columns[1:] != columns[:-1], axis=1)
    contradictions = np.unique(columns[1:, 0][differs])
    keep = np.zeros(len(page), np.bool_)
    keep[order[np.concatenate([[True], ~again])]] = True
    keep &= ~np.isin(page.open_time_ns, contradictions)
    place = order[keep[order]]
    return _reordered(page, place), contradictions


def _split(page: Bars, keep: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[Bars, Bars]:
    return (page, page.where(~keep)) if keep.all() else (page.where(keep), page.where(~keep))


def _reordered(page: Bars, place: Int64Array) -> Bars:
    columns = [getattr(page, name)[place] for name in (*PRICE_COLUMNS, "volume")]
    first, high, low, last, volume = columns
    return Bars(page.key, page.open_time_ns[place], first, high, low, last, volume, page.price_scale, page.volume_scale)


def candle_place(open_time_ns: int) -> str:
    """How a refused candle is named in reports and in the quarantine."""
    return f"candle of {iso(int(open_time_ns))}"
