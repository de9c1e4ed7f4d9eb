"""The desk behind a strategy's context: orders into the command ring, records out of the kernel's memory.

Invariants: an order is written into the ring and numbered by the kernel before the call returns; a full ring refuses;
records are read over the same bytes the kernel writes, and bound anew when arrays have grown.
"""

from __future__ import annotations

import ctypes
from typing import Any

from tickwright.domain import records
from tickwright.domain.errors import UsageError
from tickwright.domain.timestamp import iso
from tickwright.engine.memory import Memory, structure_of
from tickwright.kernel.advance import submit, target_now
from tickwright.strategy_api.context import Request

_COPIED = (
    "instrument", "side", "type", "quantity", "cost", "limit_price", "stop_price", "trail", "expire_ns", "oco", "flags",
    "time_in_force", "reason", "exit_stop_ppb", "exit_target_ppb", "exit_trail_ppb", "exit_max_bars",
)  # fmt: skip


class KernelDesk:
    """A desk over the memory of one run."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.client = memory.client
        self.tags: list[str] = []
        self.lines: list[str] = []
        self.plots: dict[str, list[tuple[int, float]]] = {}
        self._tag_numbers: dict[str, int] = {}
        self._commands = memory.records_over("commands", records.COMMAND)
        self._most = len(memory.arrays["commands"])
        self._size = records.COMMAND.itemsize
        self._orders_array: Any = None
        self._orders: Any = None

    def submit(self, request: Request) -> int:
        """Write an order into the ring and let the kernel check and number it."""
        command = self._next(records.CommandKind.NEW)
        for name in _COPIED:
            setattr(command, name, getattr(request, name))
        command.tag = self._tag(request.tag)
        return int(submit(self._memory.address, 0))

    def cancel(self, order_id: int) -> None:
        """Queue a cancel."""
        self._next(records.CommandKind.CANCEL).order_id = order_id

    def cancel_all(self, instrument: int) -> None:
        """Queue the cancel of every order of an instrument."""
        self._next(records.CommandKind.CANCEL_ALL).instrument = instrument

    def amend(self, order_id: int, quantity: int, limit_price: int, stop_price: int) -> None:
        """Queue an amend; 0 keeps a value."""
        command = self._next(records.CommandKind.AMEND)
        command.order_id, command.quantity = order_id, quantity
        command.limit_price, command.stop_price = limit_price, stop_price

    def target(self, instrument: int, value: float) -> None:
        """Set the standing target and let the kernel act on it."""
        position = self._memory.positions[instrument]
        if self.client.decision >= position.warmup:
            position.standing = value
            target_now(self._memory.address, instrument)

    def order(self, order_id: int) -> Any:
        """The client's record of an order."""
        if self._memory.arrays["orders"] is not self._orders_array:
            self._orders_array = self._memory.arrays["orders"]
            self._orders = self._memory.records_over("orders", records.ORDER)
        return self._orders[order_id]

    def tag_of(self, order_id: int) -> str:
        """An order's tag."""
        tag = self.order(order_id).tag
        return self.tags[tag] if tag >= 0 else ""

    def position(self, instrument: int) -> Any:
        """The client's record of an instrument."""
        return self._memory.positions[instrument]

    def log(self, text: str) -> None:
        """Keep a line with its instant."""
        self.lines.append(f"{iso(self.client.now_ns)} {text}")

    def plot(self, name: str, value: float) -> None:
        """Keep a value of a named line at the present decision."""
        self.plots.setdefault(name, []).append((int(self.client.decision), value))

    def _next(self, kind: records.CommandKind) -> Any:
        place = self.client.command_count
        if place >= self._most:
            raise UsageError(
                f"more than {self._most} orders at one instant", where="ctx.order", expected="fewer orders per wake"
            )
        command = self._commands[place]
        ctypes.memset(ctypes.byref(command), 0, self._size)
        command.kind, command.order_id, command.instrument, command.tag = int(kind), -1, -1, -1
        self.client.command_count = place + 1
        return command

    def _tag(self, text: str) -> int:
        if not text:
            return -1
        if text not in self._tag_numbers:
            self._tag_numbers[text] = len(self.tags)
            self.tags.append(text)
        return self._tag_numbers[text]


structure_of(records.COMMAND)  # offsets agree, or importing this fails
