"""Market events as rows: the tape that each half of a run writes for itself, and the events of a stored market.

Invariants: an event is written where it belongs or refused; beyond the history before the start, a tape knows only what
was written to it. With `Streaming` it holds a few rows at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.domain.errors import UsageError
from tickwright.domain.records import EVENT, EventKind
from tickwright.engine.chunks import Streaming, blank_chunk, cells_of, show_history
from tickwright.engine.memory import Memory
from tickwright.engine.rows import ABSENT, NONE, STILL, TRADES, MarketRows

OPEN, RANGE, BAR, DECIDE, END, FUNDING, MARK = (
    int(getattr(EventKind, name)) for name in ("OPEN", "RANGE", "BAR", "DECIDE", "END", "FUNDING", "MARK")
)


class Tape:
    """The rows of one memory, written event by event; `step` is 2·row before its OPEN and 2·row+1 before its RANGE."""

    def __init__(self, memory: Memory, streaming: Streaming | None = None) -> None:
        self._memory, self._rows, self._streaming = memory, memory.rows, streaming
        self.step = 2 * memory.rows.first_row
        self._held, self._end = 0, memory.rows.end_row
        self._cells = {name: getattr(self._rows, name) for name in cells_of(self._rows.market)}
        if streaming is not None:
            self._end = show_history(memory, streaming)

    @property
    def row(self) -> int:
        """The row that is being told."""
        return self.step // 2

    @property
    def opens(self) -> bool:
        """Whether the OPEN of the row comes next, not its RANGE."""
        return self.step % 2 == 0

    def turn(self) -> tuple[int, int] | None:
        """Make room where the next row has none; the decisions that now come, None where there was room."""
        row = self.row
        if row < self._end:
            return None
        if self._streaming is None or row >= self._rows.end_row:
            raise UsageError("an event after the last row", where="engine", expected="END")
        end = min(row + self._streaming.rows, self._rows.end_row)
        held = min(row, self._memory.oldest_row_needed())
        self._cells = blank_chunk(self._memory, held, end)
        self._held, self._end = held, end
        self._memory.show(self._cells, held)
        self._streaming.release()
        return self._rows.decisions_before(row), self._rows.decisions_before(end)

    def write(self, event: Any) -> None:
        """Put an event into its row: the OPENs of a row come first, then its RANGEs; raises `UsageError`."""
        kind = int(event["kind"])
        if kind == BAR:
            self._close_bar(event)
        elif kind == MARK:
            self._mark(event)
        else:
            self._write(event, opens=kind == OPEN)

    def _mark(self, event: Any) -> None:
        """Put a mark into the row: its open with the OPENs, the rest of its candle with the RANGEs."""
        index = (self.row - self._held) * self._rows.instruments + int(event["instrument"])
        for name in ("open",) if self.opens else ("high", "low", "close"):
            self._cells[f"mark_{name}"][index] = event[name]

    def _write(self, event: Any, *, opens: bool) -> None:
        rows, row = self._rows, self.row
        expected = int(rows.open_ns[row]) + (0 if opens else rows.row_ns)
        if int(event["ts_ns"]) != expected or opens != self.opens:
            problem = f"an event of kind {EventKind(int(event['kind'])).name} at {int(event['ts_ns'])}"
            raise UsageError(problem, where="engine", expected=f"the next instant's, at {expected}")
        place, cells = int(event["instrument"]), self._cells
        index = (row - self._held) * rows.instruments + place
        if opens:
            cells["open"][index], cells["presence"][index] = event["open"], TRADES
            return
        for name in ("high", "low", "close", "volume"):
            cells[name][index] = event[name]
        if cells["presence"][index] == ABSENT:  # it closed without having opened: nothing was traded in it
            cells["presence"][index] = STILL
        if not rows.market.has_detail:
            self._note_closed(row, place)

    def _close_bar(self, event: Any) -> None:
        """A bar closed that finer candles have traded: it only tells whose bar is decided on."""
        rows, row = self._rows, self.row
        ends_bar = rows.market.has_detail and not self.opens and rows.decision_of_row[row] != NONE
        if not ends_bar or int(event["ts_ns"]) != int(rows.open_ns[row]) + rows.row_ns:
            raise UsageError(
                f"an event of kind BAR at {int(event['ts_ns'])}", where="engine", expected="one where a bar closes"
            )
        self._note_closed(row, int(event["instrument"]))

    def _note_closed(self, row: int, place: int) -> None:
        decision = self._rows.decisions_before(row) - self._rows.decisions_before(self._held)
        self._cells["decision_presence"][decision * self._rows.instruments + place] = 1


def market_events(rows: MarketRows, streaming: Streaming | None = None) -> Iterator[Any]:
    """The events of the traded rows in order: per row its OPENs, DECIDE, its RANGEs, DECIDE; END at last.

    With detail candles the RANGEs are theirs, and after them a BAR tells of each bar that closes there. A bar in which
    nothing trades has no OPEN (rule book §2.3); its RANGE still tells its close. Marks of perpetuals come with the
    candles they belong to, funding before the DECIDE at or after its time. With `streaming` the rows are read a few at
    a time.
    """
    event = np.zeros(1, EVENT)[0]
    held = rows.traded_rows if streaming is None else streaming.rows
    for first in range(rows.first_row, rows.end_row, held):
        end = min(first + held, rows.end_row)
        if streaming is None:
            yield from _events_of(
                rows, {name: getattr(rows, name) for name in cells_of(rows.market)}, 0, first, end, event
            )
        else:
            yield from _events_of(rows, rows.chunk(first, end), first, first, end, event)
    event["kind"] = END
    yield event


def _events_of(
    rows: MarketRows, cells: Mapping[str, npt.NDArray[Any]], held: int, first_row: int, end_row: int, event: Any
) -> Iterator[Any]:
    """The events of some rows, from arrays that begin at row `held`."""
    paid = 0
    if first_row > rows.first_row:  # what fell due by the close before was told there
        paid = int(np.searchsorted(rows.funding["ts_ns"], rows.open_ns[first_row - 1] + rows.row_ns, side="right"))
    for row in range(first_row, end_row):
        for opens, ts_ns in ((True, rows.open_ns[row]), (False, rows.open_ns[row] + rows.row_ns)):
            event["ts_ns"] = ts_ns
            yield from _candles(rows, cells, row - held, event, opens=opens)
            while paid < len(rows.funding) and rows.funding["ts_ns"][paid] <= ts_ns:
                yield _due(rows, paid, event)
                paid += 1
            event["ts_ns"], event["kind"] = ts_ns, BAR
            for place in [] if opens else _bars_closing(rows, cells["decision_presence"], held, row):
                event["instrument"] = place
                yield event
            event["kind"] = DECIDE
            yield event


def _candles(
    rows: MarketRows, cells: Mapping[str, npt.NDArray[Any]], row: int, event: Any, *, opens: bool
) -> Iterator[Any]:
    """What a row tells when it opens, or when it closes."""
    names = ("open",) if opens else ("high", "low", "close", "volume")
    for place in range(rows.instruments):
        index = row * rows.instruments + place
        presence = cells["presence"][index]
        if presence == TRADES or (not opens and presence != ABSENT):
            event["kind"], event["instrument"] = OPEN if opens else RANGE, place
            for name in names:
                event[name] = cells[name][index]
            yield event
        if rows.market.has_marks and cells["mark_close"][index] != 0:
            event["kind"], event["instrument"] = MARK, place
            for name in names[:3]:
                event[name] = cells[f"mark_{name}"][index]
            yield event


def _due(rows: MarketRows, payment: int, event: Any) -> Any:
    event["kind"], event["instrument"] = FUNDING, rows.funding["instrument"][payment]
    event["ts_ns"], event["rate_ppb"] = rows.funding["ts_ns"][payment], rows.funding["rate_ppb"][payment]
    return event


def _bars_closing(rows: MarketRows, presence: npt.NDArray[Any], held: int, row: int) -> list[int]:
    """The instruments whose bar closes with a row of detail candles; `presence` begins with the row `held`."""
    if not rows.market.has_detail or rows.decision_of_row[row] == NONE:
        return []
    first = (rows.decisions_before(row) - rows.decisions_before(held)) * rows.instruments
    return [place for place in range(rows.instruments) if presence[first + place]]
