"""Whether a finer and a coarser series of one instrument tell the same story.

The rule: a coarser bar whose finer bars are all there opens at the first open, closes at the last close, has their
highest high and lowest low, and the sum of their volumes, each exactly (volume to the stored unit). Bars with missing
finer bars are not judged, and counted as such.
Invariants: pure; nothing is repaired; integers throughout, on the finer of both scales.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tickwright.domain.bars import PRICE_COLUMNS, Bars, SeriesKey
from tickwright.domain.money import amount_text
from tickwright.domain.resample import resampled
from tickwright.domain.timestamp import iso
from tickwright.ports import Finding


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two timeframes of one instrument compare: bars compared, bars that could not be, and every difference."""

    compared: int
    incomplete: int
    differences: tuple[Finding, ...]


def finer_series(keys: Sequence[SeriesKey]) -> list[tuple[SeriesKey, SeriesKey]]:
    """Of each series of candles of trades that has a finer one among the keys: the coarsest finer one, and it."""
    candles = [(key, key.timeframe.length_ns) for key in keys if key.timeframe is not None and key.kind == "candles"]
    pairs = []
    for coarse, length in candles:
        finer = [
            (step, key)
            for key, step in candles
            if key.instrument == coarse.instrument and step < length and length % step == 0
        ]
        if finer:
            pairs.append((max(finer)[1], coarse))
    return pairs


def compare_timeframes(fine: Bars, coarse: Bars) -> Agreement:
    """Compare every coarser bar with the finer bars inside it."""
    made, count = resampled(fine, coarse.timeframe)
    scales = max(made.price_scale, coarse.price_scale), max(made.volume_scale, coarse.volume_scale)
    made, said = made.rescaled(*scales), coarse.rescaled(*scales)
    whole = count == coarse.timeframe.length_ns // fine.timeframe.length_ns
    _, ours, theirs = np.intersect1d(made.open_time_ns[whole], said.open_time_ns, return_indices=True)
    ours = np.flatnonzero(whole)[ours]
    differences = [
        Finding(coarse.key, f"bar of {iso(int(said.open_time_ns[there]))}", _sentence(made, here, said, there, column))
        for column in (*PRICE_COLUMNS, "volume")
        for here, there in zip(ours, theirs, strict=True)
        if getattr(made, column)[here] != getattr(said, column)[there]
    ]
    return Agreement(len(ours), len(coarse) - len(ours), tuple(sorted(differences, key=lambda one: one.place)))


def _sentence(made: Bars, here: int, said: Bars, there: int, column: str) -> str:
    scale = said.volume_scale if column == "volume" else said.price_scale
    finer, coarser = (
        amount_text(int(getattr(bars, column)[row]), scale) for bars, row in ((made, here), (said, there))
    )
    return f"the {column} is {coarser}, its finer bars make {finer}"
