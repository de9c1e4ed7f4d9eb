"""Protective exits of a position: what `exits()` returns, as fractions of the entry price.

Invariants (rule book §8): `stop`, `target`, `trail` and `max_bars` belong to each entry fill's part, at fractions of
that fill's price, read at the decision that sent the entry. NaN means none for that decision. After a protective exit
a symbol re-enters only after its target has been 0 or has changed sign (`reenter="flat"`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.domain.errors import UsageError

Fraction = float | Float64Array


@dataclass(frozen=True, slots=True)
class Exits:
    """Stop, target and trail as fractions of the entry price (one number or one per bar), and a limit of bars held.

    `Exits(stop=0.02, target=0.06)` sells at 2 % below or 6 % above a long entry; a short mirrors. `max_bars` counts the
    closes strictly after the entry fill. `reenter="next_bar"` may enter again on the next bar, as freqtrade does.
    With `trigger_by="mark"` a perpetual's stop and trail look at mark prices, not at trades; a target is a limit and
    looks at trades always.
    """

    stop: Fraction | None = None
    target: Fraction | None = None
    trail: Fraction | None = None
    max_bars: int | None = None
    reenter: Literal["flat", "next_bar"] = "flat"
    trigger_by: Literal["last", "mark"] = "last"

    def __post_init__(self) -> None:
        for name in ("stop", "target", "trail"):
            value = getattr(self, name)
            if value is not None and np.size(value):
                _demand_fractions(name, value)
        if self.max_bars is not None and (isinstance(self.max_bars, bool) or self.max_bars < 1):
            raise UsageError(f"max_bars of {self.max_bars}", where="Exits", expected="a whole number of 1 or more")
        if self.reenter not in ("flat", "next_bar"):
            raise UsageError(f"reenter of {self.reenter!r}", where="Exits", expected="flat or next_bar")
        if self.trigger_by not in ("last", "mark"):
            raise UsageError(f"trigger_by of {self.trigger_by!r}", where="Exits", expected="last or mark")

    def column(self, name: Literal["stop", "target", "trail"], bars: int) -> Float64Array:
        """One of the fractions as an array with one value per bar, NaN where there is none."""
        value = getattr(self, name)
        if value is None:
            return np.full(bars, np.nan)
        array = (
            np.array(np.broadcast_to(np.asarray(value, np.float64), (bars,)))
            if np.ndim(value) == 0
            else np.asarray(value, np.float64)
        )
        if array.shape != (bars,):
            raise UsageError(
                f"{name} has shape {array.shape}", where="Exits", expected=f"one number or one per bar ({bars})"
            )
        return array


def _demand_fractions(name: str, value: Fraction) -> None:
    """Above 0, and a stop or trail below 1 somewhere: what is nowhere below 1 is a price and not a fraction of one."""
    try:
        least = float(np.fmin.reduce(np.asarray(value, np.float64), axis=None))
    except (TypeError, ValueError):
        raise UsageError(f"{name} is {value!r}", where="Exits", expected="one number, or one per bar") from None
    if least <= 0:
        raise UsageError(f"{name} has a value of 0 or less", where="Exits", expected="fractions above 0, NaN for none")
    if name != "target" and least >= 1:
        told = f"a {name} of {least:g}" if np.ndim(value) == 0 else f"{name} is nowhere below {least:g}"
        raise UsageError(
            told, where="Exits", expected="a fraction of the entry price below 1, such as 0.02, not a price"
        )
