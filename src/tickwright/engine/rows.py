"""A market as the kernel reads it: time-major rows of the finest bars, with decisions placed after rows.

Invariants: rows are the union of the instruments' open times, from the history anchor on; a run trades the bars that
open in [start, end); a decision stands after every traded row, at the row's close; with detail candles rows are those
of the detail, and a decision stands only after the last row of each bar; the arrays are shared by all runs over the
market and never written after they were made, statistics included.
Mark prices of perpetuals lie beside the candles, their funding in order of time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Bars, Float64Array, Int64Array, union_of_times
from tickwright.domain.costs import CostModel
from tickwright.domain.detail import check_covers
from tickwright.domain.errors import DataError
from tickwright.domain.market import Market
from tickwright.engine.perpetual_rows import MARKS, check_marks, funding_rows, mark_cells, no_marks
from tickwright.kernel.layout import COLUMN

ABSENT, STILL, TRADES = 0, 1, 2
NONE = -1
PRICES_AND_VOLUME = ("open", "high", "low", "close", "volume")
UInt8Array = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp] | slice
_INT64_ROOM = 2**62


@dataclass(frozen=True)
class MarketRows:
    """The arrays of a market; index `row · instruments + instrument` where a value belongs to both."""

    market: Market
    costs: CostModel
    open_ns: Int64Array
    presence: UInt8Array
    open: Int64Array
    high: Int64Array
    low: Int64Array
    close: Int64Array
    volume: Int64Array
    has_volume: tuple[bool, ...]
    first_row: int
    end_row: int
    bar_open_ns: Int64Array  # union of the open times of the bars decided on: `open_ns` itself without detail
    first_bar: int
    end_bar: int
    decision_of_row: Int64Array  # empty: one after every traded row; else NONE where a row does not end a bar
    decision_presence: UInt8Array
    open_budget: Int64Array
    sigma: Float64Array
    daily_volume: Float64Array
    mark_open: Int64Array  # the four are empty where no instrument has a mark series
    mark_high: Int64Array
    mark_low: Int64Array
    mark_close: Int64Array
    funding: npt.NDArray[np.void]  # layout `FUNDING`, in order of time, from the first traded row on
    funding_count: int  # how many of them are known

    @classmethod
    def of(
        cls,
        market: Market,
        costs: CostModel,
        start_ns: int | None = None,
        end_ns: int | None = None,
        *,
        extremes: bool = True,
        whole: bool = True,
    ) -> MarketRows:
        """The rows of a market and the part of them that trades; raises `DataError` when nothing is left to trade.

        Without `extremes` highs and lows are left out (empty): only for runs in which no order can ever rest. Without
        `whole` every array of rows × instruments is left out: a run then reads them by `chunk`.
        """
        check_marks(market)
        bar_open_ns = np.ascontiguousarray(market.open_times_ns, np.int64)
        first_bar, end_bar = _traded(bar_open_ns, start_ns, end_ns)
        if first_bar >= end_bar:
            raise DataError("no candle opens in the asked range", where="market", hint="Ask for a range that has data.")
        open_ns = _row_times(market, bar_open_ns, first_bar)
        first, end, decision_of_row = _decision_rows(market, open_ns, bar_open_ns, first_bar, end_bar)
        has_volume = tuple(bool(series.volume[:1].any() or series.volume.any()) for series in market.finest)
        uses_statistics = costs.uses_statistics
        if uses_statistics:
            _check_window_sums(market, costs)
        read = {"high": extremes, "low": extremes, "volume": extremes or uses_statistics}
        if whole:
            cells = _cells(market.finest, open_ns, has_volume, costs, read)
        else:
            cells = dict.fromkeys(PRICES_AND_VOLUME, np.empty(0, np.int64)) | {"presence": np.empty(0, np.uint8)}
        cells |= mark_cells(market.marks, open_ns) if whole and market.has_marks else no_marks()
        count = len(market.bars)
        size = len(open_ns) * count if uses_statistics and whole else 0
        closing = bar_open_ns[first_bar : end_bar if whole else first_bar]
        return cls(
            market=market,
            costs=costs,
            open_ns=open_ns,
            **cells,
            has_volume=has_volume,
            first_row=first,
            end_row=end,
            bar_open_ns=bar_open_ns,
            first_bar=first_bar,
            end_bar=end_bar,
            decision_of_row=decision_of_row,
            decision_presence=_decision_presence(market, cells["presence"][first * count : end * count], closing),
            open_budget=np.empty(size, np.int64),
            sigma=np.empty(size),
            daily_volume=np.empty(size),
            funding=(funding := funding_rows(market, int(open_ns[first]))),
            funding_count=len(funding),
        )

    @property
    def uses_statistics(self) -> bool:
        """Whether volume and volatility of the trailing window are asked for."""
        return self.costs.uses_statistics

    def chunk(self, first: int, end: int) -> dict[str, npt.NDArray[Any]]:
        """The arrays of rows × instruments over the rows from `first` to `end`, as the whole ones would hold them."""
        open_ns = self.open_ns[first:end]
        span = int(open_ns[0]), int(open_ns[-1]) + 1
        finest = [series.between(*span) for series in self.market.finest]
        cells = _cells(finest, open_ns, self.has_volume, self.costs, {})
        traded = slice(max(self.first_row - first, 0) * self.instruments, (self.end_row - first) * self.instruments)
        closing = slice(self.first_bar + self.decisions_before(first), self.first_bar + self.decisions_before(end))
        cells["decision_presence"] = _decision_presence(
            self.market, cells["presence"][traded], self.bar_open_ns[closing]
        )
        if self.market.has_marks:
            cells |= mark_cells(self.market.marks, open_ns)
        if self.uses_statistics:
            size = len(open_ns) * self.instruments
            cells |= {"open_budget": np.empty(size, np.int64), "sigma": np.empty(size), "daily_volume": np.empty(size)}
        return cells

    @property
    def instruments(self) -> int:
        """How many instruments trade."""
        return len(self.market.instruments)

    @property
    def start_ns(self) -> int:
        """When the first traded row opens."""
        return int(self.open_ns[self.first_row])

    @property
    def row_ns(self) -> int:
        """The length of a row: the timeframe of the candles that orders meet."""
        return self.market.finest[0].timeframe.length_ns

    @cached_property
    def decision_ns(self) -> Int64Array:
        """When decisions are made: at the close of each traded bar."""
        closed: Int64Array = self.bar_open_ns[self.first_bar : self.end_bar] + self.market.timeframe.length_ns
        return closed

    def decisions_before(self, row: int) -> int:
        """How many decisions are made before a row opens; 0 before the first traded one."""
        if not self.market.has_detail:
            return min(max(row - self.first_row, 0), self.decisions)
        return int(np.searchsorted(self._deciding_rows, row))

    @cached_property
    def _deciding_rows(self) -> Int64Array:
        return np.flatnonzero(self.decision_of_row != NONE)

    @cached_property
    def highest_close(self) -> int:
        """The highest close of all instruments, in each one's price units."""
        return max(int(series.close.max()) for series in self.market.finest)

    @cached_property
    def highest_closes(self) -> Int64Array:
        """The highest close of each instrument."""
        return np.array([int(series.close.max()) for series in self.market.finest])

    @property
    def has_holes(self) -> bool:
        """Whether an instrument lacks a bar in a row."""
        return any(len(series) < len(self.open_ns) for series in self.market.finest)

    @property
    def in_columns(self) -> bool:
        """Whether prices lie in the instruments' own columns alone, not side by side."""
        return not self.close.size

    def columns(self) -> tuple[npt.NDArray[np.void], list[Int64Array]]:
        """Where the instruments' columns lie, layout `COLUMN`, and what must be kept alive as long as it is read."""
        answer, kept = np.zeros(self.instruments, COLUMN), []
        for row, series in zip(answer, self.market.bars, strict=True):
            for name, values in (("open_ns", series.open_time_ns), ("open", series.open), ("close", series.close)):
                kept.append(column := np.ascontiguousarray(values, np.int64))
                row[name] = column.ctypes.data
            row["bars"], row["next"] = len(series), np.searchsorted(series.open_time_ns, self.start_ns)
        return answer, kept

    @property
    def bars(self) -> int:
        """How many bars of all instruments are decided on."""
        first, end = int(self.bar_open_ns[self.first_bar]), int(self.bar_open_ns[self.end_bar - 1]) + 1
        return sum(len(series.between(first, end)) for series in self.market.bars)

    @property
    def decisions(self) -> int:
        """How many instants decisions are made at."""
        return self.end_bar - self.first_bar

    @property
    def traded_rows(self) -> int:
        """How many rows are traded; with detail there are several to a decision."""
        return self.end_row - self.first_row

    def with_blank_future(self) -> MarketRows:
        """A private copy that knows the history before the start and nothing after it, to be filled event by event."""
        known = self.first_row * self.instruments

        def blank(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
            copy = np.zeros_like(array)
            copy[:known] = array[:known]
            return copy

        changed: dict[str, Any] = {name: blank(getattr(self, name)) for name in ("presence", *PRICES_AND_VOLUME)}
        if self.market.has_marks:
            changed |= {name: blank(getattr(self, name)) for name in MARKS}
        for name in ("open_budget", "sigma", "daily_volume"):
            changed[name] = np.empty_like(getattr(self, name))
        return replace(self.with_unknown_funding(), **changed, decision_presence=np.zeros_like(self.decision_presence))

    def with_unknown_funding(self) -> MarketRows:
        """The same rows with room for their funding, of which nothing is known yet."""
        return replace(self, funding=np.zeros_like(self.funding), funding_count=0)

    def decision_bars(self, instrument: int) -> npt.NDArray[np.bool_]:
        """Which bars of an instrument's series are decided on: those that open in the traded range."""
        times = self.market.bars[instrument].open_time_ns
        inside: npt.NDArray[np.bool_] = (times >= self.bar_open_ns[self.first_bar]) & (
            times <= self.bar_open_ns[self.end_bar - 1]
        )
        return inside

    def decision_places(self, instrument: int) -> Int64Array:
        """The decision after each bar of `decision_bars`."""
        times = self.market.bars[instrument].open_time_ns
        if len(times) == len(self.bar_open_ns):
            return np.arange(self.decisions)
        places: Int64Array = np.searchsorted(self.bar_open_ns, times[self.decision_bars(instrument)]) - self.first_bar
        return places


def _row_times(market: Market, bar_open_ns: Int64Array, first_bar: int) -> Int64Array:
    """The union of the open times; with detail also the last row of every bar, at whose close decisions are made."""
    if not market.has_detail:
        return bar_open_ns
    for bars, detail in zip(market.bars, market.finest, strict=True):
        check_covers(bars, detail, int(bar_open_ns[first_bar]))
    times: Int64Array = np.union1d(union_of_times(market.finest), _last_rows(market, bar_open_ns[first_bar:]))
    return times


def _last_rows(market: Market, bar_open_ns: Int64Array) -> Int64Array:
    """When the last detail candle of each bar opens."""
    times: Int64Array = bar_open_ns + market.timeframe.length_ns - market.finest[0].timeframe.length_ns
    return times


def _decision_rows(
    market: Market, open_ns: Int64Array, bar_open_ns: Int64Array, first_bar: int, end_bar: int
) -> tuple[int, int, Int64Array]:
    """The traded rows as (first, end), and the decision after each row; empty where one stands after every row."""
    if not market.has_detail:
        return first_bar, end_bar, np.empty(0, np.int64)
    deciding = np.searchsorted(open_ns, _last_rows(market, bar_open_ns[first_bar:end_bar]))
    decision_of_row = np.full(len(open_ns), NONE, np.int64)
    decision_of_row[deciding] = np.arange(end_bar - first_bar)
    return int(np.searchsorted(open_ns, bar_open_ns[first_bar])), int(deciding[-1]) + 1, decision_of_row


def _decision_presence(market: Market, presence: UInt8Array, bar_open_ns: Int64Array) -> UInt8Array:
    """Which instruments' bars close at each decision: those present in its row, without detail."""
    if not market.has_detail:
        return np.ascontiguousarray(presence != ABSENT, np.uint8)
    table = np.zeros((len(bar_open_ns), len(market.bars)), np.uint8)
    for place, series in enumerate(market.bars):
        table[:, place] = np.isin(bar_open_ns, series.open_time_ns, assume_unique=True)
    return table.reshape(-1)


def _places(open_ns: Int64Array, own_ns: Int64Array) -> Places:
    """The rows of a series' bars; a slice where it has all of them."""
    return slice(None) if len(own_ns) == len(open_ns) else np.searchsorted(open_ns, own_ns)


def _traded(open_ns: Int64Array, start_ns: int | None, end_ns: int | None) -> tuple[int, int]:
    first = 0 if start_ns is None else int(np.searchsorted(open_ns, start_ns))
    end = len(open_ns) if end_ns is None else int(np.searchsorted(open_ns, end_ns))
    return first, end


def _cells(
    bars: Sequence[Bars], open_ns: Int64Array, has_volume: tuple[bool, ...], costs: CostModel, read: Mapping[str, bool]
) -> dict[str, npt.NDArray[Any]]:
    """Presence, prices and volume of these bars at these rows; columns that are not read are empty."""
    places = [_places(open_ns, series.open_time_ns) for series in bars]
    cells: dict[str, npt.NDArray[Any]] = {
        name: _column(bars, name, places, len(open_ns)) if read.get(name, True) else np.empty(0, np.int64)
        for name in PRICES_AND_VOLUME
    }
    consulted = costs.participation_ppb is not None
    return {"presence": _presence(bars, places, len(open_ns), has_volume, consulted=consulted), **cells}


def _presence(
    bars: Sequence[Bars], places: list[Places], rows: int, has_volume: tuple[bool, ...], *, consulted: bool
) -> UInt8Array:
    """Which bars exist, and in which of them anything trades (rule book §2.3)."""
    whole = all(isinstance(place, slice) for place in places)
    presence = np.full((rows, len(places)), TRADES if whole else ABSENT, np.uint8)
    for instrument, place in enumerate(places):
        if not whole:
            presence[place, instrument] = TRADES
        if consulted and has_volume[instrument]:
            still = np.flatnonzero(bars[instrument].volume == 0)
            presence[still if isinstance(place, slice) else place[still], instrument] = STILL
    return presence.reshape(-1)


def _column(series: Sequence[Bars], name: str, places: list[Places], rows: int) -> Int64Array:
    if len(series) == 1 and isinstance(places[0], slice):
        return np.ascontiguousarray(getattr(series[0], name), np.int64)
    if all(isinstance(place, slice) for place in places):
        return np.stack([getattr(one, name) for one in series], axis=1).reshape(-1)
    panel = np.zeros((rows, len(series)), np.int64)
    for instrument, place in enumerate(places):
        panel[place, instrument] = getattr(series[instrument], name)
    return panel.reshape(-1)


def _check_window_sums(market: Market, costs: CostModel) -> None:
    for series in market.finest:
        bars_in_window = costs.statistics_window_ns // series.timeframe.length_ns + 1
        if int(series.volume.max()) * min(bars_in_window, len(series)) >= _INT64_ROOM:
            raise DataError(
                "the window's volume does not fit into 64 bits", where=str(series.key), hint="Use a coarser lot."
            )
