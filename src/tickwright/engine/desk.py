"""The desk behind a strategy's context: orders into the command ring, records out of the kernel's memory.

Invariants: an order is written into the ring and numbered by the kernel before the call returns; a full ring refuses;
records are read over the same bytes the kernel writes, and bound anew when arrays have grown.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any, NoReturn

import numpy as np

from tickwright.domain import records
from tickwright.domain.errors import UsageError
from tickwright.domain.timestamp import iso
from tickwright.engine.memory import Memory
from tickwright.kernel.advance import submit, target_now
from tickwright.machine_code.compilation import bare
from tickwright.strategy_api.desk import Request

_CODES = {"i8": "q", "i4": "i", "i1": "b"}
_FIELDS = "".join(_CODES[records.COMMAND[name].str[1:]] for name in records.COMMAND.names or ())
_COMMAND = struct.Struct(f"@{_FIELDS}0q")
_COMMAND_BYTES = _COMMAND.size
_FIRST_END = int(records.OrderState.FILLED)
_NEW, _CANCEL = int(records.CommandKind.NEW), int(records.CommandKind.CANCEL)
_CANCEL_ALL, _AMEND = int(records.CommandKind.CANCEL_ALL), int(records.CommandKind.AMEND)
_LARGEST = 2**63 - 1
_NO_TERMS = (0,) * 8  # trail, date, siblings, decision and exits


class KernelDesk:
    """A desk over the memory of one run."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.client = memory.client
        self.tags: list[str] = []
        self.lines: list[str] = []
        self.plots: dict[str, list[tuple[int, float]]] = {}
        self._tag_numbers: dict[str, int] = {}
        self._ring = memory.arrays["commands"].view("u1").data
        self._most = len(memory.arrays["commands"])
        self._address = memory.address
        self._orders_array: Any = None
        self._orders: Any = None

    @cached_property
    def _submit(self) -> Callable[[int, int], int]:
        return bare(submit)

    @cached_property
    def _target_now(self) -> Callable[[int, int], int]:
        return bare(target_now)

    def submit(self, request: Request) -> int:
        """Write an order into the ring and let the kernel check and number it."""
        tag, client = self._tag(request.tag) if request.tag else -1, self.client
        place = client.command_count
        if place >= self._most:
            self._refuse()
        try:
            _COMMAND.pack_into(  # as `_write`, without collecting the fields first
                self._ring, place * _COMMAND_BYTES,
                -1, request.quantity, request.cost, request.limit_price, request.stop_price, request.trail,
                request.expire_ns, request.oco, 0, request.exit_stop_ppb, request.exit_target_ppb,
                request.exit_trail_ppb, request.exit_max_bars, tag, request.instrument, request.flags, _NEW,
                request.side, request.type, request.time_in_force, request.reason,
            )  # fmt: skip
        except struct.error:
            self._refuse_numbers(request)
        client.command_count = place + 1
        return self._submit(self._address, 0)

    def cancel(self, order_id: int) -> None:
        """Queue a cancel."""
        self._write(order_id, 0, 0, 0, 0, *_NO_TERMS, -1, -1, 0, _CANCEL, 1, 0, 0, 0)

    def cancel_all(self, instrument: int) -> None:
        """Queue the cancel of every order of an instrument."""
        self._write(-1, 0, 0, 0, 0, *_NO_TERMS, -1, instrument, 0, _CANCEL_ALL, 1, 0, 0, 0)

    def amend(self, order_id: int, quantity: int, limit_price: int, stop_price: int) -> None:
        """Queue an amend; 0 keeps a value."""
        self._write(order_id, quantity, 0, limit_price, stop_price, *_NO_TERMS, -1, -1, 0, _AMEND, 1, 0, 0, 0)

    def target(self, instrument: int, value: float) -> None:
        """Set the standing target and let the kernel act on it."""
        position = self._memory.positions[instrument]
        if self.client.decision >= position.warmup:
            position.standing = value
            self._target_now(self._address, instrument)

    def order(self, order_id: int) -> Any:
        """The client's record of an order."""
        if self._memory.arrays["orders"] is not self._orders_array:
            self._orders_array = self._memory.arrays["orders"]
            self._orders = self._memory.records_over("orders", records.ORDER)
        return self._orders[order_id]

    def working(self, order_ids: Collection[int]) -> list[int]:
        """Those of some orders that still work."""
        asked = np.fromiter(order_ids, np.int64, len(order_ids))
        still: list[int] = asked[self._memory.arrays["orders"]["state"][asked] < _FIRST_END].tolist()
        return still

    def tag_of(self, order_id: int) -> str:
        """An order's tag."""
        tag = self.order(order_id).tag
        return self.tags[tag] if tag >= 0 else ""

    def position(self, instrument: int) -> Any:
        """The client's record of an instrument."""
        return self._memory.positions[instrument]

    def wake_at(self, ts_ns: int) -> None:
        """Have the kernel call at the first close at or after an instant."""
        decision = int(np.searchsorted(self._memory.rows.decision_ns, ts_ns))
        if decision < self._memory.rows.decisions:
            self._memory.arrays["wake"][decision] = 1

    def log(self, text: str) -> None:
        """Keep a line with its instant."""
        self.lines.append(f"{iso(self.client.now_ns)} {text}")

    def plot(self, name: str, value: float) -> None:
        """Keep a value of a named line at the present decision."""
        self.plots.setdefault(name, []).append((int(self.client.decision), value))

    def _write(self, *fields: int) -> None:
        """Put a command at the end of the ring, its fields in the order of the layout."""
        place = self.client.command_count
        if place >= self._most:
            self._refuse()
        _COMMAND.pack_into(self._ring, place * _COMMAND_BYTES, *fields)
        self.client.command_count = place + 1

    def _refuse(self) -> NoReturn:
        raise UsageError(
            f"more than {self._most} orders at one instant", where="ctx.order", expected="fewer orders per wake"
        )

    def _refuse_numbers(self, request: Request) -> NoReturn:
        numbers = {name: getattr(request, name) for name in Request.__slots__ if name != "tag"}
        wrong = [name for name, value in numbers.items() if not isinstance(value, int) or abs(value) > _LARGEST]
        raise UsageError(
            f"{', '.join(f'{name} is {numbers[name]!r}' for name in wrong)} in the instrument's units",
            where="ctx.order",
            expected="a whole number that fits into 64 bits",
        )

    def _tag(self, text: str) -> int:
        if not isinstance(text, str):
            raise UsageError(f"tag is {text!r}", where="ctx.order", expected="text")
        if text not in self._tag_numbers:
            self._tag_numbers[text] = len(self.tags)
            self.tags.append(text)
        return self._tag_numbers[text]


assert _COMMAND.size == records.COMMAND.itemsize
