"""A market as the kernel reads it: time-major rows of the finest bars, with decisions placed after rows.

Invariants: rows are the union of the instruments' open times, from the history anchor on; a run trades the rows that
open in [start, end); a decision stands after every traded row, at the row's close; the arrays are shared by all runs
over the market and never written after they were made, statistics included.
Known limits: spot instruments only, and one timeframe; perpetuals and finer candles inside a bar are refused.
"""

from __future__ import annotations

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
    ) -> MarketRows:
        """The rows of a market and the part of them that trades; raises `DataError` when nothing is left to trade.

        Without `extremes` highs and lows are left out (empty): only for runs in which no order can ever rest.
        """
        _refuse_what_is_not_modelled(market)
        open_ns = _row_times(market)
        first, end = _traded(open_ns, start_ns, end_ns)
        if first >= end:
            raise DataError("no candle opens in the asked range", where="market", hint="Ask for a range that has data.")
        has_volume = tuple(bool(series.volume.any()) for series in market.bars)
        places = [_places(open_ns, series.open_time_ns) for series in market.bars]
        presence = _presence(market, places, len(open_ns), has_volume, consulted=costs.participation_ppb is not None)
        uses_statistics = costs.participation_ppb is not None or costs.impact != "none" or costs.latency_ns > 0
        opens, highs, lows, closes, volumes = (
            _column(market.bars, name, places, len(open_ns)) if read else np.empty(0, np.int64)
            for name, read in (
                ("open", True), ("high", extremes), ("low", extremes), ("close", True),
                ("volume", extremes or uses_statistics),
            )
        )  # fmt: skip
        _check_window_sums(market, costs)
        count = len(market.bars)
        size = len(open_ns) * count if uses_statistics else 0
        return cls(
            market, costs, open_ns, presence, opens, highs, lows, closes, volumes, has_volume, first, end,
            np.empty(0, np.int64),
            np.ascontiguousarray((presence != ABSENT)[first * count : end * count], np.uint8),
            np.empty(size, np.int64), np.empty(size), np.empty(size),
        )  # fmt: skip

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
        return int(self.close.max())

    @property
    def bars(self) -> int:
        """How many bars of all instruments are decided on."""
        return int(np.count_nonzero(self.decision_presence.view(np.bool_)))

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


def _presence(
    market: Market, places: list[Places], rows: int, has_volume: tuple[bool, ...], *, consulted: bool
) -> UInt8Array:
    """Which bars exist, and in which of them anything trades (rule book §2.3)."""
    whole = all(isinstance(place, slice) for place in places)
    presence = np.full((rows, len(places)), TRADES if whole else ABSENT, np.uint8)
    for instrument, place in enumerate(places):
        if not whole:
            presence[place, instrument] = TRADES
        if consulted and has_volume[instrument]:
            still = np.flatnonzero(market.bars[instrument].volume == 0)
            presence[still if isinstance(place, slice) else place[still], instrument] = STILL
    return presence.reshape(-1)


def _column(series: tuple[Bars, ...], name: str, places: list[Places], rows: int) -> Int64Array:
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
