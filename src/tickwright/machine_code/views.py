"""Views on memory that NumPy owns, by address, and calls by address: what lets an entry take one integer for all.

Invariants: a view never owns memory and never outlives who does; addresses are never part of a snapshot. Uncompiled,
the same names return NumPy arrays over the same bytes.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.machine_code.compilation import Entry, made_rule, prototype

View = Callable[[int, int], npt.NDArray[Any]]
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)
_ENTRY = prototype("ii")


def view_of(dtype: np.dtype[Any]) -> View:
    """A function (address, count) → array of this element type, for compiled and uncompiled rules alike."""
    view: View = made_rule(plain_view_of(dtype), lambda: _intrinsics().view_of(dtype))
    return view


def plain_view_of(dtype: np.dtype[Any]) -> View:
    """The same for Python alone."""

    def view(address: int, count: int) -> npt.NDArray[Any]:
        size = int(count) * dtype.itemsize
        return np.frombuffer(memoryview((ctypes.c_char * size).from_address(int(address))), dtype)

    return view


def call_pointer(pointer: int, address: int, argument: int) -> int:
    """Call `int64 f(int64, int64)` at an address from Python."""
    return int(_ENTRY(int(pointer))(int(address), int(argument)))


def _call_back(address: int, argument: int) -> int:
    return int(_CALLBACK(int(address))(int(argument)))


def _fetch(address: int) -> None:
    """Python has no such hint."""


call_back: Callable[[int, int], int] = made_rule(_call_back, lambda: _intrinsics().call_back)
call_entry: Callable[[int, int, int], int] = made_rule(call_pointer, lambda: _intrinsics().call_entry)
fetch: Callable[[int], None] = made_rule(_fetch, lambda: _intrinsics().fetch)


def callable_pointer(function: Callable[[int, int], int]) -> tuple[int, Any]:
    """The address of a Python function as a C function `int64 f(int64, int64)`, and what must be kept alive with it."""
    kept = _ENTRY(function)
    return int(ctypes.cast(kept, ctypes.c_void_p).value or 0), kept


def entry_pointer(function: Any) -> tuple[int, Any]:
    """The address of an entry as a C function `int64 f(int64, int64)`, and what must be kept alive with it."""
    return (function.address, function) if isinstance(function, Entry) else callable_pointer(function)


def _intrinsics() -> Any:
    """What needs the compiler, imported when it is needed."""
    return import_module("tickwright.machine_code.intrinsics")
