"""The simulated market in a memory of its own: market events and commands in, reports out.

Invariants: it knows of the client what commands say and which order numbers are given away, nothing else; a command is
carried out whole before the next; what it reports at an event is in the order in which it happened. Matching, fees,
holds and protective exits are those of a run in one memory, so both give the same digests.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.domain.errors import DataError
from tickwright.domain.records import REPORT
from tickwright.engine.chunks import Streaming
from tickwright.engine.memory import Memory
from tickwright.engine.rows import MarketRows
from tickwright.engine.tape import DECIDE, END, FUNDING, Tape
from tickwright.kernel import halves

Records = npt.NDArray[np.void]
_SILENCE = np.empty(0, REPORT)


class SimulatedVenue:
    """The venue half of one account, over rows of which nothing is known yet but the history before the start.

    With `streaming` it holds a few rows at a time, over rows that are not `whole`.
    """

    def __init__(self, rows: MarketRows, cash: int, streaming: Streaming | None = None) -> None:
        self.memory = Memory(rows, cash, linked=False)
        self._tape = Tape(self.memory, streaming)

    @property
    def record(self) -> Any:
        """What it counted of its own: layout `VENUE`."""
        return self.memory.venue

    def process(self, event: Any, given: int) -> Records:
        """Take one event (layout `records.EVENT`); its reports (layout `records.REPORT`), none but at DECIDE and END.

        Order numbers below `given` are the client's; exits that the venue makes are numbered from there.
        """
        kind = int(event["kind"])
        if kind == END:
            self._make_room_for_reports()
            self.memory.finish()
            return self._take_reports()
        self._tape.turn()
        if kind == FUNDING:
            self.memory.owe_funding(int(event["ts_ns"]), int(event["instrument"]), int(event["rate_ppb"]))
            return _SILENCE
        if kind != DECIDE:
            self._tape.write(event)
            return _SILENCE
        if self._tape.opens:
            self.memory.prepare_statistics(self._tape.row + 1)
        self._make_room_for_reports()
        self.memory.call_with_room(halves.venue_step, given)
        self._tape.step += 1
        return self._take_reports()

    def execute(self, command: Any, given: int) -> Records:
        """Carry out one command (layout `records.COMMAND`); its reports."""
        self.memory.arrays["commands"][0] = command
        self._make_room_for_reports()
        self.memory.call_with_room(halves.venue_executes, given)
        return self._take_reports()

    def _make_room_for_reports(self) -> None:
        """A working order says at most a few things in a step, its exits included; funding is told besides."""
        rows, venue = self.memory.rows, self.memory.venue
        coming = venue.working + venue.travel_end - venue.travel_first
        self.memory.hold_reports(128 * (1 + coming + rows.instruments) + len(rows.funding))

    def _take_reports(self) -> Records:
        venue = self.memory.venue
        if not venue.report_count:
            return _SILENCE
        if venue.error:
            raise DataError("a step said more than there was room for", where="simulated venue")
        reports = self.memory.arrays["reports"][: venue.report_count].copy()
        venue.report_count = 0
        return reports
