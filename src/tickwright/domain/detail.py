"""Finer candles that settle the path inside a bar: which of them count, and that they tell the same story.

Invariants: detail candles divide the bars they stand beside, none of them lies where there is no bar, and in every bar
from the first whole one on they add up to it (first open, highest high, lowest low, last close, summed volume); what
lies before and after the bars is left out.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tickwright.domain.bars import PRICE_COLUMNS, Bars, Int64Array
from tickwright.domain.errors import DataError, UsageError
from tickwright.domain.money import amount_text
from tickwright.domain.resample import joined
from tickwright.domain.timestamp import iso

_HINT: Final = "Fetch or import both series again, or make the bars from the detail candles."


def fitted_detail(bars: Bars, detail: Bars) -> Bars:
    """The detail candles inside `bars`, from the first bar on that they fill; both on the same scales.

    Raises `UsageError` where the timeframes do not go together and `DataError` where a candle is missing, lies outside
    every bar, or where the candles of a bar do not add up to it.
    """
    _check_timeframes(bars, detail)
    inside = detail.between(int(bars.open_time_ns[0]), int(bars.open_time_ns[-1]) + bars.timeframe.length_ns)
    places = np.searchsorted(bars.open_time_ns, inside.open_time_ns, side="right") - 1
    first = int(places[0]) + (1 if _begins_inside(bars, inside, places) else 0) if len(inside) else len(bars)
    if first == len(bars):
        raise DataError(
            f"{detail.key} fills no bar of {bars.key}",
            where="detail", expected=f"candles from {iso(int(bars.open_time_ns[0]))} on", hint=_HINT,
        )  # fmt: skip
    kept = detail.between(int(bars.open_time_ns[first]), int(inside.open_time_ns[-1]) + 1)
    places = places[len(places) - len(kept) :] - first
    _check_placed(bars, kept, places + first)
    _check_sums(bars.between(int(bars.open_time_ns[first]), int(bars.open_time_ns[-1]) + 1), kept, places)
    return kept


def _begins_inside(bars: Bars, detail: Bars, places: Int64Array) -> bool:
    """Whether the first bar opened and traded before the first detail candle: its beginning is not known."""
    first = int(places[0])
    if detail.open_time_ns[0] == bars.open_time_ns[first]:
        return False
    volume = int(detail.volume[places == first].sum())
    return bool(detail.open[0] != bars.open[first] or volume != bars.volume[first])


def check_covers(bars: Bars, detail: Bars, start_ns: int) -> None:
    """Raise `DataError` where a bar from `start_ns` on has no detail candles because they begin later."""
    place = int(np.searchsorted(bars.open_time_ns, start_ns))
    first = int(bars.open_time_ns[min(place, len(bars) - 1)])
    if place < len(bars) and bars.timeframe.floor(int(detail.open_time_ns[0])) > first:
        raise DataError(
            f"{detail.key} begins at {iso(int(detail.open_time_ns[0]))}",
            where="detail",
            expected=f"detail candles from {iso(first)} on, where trading starts",
            hint="Fetch the detail candles of the whole range, or start later.",
        )


def _check_timeframes(bars: Bars, detail: Bars) -> None:
    if detail.key.instrument != bars.key.instrument:
        raise UsageError(f"{detail.key} stands beside {bars.key}", where="detail", expected="the same instrument")
    coarse, fine = bars.timeframe, detail.timeframe
    if fine.length_ns >= coarse.length_ns or coarse.length_ns % fine.length_ns:
        raise UsageError(
            f"{fine} candles do not divide bars of {coarse}",
            where="detail",
            expected=f"a shorter timeframe that divides {coarse}, such as 1m",
        )


def _check_placed(bars: Bars, detail: Bars, places: Int64Array) -> None:
    closes = bars.open_time_ns[places] + bars.timeframe.length_ns
    outside = np.flatnonzero(detail.open_time_ns >= closes)
    if len(outside):
        raise DataError(
            f"{detail.key} has a candle at {iso(int(detail.open_time_ns[outside[0]]))}, where {bars.key} has no bar",
            where="detail", expected="no detail candle outside the bars", hint=_HINT,
        )  # fmt: skip


def _check_sums(bars: Bars, detail: Bars, places: Int64Array) -> None:
    """Every bar must have detail candles, and they must add up to it."""
    starts = np.searchsorted(places, np.arange(len(bars)))
    empty = np.flatnonzero(np.diff(np.append(starts, len(detail))) == 0)
    if len(empty):
        raise DataError(
            f"{detail.key} has no candle in the bar of {bars.key} at {iso(int(bars.open_time_ns[empty[0]]))}",
            where="detail", expected="detail candles in every bar", hint=_HINT,
        )  # fmt: skip
    made = joined(detail, starts, bars.open_time_ns, bars.timeframe)
    wrong = {name: np.flatnonzero(getattr(bars, name) != getattr(made, name)) for name in (*PRICE_COLUMNS, "volume")}
    if any(len(rows) for rows in wrong.values()):
        row, name = min((int(rows[0]), name) for name, rows in wrong.items() if len(rows))
        scale = bars.volume_scale if name == "volume" else bars.price_scale
        told, theirs = (amount_text(int(getattr(series, name)[row]), scale) for series in (bars, made))
        raise DataError(
            f"the {name} of {bars.key} at {iso(int(bars.open_time_ns[row]))} is {told}, {detail.key} makes it {theirs}",
            where="detail", expected="detail candles that add up to their bar", hint=_HINT,
        )  # fmt: skip
