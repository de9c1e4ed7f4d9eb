"""What stored rows are held to when they are read again: the rules they were taken by, and the holes between them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tickwright.adapters.storage.gap_typing import missing_rates
from tickwright.domain.bars import Int64Array, SeriesKey
from tickwright.domain.candle_rules import broken_rules
from tickwright.domain.event_rules import broken_event_rules, place_of
from tickwright.domain.events import Events, Series
from tickwright.domain.gaps import Span, holes
from tickwright.domain.timestamp import iso


class RowInspection:
    """Judges the rows of one series, given piece by piece in order of time.

    It remembers the highest id of a trade: ids that go back from one piece to the next tell that a trade is there twice
    or stands in the wrong day, which no single piece shows.
    """

    def __init__(self) -> None:
        self._highest_id = -1

    def wrong(self, series: Series) -> Iterator[tuple[str, str]]:
        """Place and reason of every row that breaks a rule of its kind."""
        if not isinstance(series, Events):
            for row, reason in broken_rules(series):
                yield f"the row of {iso(int(series.open_time_ns[row]))}", reason
            return
        yield from ((place_of(series, row), reason) for row, reason in broken_event_rules(series))
        if series.key.kind == "trades" and len(series):
            earlier = np.flatnonzero(series["trade_id"] <= self._highest_id)
            for row in earlier.tolist():
                yield place_of(series, row), f"a trade with the id {self._highest_id} stands in an earlier day"
            self._highest_id = max(self._highest_id, int(series["trade_id"].max()))


def holes_in(times_ns: Int64Array, key: SeriesKey) -> tuple[Span, ...]:
    """The missing runs inside the rows of a series, as far as its kind has a rhythm; in order."""
    if key.timeframe is not None:
        return tuple(holes(times_ns, key.timeframe))
    return missing_rates(times_ns) if key.kind == "funding" else ()
