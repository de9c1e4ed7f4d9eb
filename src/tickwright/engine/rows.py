"""A market as the kernel reads it: time-major rows of the finest bars, with decisions placed after rows.

Invariants: rows are the union of the instruments' open times, from the history anchor on; a run trades the rows that
open in [start, end); a decision stands after every traded row, at the row's close; the arrays are shared by all runs
over the market and never written after they were made, statistics included.
Known limits: spot instruments only, and one timeframe; perpetuals and finer candles inside a bar are refused.
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
from tickwright.domain.errors import DataError, UsageError
from tickwright.domain.market import Market

ABSENT, STILL, TRADES = 0, 1, 2
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
    decision_of_row: Int64Array  # empty: one after every traded row
    decision_presence: UInt8Array
    open_budget: Int64Array
    sigma: Float64Array
    daily_volume: Float64Array

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
        _refuse_what_is_not_modelled(market)
        open_ns = _row_times(market)
        first, end = _traded(open_ns, start_ns, end_ns)
        if first >= end:
            raise DataError("no candle opens in the asked range", where="market", hint="Ask for a range that has data.")
        has_volume = tuple(bool(series.volume.any()) for series in market.bars)
        _check_window_sums(market, costs)
        uses_statistics = _uses_statistics(costs)
        read = {"high": extremes, "low": extremes, "volume": extremes or uses_statistics}
        if whole:
            cells = _cells(market.bars, open_ns, has_volume, costs, read)
        else:
            cells = dict.fromkeys(PRICES_AND_VOLUME, np.empty(0, np.int64)) | {"presence": np.empty(0, np.uint8)}
        count = len(market.bars)
        size = len(open_ns) * count if uses_statistics and whole else 0
        return cls(
            market=market,
            costs=costs,
            open_ns=open_ns,
            **cells,
            has_volume=has_volume,
            first_row=first,
            end_row=end,
            decision_of_row=np.empty(0, np.int64),
            decision_presence=_present(cells["presence"][first * count : end * count]),
            open_budget=np.empty(size, np.int64),
            sigma=np.empty(size),
            daily_volume=np.empty(size),
        )

    @property
    def uses_statistics(self) -> bool:
        """Whether volume and volatility of the trailing window are asked for."""
        return _uses_statistics(self.costs)

    def chunk(self, first: int, end: int) -> dict[str, npt.NDArray[Any]]:
        """The arrays of rows × instruments over the rows from `first` to `end`, as the whole ones would hold them."""
        open_ns = self.open_ns[first:end]
        span = int(open_ns[0]), int(open_ns[-1]) + 1
        cells = _cells([series.between(*span) for series in self.market.bars], open_ns, self.has_volume, self.costs, {})
        traded = slice(max(self.first_row - first, 0) * self.instruments, (self.end_row - first) * self.instruments)
        cells["decision_presence"] = _present(cells["presence"][traded])
        if self.uses_statistics:
            size = len(open_ns) * self.instruments
            cells |= {"open_budget": np.empty(size, np.int64), "sigma": np.empty(size), "daily_volume": np.empty(size)}
        return cells

    @property
    def instruments(self) -> int:
        """How many instruments trade."""
        return len(self.market.instruments)

    @cached_property
    def decision_ns(self) -> Int64Array:
        """When decisions are made: at the close of each traded row."""
        closed: Int64Array = self.open_ns[self.first_row : self.end_row] + self.market.timeframe.length_ns
        return closed

    @cached_property
    def highest_close(self) -> int:
        """The highest close of all instruments, in each one's price units."""
        return max(int(series.close.max()) for series in self.market.bars)

    @property
    def bars(self) -> int:
        """How many bars of all instruments are decided on."""
        first, end = int(self.open_ns[self.first_row]), int(self.open_ns[self.end_row - 1]) + 1
        return sum(len(series.between(first, end)) for series in self.market.bars)

    @property
    def decisions(self) -> int:
        """How many instants decisions are made at."""
        return self.end_row - self.first_row

    def with_blank_future(self) -> MarketRows:
        """A private copy that knows the history before the start and nothing after it, to be filled event by event."""
        known = self.first_row * self.instruments

        def blank(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
            copy = np.zeros_like(array)
            copy[:known] = array[:known]
            return copy

        changed: dict[str, Any] = {
            name: blank(getattr(self, name)) for name in ("presence", "open", "high", "low", "close", "volume")
        }
        for name in ("open_budget", "sigma", "daily_volume"):
            changed[name] = np.empty_like(getattr(self, name))
        return replace(self, **changed, decision_presence=np.zeros_like(self.decision_presence))

    def decision_bars(self, instrument: int) -> npt.NDArray[np.bool_]:
        """Which bars of an instrument's series are decided on: those that open in the traded rows."""
        times = self.market.bars[instrument].open_time_ns
        inside: npt.NDArray[np.bool_] = (times >= self.open_ns[self.first_row]) & (
            times <= self.open_ns[self.end_row - 1]
        )
        return inside

    def decision_places(self, instrument: int) -> Int64Array:
        """The decision after each bar of `decision_bars`."""
        times = self.market.bars[instrument].open_time_ns
        if len(times) == len(self.open_ns):
            return np.arange(self.decisions)
        places: Int64Array = np.searchsorted(self.open_ns, times[self.decision_bars(instrument)]) - self.first_row
        return places


def _refuse_what_is_not_modelled(market: Market) -> None:
    """Margin, funding and finer candles inside a bar are not simulated yet: say so instead of trading without them."""
    for instrument, detail in zip(market.instruments, market.detail, strict=True):
        if instrument.kind != "spot":
            raise UsageError(
                f"{instrument.id} is a {instrument.kind}",
                where="market",
                expected="a spot instrument: margin, funding and liquidation are not simulated yet",
            )
        if detail is not None:
            raise UsageError(
                f"{detail.key} stands beside {instrument.id}",
                where="market",
                expected="no finer candles: the path inside a bar follows the rule book, §5, alone",
            )


def _row_times(market: Market) -> Int64Array:
    """The union of the open times."""
    return np.ascontiguousarray(union_of_times(market.bars), np.int64)


def _places(open_ns: Int64Array, own_ns: Int64Array) -> Places:
    """The rows of a series' bars; a slice where it has all of them."""
    return slice(None) if len(own_ns) == len(open_ns) else np.searchsorted(open_ns, own_ns)


def _traded(open_ns: Int64Array, start_ns: int | None, end_ns: int | None) -> tuple[int, int]:
    first = 0 if start_ns is None else int(np.searchsorted(open_ns, start_ns))
    end = len(open_ns) if end_ns is None else int(np.searchsorted(open_ns, end_ns))
    return first, end


def _uses_statistics(costs: CostModel) -> bool:
    return costs.participation_ppb is not None or costs.impact != "none" or costs.latency_ns > 0


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


def _present(presence: UInt8Array) -> UInt8Array:
    return np.ascontiguousarray(presence != ABSENT, np.uint8)


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
    if len(series) == 1:
        return np.ascontiguousarray(getattr(series[0], name), np.int64)
    if all(isinstance(place, slice) for place in places):
        return np.stack([getattr(one, name) for one in series], axis=1).reshape(-1)
    panel = np.zeros((rows, len(series)), np.int64)
    for instrument, place in enumerate(places):
        panel[place, instrument] = getattr(series[instrument], name)
    return panel.reshape(-1)


def _check_window_sums(market: Market, costs: CostModel) -> None:
    bars_in_window = costs.statistics_window_ns // market.timeframe.length_ns + 1
    for series in market.bars:
        if int(series.volume.max()) * min(bars_in_window, len(series)) >= _INT64_ROOM:
            raise DataError(
                "the window's volume does not fit into 64 bits", where=str(series.key), hint="Use a coarser lot."
            )
