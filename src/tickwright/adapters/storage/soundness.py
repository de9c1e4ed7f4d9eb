"""What stored rows are held to when they are read again: the rules they were taken by, and the holes between them."""

from __future__ import annotations

from collections.abc import Iterator

from tickwright.adapters.storage.gap_typing import missing_rates
from tickwright.domain.bars import Int64Array, SeriesKey
from tickwright.domain.candle_rules import broken_rules
from tickwright.domain.event_rules import broken_event_rules, place_of
from tickwright.domain.events import Events, Series
from tickwright.domain.gaps import Span, holes
from tickwright.domain.timestamp import iso


def wrong_rows(series: Series) -> Iterator[tuple[str, str]]:
    """Place and reason of every row that breaks a rule of its kind."""
    if isinstance(series, Events):
        yield from ((place_of(series, row), reason) for row, reason in broken_event_rules(series))
    else:
        for row, reason in broken_rules(series):
            yield f"the row of {iso(int(series.open_time_ns[row]))}", reason


def holes_in(times_ns: Int64Array, key: SeriesKey) -> tuple[Span, ...]:
    """The missing runs inside the rows of a series, as far as its kind has a rhythm; in order."""
    if key.timeframe is not None:
        return tuple(holes(times_ns, key.timeframe))
    return missing_rates(times_ns) if key.kind == "funding" else ()
