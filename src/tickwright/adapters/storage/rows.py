"""Rows of a series of any kind as stores hold them: its columns, and when the store came to know each row.

Invariants: columns are those of the kind's layout and `recorded_ns`, of equal length, int64; prices share one scale and
quantities another; rows stand in the layout's order. Turning a series into rows and back copies nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tickwright.domain.bars import Bars, Int64Array, SeriesKey
from tickwright.domain.errors import DataError
from tickwright.domain.events import Events, Series
from tickwright.domain.gaps import Span
from tickwright.domain.money import INT64_MAX
from tickwright.domain.row_layout import RowLayout, layout_of

RECORDED = "recorded_ns"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one series: the columns of its layout and `recorded_ns`."""

    layout: RowLayout
    columns: Mapping[str, Int64Array]
    price_scale: int
    quantity_scale: int

    @classmethod
    def of(cls, series: Series, recorded_ns: int) -> Rows:
        """The rows of a series, all recorded at one instant."""
        layout, scales = layout_of(series.key.kind), scales_of(series)
        columns = {name: column_of(series, name) for name in layout.columns}
        return cls(layout, {**columns, RECORDED: np.full(len(series), recorded_ns, np.int64)}, *scales)

    @classmethod
    def none(cls, layout: RowLayout) -> Rows:
        """No rows, on the coarsest scales."""
        return cls(layout, dict.fromkeys((*layout.columns, RECORDED), np.empty(0, np.int64)), 0, 0)

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, column: str) -> Int64Array:
        return self.columns[column]

    @property
    def times(self) -> Int64Array:
        """When each row was: its open time, or the event's."""
        return self.columns[self.layout.time]

    @property
    def recorded_ns(self) -> Int64Array:
        """When the store came to know each row."""
        return self.columns[RECORDED]

    @property
    def values(self) -> tuple[str, ...]:
        """The columns that may be revised: those that do not make a row itself."""
        return tuple(name for name in self.layout.columns if name not in self.layout.identity)

    def take(self, index: slice | np.ndarray) -> Rows:
        """Some of the rows, by slice, mask or positions."""
        return replace(self, columns={name: column[index] for name, column in self.columns.items()})

    def in_order(self) -> Rows:
        """The same rows in the layout's order."""
        keys = [self.columns[name] for name in reversed(self.layout.order)]
        return self.take(np.argsort(keys[0], kind="stable") if len(keys) == 1 else np.lexsort(keys))

    def on_scales(self, price_scale: int, quantity_scale: int) -> Rows:
        """The same rows on scales that are not coarser; raises `DataError` where a value no longer fits 64 bits."""
        if (price_scale, quantity_scale) == (self.price_scale, self.quantity_scale):
            return self
        finer = {name: _finer(self[name], price_scale - self.price_scale, name) for name in self.layout.prices}
        for name in self.layout.quantities:
            finer[name] = _finer(self[name], quantity_scale - self.quantity_scale, name)
        return Rows(self.layout, {**self.columns, **finer}, price_scale, quantity_scale)

    def bars(self, key: SeriesKey) -> Bars:
        """The rows of candles as their series."""
        time, first, high, low, last, volume = (self.columns[name] for name in self.layout.columns)
        return Bars(key, time, first, high, low, last, volume, self.price_scale, self.quantity_scale)

    def events(self, key: SeriesKey) -> Events:
        """The rows of events as their series."""
        columns = {name: self.columns[name] for name in self.layout.columns}
        return Events(key, columns, self.price_scale, self.quantity_scale)

    def series(self, key: SeriesKey) -> Series:
        """The rows as the series they are of."""
        return self.events(key) if key.timeframe is None else self.bars(key)


def joined(layout: RowLayout, pieces: list[Rows]) -> Rows:
    """Several pieces as one, on the finest scales among them, in the order given."""
    if not pieces:
        return Rows.none(layout)
    scales = max(piece.price_scale for piece in pieces), max(piece.quantity_scale for piece in pieces)
    level = [piece.on_scales(*scales) for piece in pieces]
    columns = {name: np.concatenate([piece[name] for piece in level]) for name in (*layout.columns, RECORDED)}
    return Rows(layout, columns, *scales)


def column_of(series: Series, name: str) -> Int64Array:
    """One of the columns of a series' layout."""
    column: Int64Array = series[name] if isinstance(series, Events) else getattr(series, name)
    return column


def scales_of(series: Series) -> tuple[int, int]:
    """The decimals of a series' prices and of its quantities."""
    return series.price_scale, series.quantity_scale if isinstance(series, Events) else series.volume_scale


def on_grid(key: SeriesKey, span: Span) -> Span:
    """A range that was asked for, in whole candles where the series has a timeframe."""
    return span if key.timeframe is None else (key.timeframe.ceil(span[0]), key.timeframe.ceil(span[1]))


def _finer(values: Int64Array, digits: int, column: str) -> Int64Array:
    factor = 10**digits
    largest = int(np.abs(values).max()) if len(values) else 0
    if largest * factor > INT64_MAX:
        raise DataError(
            f"a {column} of the series does not fit 64 bits with {digits} more decimals",
            where=column,
            expected="values with at most 18 digits",
            hint="Keep data of another precision under another exchange name.",
        )
    finer: Int64Array = values * factor
    return finer
