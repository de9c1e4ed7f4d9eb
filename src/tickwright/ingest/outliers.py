"""Candles and trades that fulfil every rule and are still doubtful: a doubt is a mark for a person, never a change.

The rules, each with its threshold beside it:
- spike: a high or a low lies more than `SPIKE_MOVES` usual moves *and* more than `SPIKE_SHARE` away from the middle of
  the ten closes around it, while the bar itself closes near that middle again (within a tenth of the excursion). The
  usual move is the median absolute close-to-close move of the `BLOCK` bars it lies in. A crash that stays is no spike.
- move without volume: the price moved inside the bar and nothing was traded.
- standstill: at least `STALE_BARS` bars in a row repeat open, high, low, close and volume with volume above zero, which
  a frozen feed does and a market does not.
- silence: at least `SILENT_BARS` bars in a row have no volume.
- apart from another venue: a close lies more than `VENUE_SHARE` and more than `VENUE_MOVES` usual distances away from
  the close of another exchange's bar of the same symbol and time; which of both is wrong, nobody says.
- lone price, of trades: it lies more than `SPIKE_SHARE` away from the middle of the five trades before it and, to the
  same side, from the middle of the five after it.
Invariants: pure; a row may have several doubts; a run is one doubt, at its first row.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Bars, Float64Array
from tickwright.domain.events import Events
from tickwright.domain.money import amount_text

SPIKE_MOVES = 40.0
SPIKE_SHARE = 0.20
VENUE_MOVES = 20.0
VENUE_SHARE = 0.05
BLOCK = 200
STALE_BARS = 4
SILENT_BARS = 12

_AROUND = 5


class Doubt(NamedTuple):
    """A doubtful row, or the first row of a doubtful run: its index, how many bars it concerns, and why."""

    row: int
    bars: int
    reason: str


def doubts(bars: Bars) -> list[Doubt]:
    """Every doubtful row of a series, in order; mark and index prices have no volume that could be doubted."""
    if bars.key.kind != "candles":
        return sorted(_spikes(bars))
    return sorted([*_spikes(bars), *_moves_without_volume(bars), *_standstills(bars), *_silences(bars)])


def venue_doubts(bars: Bars, other: Bars) -> list[Doubt]:
    """Every bar whose close is far from that of another exchange at the same time, in order."""
    _, rows, theirs = np.intersect1d(bars.open_time_ns, other.open_time_ns, return_indices=True)
    apart = np.log(bars.prices("close")[rows] / other.prices("close")[theirs])
    if not len(apart):
        return []
    usual = np.median(apart)  # a standing premium is no doubt
    away = np.abs(apart - usual)
    far = (away > VENUE_SHARE) & (away > VENUE_MOVES * np.median(away))
    exchange = other.key.instrument.exchange
    return [
        Doubt(int(rows[place]), 1, f"the close is {np.exp(apart[place]):.3g} times that of {exchange}")
        for place in np.flatnonzero(far)
    ]


def trade_doubts(trades: Events) -> list[Doubt]:
    """Every trade whose price no trade around it comes near, in order."""
    prices = trades["price"] / 10.0**trades.price_scale
    if len(prices) <= 2 * _AROUND:
        return []
    jumps = np.abs(np.diff(np.log(prices), prepend=np.log(prices[0]))) > SPIKE_SHARE
    found = []
    for row in np.flatnonzero(jumps).tolist():
        before, after = prices[max(row - _AROUND, 0) : row], prices[row + 1 : row + 1 + _AROUND]
        away = [float(np.log(prices[row] / np.median(side))) for side in (before, after) if len(side)]
        if min(away) > SPIKE_SHARE or max(away) < -SPIKE_SHARE:
            value = amount_text(int(trades["price"][row]), trades.price_scale)
            factor = float(prices[row] / np.median(before))
            found.append(Doubt(row, 1, f"the price {value} is {factor:.3g} times the price around it"))
    return found


def _spikes(bars: Bars) -> list[Doubt]:
    if len(bars) <= 2 * _AROUND:
        return []
    close, middle = bars.prices("close"), _middle_around(bars.prices("close"))
    usual = _usual_move(close)
    found = []
    for name in ("high", "low"):
        away = np.abs(np.log(bars.prices(name) / middle))
        back = np.abs(np.log(close / middle)) <= away / 10
        far = (away > SPIKE_SHARE) & (away > SPIKE_MOVES * usual) & back
        for row in np.flatnonzero(far).tolist():
            value = amount_text(int(getattr(bars, name)[row]), bars.price_scale)
            factor = float(bars.prices(name)[row] / middle[row])
            found.append(Doubt(row, 1, f"the {name} {value} is {factor:.3g} times the price around it"))
    return found


def _middle_around(close: Float64Array) -> Float64Array:
    """The median of the five closes before and the five after each bar; at the ends the outermost close stands in."""
    padded = np.pad(close, _AROUND, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * _AROUND + 1)
    middle: Float64Array = np.median(np.delete(windows, _AROUND, axis=1), axis=1)
    return middle


def _usual_move(close: Float64Array) -> Float64Array:
    """The median absolute move between closes of the block a bar lies in."""
    moves = np.abs(np.diff(np.log(close), prepend=np.log(close[0])))
    blocks = -(-len(moves) // BLOCK)
    padded = np.pad(moves, (0, blocks * BLOCK - len(moves)), constant_values=np.nan)
    medians = np.nanmedian(padded.reshape(blocks, BLOCK), axis=1)
    usual: Float64Array = np.repeat(medians, BLOCK)[: len(moves)]
    return usual


def _moves_without_volume(bars: Bars) -> list[Doubt]:
    moved = (bars.volume == 0) & (bars.high != bars.low)
    return [Doubt(int(row), 1, "the price moved and nothing was traded") for row in np.flatnonzero(moved)]


def _standstills(bars: Bars) -> list[Doubt]:
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    repeats = np.zeros(len(bars), np.bool_)
    repeats[1:] = np.logical_and.reduce([column[1:] == column[:-1] for column in columns]) & (bars.volume[1:] > 0)
    return [
        Doubt(first - 1, length + 1, f"{length + 1} bars in a row repeat the same values")
        for first, length in _runs(repeats)
        if length + 1 >= STALE_BARS
    ]


def _silences(bars: Bars) -> list[Doubt]:
    return [
        Doubt(first, length, f"{length} bars in a row have no volume")
        for first, length in _runs(bars.volume == 0)
        if length >= SILENT_BARS
    ]


def _runs(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First row and length of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(first), int(last - first)) for first, last in edges.reshape(-1, 2)]
