"""Results of indicators remembered for the length of a run or a sweep, and the warm-up they add up to.

Invariants: nothing is remembered outside a scope (`with recording(memo)`); only arrays that cannot be written to are
remembered, by identity, and they are kept alive with their results, so an identity never means two arrays; results
handed out in a scope cannot be written to. A memo holds at most `max_bytes` and forgets the longest unused first. It
may be shared by threads: the worst that can happen is that one result is computed twice.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Remembered:
    inputs: tuple[Array, ...]
    result: Array
    warmup: int


class Memo:
    """What indicators computed from which arrays with which parameters."""

    def __init__(self, max_bytes: int = 256 * 2**20) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._entries: OrderedDict[Hashable, _Remembered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def recall(self, key: Hashable) -> _Remembered | None:
        """What is remembered under a key."""
        entry = self._entries.get(key)
        if entry is not None:
            try:  # noqa: SIM105 - asked twice in every trial of a sweep
                self._entries.move_to_end(key)
            except KeyError:  # another thread may just have forgotten it
                pass
        return entry

    def remember(self, key: Hashable, inputs: tuple[Array, ...], result: Array, warmup: int) -> None:
        """Keep a result, forgetting the longest unused ones where there is no room; what is too large is not kept."""
        entry = _Remembered(inputs, result, warmup)
        if result.nbytes > self.max_bytes or self._entries.setdefault(key, entry) is not entry:
            return
        self.bytes += result.nbytes
        while self.bytes > self.max_bytes:
            _, oldest = self._entries.popitem(last=False)
            self.bytes -= oldest.result.nbytes


@dataclass(slots=True)
class Recording:
    """One evaluation: the memo it uses, and the most bars any of its indicators needed.

    It keeps every result it handed out with what that needed, so that the sum over nested indicators does not depend
    on what the memo has forgotten.
    """

    memo: Memo
    warmup: int = 0
    _needed: dict[int, tuple[Array, int]] = field(default_factory=dict)

    def add(self, result: Array, warmup: int) -> None:
        """Count a result that was handed out."""
        self._needed[id(result)] = result, warmup
        self.warmup = max(self.warmup, warmup)

    def needed_by(self, array: Array) -> int:
        """The bars before an array can be relied on: what it needed as a result, else its unknown beginning."""
        known = self._needed.get(id(array))
        return leading_unknown(array) if known is None else known[1]


_recording: ContextVar[Recording | None] = ContextVar("tickwright_recording", default=None)


class recording:
    """A scope in which indicators remember their results in `memo` and add up their warm-up."""

    __slots__ = ("_scope", "_token")

    def __init__(self, memo: Memo | None = None) -> None:
        self._scope = Recording(memo if memo is not None else Memo())

    def __enter__(self) -> Recording:
        """Open it."""
        self._token = _recording.set(self._scope)
        return self._scope

    def __exit__(self, *failure: object) -> None:
        """Close it."""
        _recording.reset(self._token)


def remembered(
    name: str, inputs: tuple[Array, ...], params: tuple[float, ...], warmup: int, compute: Callable[[], Array]
) -> Array:
    """The result of `compute`, remembered and recorded where a scope is open.

    `warmup` is what the indicator itself needs; what its inputs needed is added.
    """
    scope = _recording.get()
    if scope is None:
        return compute()
    key = (name, *map(id, inputs), *params)
    entry = scope.memo.recall(key)
    if entry is None:
        needed = warmup + max((scope.needed_by(array) for array in inputs), default=0)
        result = compute()
        result.flags.writeable = False
        entry = _Remembered(inputs, result, needed)
        if not any(array.flags.writeable for array in inputs):
            scope.memo.remember(key, inputs, result, needed)
    scope.add(entry.result, entry.warmup)
    return entry.result


def leading_unknown(array: Array) -> int:
    """How many bars an array begins with that are NaN (in every column of a panel).

    >>> leading_unknown(np.array([np.nan, np.nan, 1.0, np.nan]))
    2
    """
    if array.dtype.kind != "f" or len(array) == 0 or not np.all(np.isnan(array[0])):
        return 0
    start, length = 1, 64
    while start < len(array):  # in growing pieces: most beginnings are short
        known = ~np.isnan(array[start : start + length].reshape(-1, int(np.prod(array.shape[1:])))).all(axis=1)
        if known.any():
            return start + int(np.argmax(known))
        start, length = start + length, 2 * length
    return len(array)
