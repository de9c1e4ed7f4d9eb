"""The client half, event by event: market events and the venue's reports in, commands out.

Invariants: `process` is synchronous and deterministic; a command is to be carried out, and its reports applied, before
the next one is asked for, so that our own limits judge each with what came of those before it; nothing here knows a
venue but by its reports. The same half runs against a simulated venue and against an exchange.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.domain.records import CommandKind, OrderFlag
from tickwright.engine.chunks import Streaming
from tickwright.engine.memory import Memory
from tickwright.engine.tape import DECIDE, END, FUNDING, Tape
from tickwright.engine.wakes import Wakes
from tickwright.kernel import halves
from tickwright.kernel.advance import WAKE_FILLS

Records = npt.NDArray[np.void]
_NEW, _SIZED, _REDUCE_ONLY = int(CommandKind.NEW), int(OrderFlag.SIZED), int(OrderFlag.REDUCE_ONLY)


class Engine:
    """The client half of one run; give it an unlinked memory over `MarketRows.with_blank_future`.

    With `streaming` it holds a few rows at a time, over rows that are not `whole`.
    """

    def __init__(self, memory: Memory, wakes: Wakes, streaming: Streaming | None = None) -> None:
        self.memory, self._wakes = memory, wakes
        memory.looks_back = False  # what the trailing window knows prices fills, and that is the venue's business
        wakes.begin(memory)
        memory.begin_curve()
        self._limited, self._wakes_on_fill = memory.limits.any_set, memory.wakes_on_fill
        self._wake = memory.arrays["wake"].data
        self._tape = Tape(memory, streaming)

    @property
    def rows_done(self) -> int:
        """How many traded rows are over."""
        return self._tape.row - self.memory.rows.first_row

    @property
    def orders_sent(self) -> int:
        """How many order numbers are given away, those of orders that our own rules refused among them."""
        return int(self.memory.client.order_count)

    def process(self, event: Any, reports: Records) -> Iterator[Any]:
        """Take one event (layout `records.EVENT`) with what the venue reported at it; the commands it leads to.

        Raises `UsageError` for an event out of order, and whatever a strategy raises.
        """
        kind = int(event["kind"])
        if kind == END:
            self._wakes.end()
            self.apply(reports)
            return
        decisions = self._tape.turn()
        if decisions is not None:
            self._wakes.turn(*decisions)
        if kind == FUNDING:
            return  # what it moves is reported
        if kind != DECIDE:
            self._tape.write(event)
        elif self._tape.opens:
            yield from self._open(event, reports)
        else:
            yield from self._close(reports)

    def apply(self, reports: Records) -> None:
        """Take what a venue reported."""
        if len(reports):
            self.memory.put_reports(reports)
            self.memory.call_with_room(halves.client_applies, len(reports))

    def _open(self, event: Any, reports: Records) -> Iterator[Any]:
        """An OPEN, and the wake on its fills."""
        fills = self.memory.client.fill_count
        self.memory.call(halves.client_open, self._tape.row)
        self._tape.step += 1
        self.apply(reports)
        self.memory.client.now_ns = int(event["ts_ns"])
        yield from self._wake_on_fills(fills)

    def _close(self, reports: Records) -> Iterator[Any]:
        """A RANGE: marks, limits, the wake at its close; inside a bar of detail candles only fills wake."""
        fills, row = self.memory.client.fill_count, self._tape.row
        self._tape.step += 1
        self.apply(reports)
        decision = self.memory.call(halves.client_close, row)
        if decision < 0:
            yield from self._wake_on_fills(fills)
            return
        if self._limited:
            yield from self._keep_limits()
        self.memory.call(halves.client_records, decision)
        if self._wake[decision]:
            self._wakes.wake(decision)
        self.memory.call(halves.client_decides, decision)
        yield from self._commands()

    def _wake_on_fills(self, before: int) -> Iterator[Any]:
        if self._wakes_on_fill and self.memory.client.fill_count != before:
            self._wakes.wake(WAKE_FILLS)
            yield from self._commands()

    def _keep_limits(self) -> Iterator[Any]:
        """Let the latches see this close; while one has fallen, no entry goes on working."""
        self.memory.call(halves.client_watches, 0)
        while self.memory.call(halves.client_cancels, 0):
            yield from self._commands()
        yield from self._commands()

    def _commands(self) -> Iterator[Any]:
        """The commands of the ring that our own limits let leave, one at a time, increases of targets last."""
        if not self.memory.client.command_count:
            return
        ring = self.memory.arrays["commands"]
        if self._limited:
            self.memory.call(halves.client_sorts, 0)
        for place in np.argsort(_are_increases(ring[: self.memory.client.command_count]), kind="stable").tolist():
            if not self._limited or self.memory.call(halves.client_admits, place):
                yield ring[place].copy()
        self.memory.client.command_count = 0


def _are_increases(commands: npt.NDArray[np.void]) -> npt.NDArray[np.bool_]:
    """Which commands lead a position up to its target."""
    found: npt.NDArray[np.bool_] = (commands["kind"] == _NEW) & (commands["flags"] & (_SIZED | _REDUCE_ONLY) == _SIZED)
    return found
