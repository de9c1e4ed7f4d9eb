"""Which rows of a write a store takes; all stores use this.

Invariants: rows that break a rule of their kind are refused, each with its place and reason; what is taken is in order
and on the decimals the data really has. Candles come in order of time; events may come in any order.
"""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.candle_rules import broken_rules
from tickwright.domain.errors import DataError
from tickwright.domain.event_rules import broken_event_rules, place_of
from tickwright.domain.events import Events, Series
from tickwright.domain.row_layout import CANDLE_KINDS, EVENT_KINDS
from tickwright.domain.timestamp import iso
from tickwright.ports import RefusedRow


def demand_candle_series(key: SeriesKey) -> None:
    """Refuse a series whose rows are no candles with a `DataError`."""
    if key.kind not in CANDLE_KINDS or key.timeframe is None:
        expected = "a timeframe and one of " + ", ".join(CANDLE_KINDS)
        raise DataError("the rows of this series are no candles", where=str(key), expected=expected)


def demand_event_series(key: SeriesKey) -> None:
    """Refuse a series whose rows are no events with a `DataError`."""
    if key.kind not in EVENT_KINDS or key.timeframe is not None:
        expected = "no timeframe and one of " + ", ".join(EVENT_KINDS)
        raise DataError("the rows of this series are no events", where=str(key), expected=expected)


def demand_series(key: SeriesKey) -> None:
    """Refuse a series that is neither of candles with a timeframe nor of events without one with a `DataError`."""
    if key.kind in EVENT_KINDS:
        demand_event_series(key)
    else:
        demand_candle_series(key)


def missing_series(key: SeriesKey, place: str) -> DataError:
    """What a store at a place says of a series that it does not have."""
    wanted = f"--kind {key.kind}" if key.kind != "candles" else ""
    wanted += f" --timeframe {key.timeframe}" if key.timeframe is not None else ""
    symbol = f"--exchange {key.instrument.exchange} --symbol {key.instrument.symbol}"
    return DataError(
        f"the store has no {key}",
        where=place,
        expected="a series that was fetched or imported",
        hint=f"Fetch it: tickwright data fetch {symbol} {wanted.strip()}",
    )


def accepted(series: Series) -> tuple[Series, list[RefusedRow]]:
    """The rows that fulfil the rules of their kind, and the others with their reasons."""
    return _accepted_events(series) if isinstance(series, Events) else _accepted_bars(series)


def _accepted_bars(bars: Bars) -> tuple[Bars, list[RefusedRow]]:
    broken = broken_rules(bars)
    refused = [RefusedRow(f"row {row + 1} ({iso(int(bars.open_time_ns[row]))})", reason) for row, reason in broken]
    if broken:
        keep = np.ones(len(bars), np.bool_)
        keep[[row for row, _ in broken]] = False
        bars = bars.where(keep)
        if np.any(np.diff(bars.open_time_ns) <= 0):
            sentence = "the rows are in no order of time"
            raise DataError(sentence, where=str(bars.key), expected="open times that increase")
    return bars.coarsened(), refused


def _accepted_events(events: Events) -> tuple[Events, list[RefusedRow]]:
    events = events.in_order()
    broken = broken_event_rules(events)
    refused = [RefusedRow(place_of(events, row), reason) for row, reason in broken]
    if broken:
        keep = np.ones(len(events), np.bool_)
        keep[[row for row, _ in broken]] = False
        events = events.where(keep)
    return events.coarsened(), refused
