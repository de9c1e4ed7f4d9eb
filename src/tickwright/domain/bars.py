"""A series of candles in exact integers, as stores keep it and as every mode reads it.

Invariants: `open_time_ns` is strictly increasing and on the timeframe's grid; a bar's close is its open time plus the
timeframe; prices share one decimal scale and volumes another; a hole is a missing row, never a filled one. Floats are
derived on read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import total_ordering
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.warm_arrays import warm_empty

Int64Array = npt.NDArray[np.int64]
Float64Array = npt.NDArray[np.float64]
SeriesKind = Literal["candles", "trades", "quotes", "funding", "mark", "index", "book"]

PRICE_COLUMNS = ("open", "high", "low", "close")


@total_ordering
@dataclass(frozen=True, slots=True)
class SeriesKey:
    """What a series is: (exchange, symbol, kind, timeframe); `timeframe` is None for kinds without one.

    Keys are sorted by instrument, then by timeframe (none first), then by kind.
    """

    instrument: InstrumentId
    timeframe: Timeframe | None
    kind: SeriesKind = "candles"

    def __lt__(self, other: SeriesKey) -> bool:
        return self._rank() < other._rank()

    def _rank(self) -> tuple[InstrumentId, int, str]:
        return self.instrument, 0 if self.timeframe is None else self.timeframe.length_ns, self.kind

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.instrument, self.kind, self.timeframe) if part is not None)


class Floats(NamedTuple):
    """A column as float64 that cannot be written to, and its lowest and highest value in the series' units."""

    values: Float64Array
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Bars:
    """Candles of one series: int64 columns of equal length; a price is `units × 10^-price_scale`."""

    key: SeriesKey
    open_time_ns: Int64Array
    open: Int64Array
    high: Int64Array
    low: Int64Array
    close: Int64Array
    volume: Int64Array
    price_scale: int
    volume_scale: int
    _floats: dict[str, Floats] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.open_time_ns)

    @property
    def timeframe(self) -> Timeframe:
        """The bar length; a series of candles always has one."""
        assert self.key.timeframe is not None
        return self.key.timeframe

    def prices(self, column: str) -> Float64Array:
        """One of the price columns as float64, derived exactly as `units / 10^scale`."""
        units: Int64Array = getattr(self, column)
        return np.divide(units, 10.0**self.price_scale, out=warm_empty(units.shape))

    def volumes(self) -> Float64Array:
        """Volume in base units as float64."""
        return np.divide(self.volume, 10.0**self.volume_scale, out=warm_empty(self.volume.shape))

    def floats(self, column: str) -> Floats:
        """A column as `prices` or `volumes` derives it, with its extremes; made once for all who read the series."""
        known = self._floats.get(column)
        if known is None:
            known = self._floats[column] = self.new_floats(column)
        return known

    def new_floats(self, column: str) -> Floats:
        """The same, made anew and not kept here."""
        units: Int64Array = getattr(self, column)
        values = self.volumes() if column == "volume" else self.prices(column)
        values.flags.writeable = False
        lowest, highest = (int(units.min()), int(units.max())) if len(units) else (0, 0)
        return Floats(values, lowest, highest)

    def between(self, start_ns: int, end_ns: int) -> Bars:
        """The bars whose open time lies in [start, end), as views on the same memory."""
        first, last = np.searchsorted(self.open_time_ns, (start_ns, end_ns))
        cut = slice(int(first), int(last))
        return Bars(
            self.key, self.open_time_ns[cut], self.open[cut], self.high[cut], self.low[cut], self.close[cut],
            self.volume[cut], self.price_scale, self.volume_scale,
        )  # fmt: skip

    def where(self, keep: npt.NDArray[np.bool_]) -> Bars:
        """The bars that a mask keeps."""
        return Bars(
            self.key, self.open_time_ns[keep], self.open[keep], self.high[keep], self.low[keep], self.close[keep],
            self.volume[keep], self.price_scale, self.volume_scale,
        )  # fmt: skip

    def rescaled(self, price_scale: int, volume_scale: int) -> Bars:
        """The same bars on finer scales, exactly; the scales may only grow. A scale that stays shares its memory."""
        price, volume = 10 ** (price_scale - self.price_scale), 10 ** (volume_scale - self.volume_scale)
        first, high, low, last = (
            column if price == 1 else column * price for column in (self.open, self.high, self.low, self.close)
        )
        amount = self.volume if volume == 1 else self.volume * volume
        return Bars(self.key, self.open_time_ns, first, high, low, last, amount, price_scale, volume_scale)

    def kept(self, keep: Callable[[Int64Array], Int64Array]) -> Bars:
        """The same bars with every column handed through `keep`, which says where it lies."""
        return Bars(
            self.key, keep(self.open_time_ns), keep(self.open), keep(self.high), keep(self.low), keep(self.close),
            keep(self.volume), self.price_scale, self.volume_scale,
        )  # fmt: skip

    def coarsened(self) -> Bars:
        """The same bars on the coarsest scales that hold them exactly: the decimals the data really has."""
        prices, price_scale = coarsest([getattr(self, column) for column in PRICE_COLUMNS], self.price_scale)
        (volume,), volume_scale = coarsest([self.volume], self.volume_scale)
        first, high, low, last = prices
        return Bars(self.key, self.open_time_ns, first, high, low, last, volume, price_scale, volume_scale)

    def content_hash(self) -> str:
        """SHA-256 of the values, independent of scale: the same candles hash alike in every store.

        Columns are reduced to the coarsest scale that holds them exactly before they are hashed, little endian.
        """
        digest = hashlib.sha256(str(self.key).encode())
        prices, price_scale = coarsest([getattr(self, column) for column in PRICE_COLUMNS], self.price_scale)
        volumes, volume_scale = coarsest([self.volume], self.volume_scale)
        digest.update(f"|{price_scale}|{volume_scale}|{len(self)}|".encode())
        for column in (self.open_time_ns, *prices, *volumes):
            digest.update(np.ascontiguousarray(column, "<i8").tobytes())
        return digest.hexdigest()


def price_unit_scale(bars: Bars) -> int:
    """The scale of the series' price unit: its own, refined until one unit is at most 0.01 bp of the lowest price.

    A price unit of 1e-6 of the lowest price keeps rounding far below any cost (rule book, §1.1).
    """
    lowest = int(bars.low.min()) if len(bars) else 1
    scale = bars.price_scale
    while lowest < 1_000_000:
        lowest, scale = lowest * 10, scale + 1
    return scale


def union_of_times(bars: Sequence[Bars]) -> Int64Array:
    """The open times at which at least one series has a bar; the series' own array where all have the same."""
    first = bars[0].open_time_ns
    if all(np.array_equal(part.open_time_ns, first) for part in bars[1:]):
        return first
    times: Int64Array = np.unique(np.concatenate([part.open_time_ns for part in bars]))
    return times


def coarsest(columns: list[Int64Array], scale: int) -> tuple[list[Int64Array], int]:
    """Columns of one scale on the coarsest scale that holds them all exactly, and that scale."""
    while scale > 0 and all(not np.any(column % 10) for column in columns):
        columns, scale = [column // 10 for column in columns], scale - 1
    return columns, scale
