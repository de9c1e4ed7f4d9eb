"""Views on memory that NumPy owns, by address: what lets compiled code take one integer instead of twenty arrays.

Invariants: a view never owns memory and never outlives the run's `Memory`; addresses are never part of a snapshot.
Uncompiled, the same names return NumPy arrays over the same bytes.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import carray, from_dtype, types
from numba.extending import intrinsic

from tickwright.kernel.compilation import COMPILED, rule

View = Callable[[int, int], npt.NDArray[Any]]
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)
_ENTRY = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)


def _compiled_view(dtype: np.dtype[Any]) -> View:
    element = from_dtype(dtype)

    @intrinsic
    def as_pointer(typing_context, address):  # type: ignore[no-untyped-def]
        signature = types.CPointer(element)(types.intp)

        def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
            return builder.inttoptr(args[0], context.get_value_type(types.CPointer(element)))

        return signature, codegen

    @rule
    def view(address, count):  # type: ignore[no-untyped-def]
        return carray(as_pointer(address), count)

    return view


def plain_view_of(dtype: np.dtype[Any]) -> View:
    """The same for Python alone."""

    def view(address: int, count: int) -> npt.NDArray[Any]:
        size = int(count) * dtype.itemsize
        return np.frombuffer(memoryview((ctypes.c_char * size).from_address(int(address))), dtype)

    return view


def view_of(dtype: np.dtype[Any]) -> View:
    """A function (address, count) → array of this element type, for compiled and uncompiled rules alike."""
    return _compiled_view(dtype) if COMPILED else plain_view_of(dtype)


@intrinsic
def _compiled_call_back(typing_context, address, argument):  # type: ignore[no-untyped-def]
    """Call `int64 f(int64)` at an address."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        function_type = ir.FunctionType(ir.IntType(64), [ir.IntType(64)])
        return builder.call(builder.inttoptr(args[0], function_type.as_pointer()), [args[1]])

    return types.int64(types.intp, types.int64), codegen


@intrinsic
def _compiled_call_entry(typing_context, pointer, address, argument):  # type: ignore[no-untyped-def]
    """Call `int64 f(int64, int64)` at an address."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        whole = ir.IntType(64)
        function = builder.inttoptr(args[0], ir.FunctionType(whole, [whole, whole]).as_pointer())
        return builder.call(function, [args[1], args[2]])

    return types.int64(types.intp, types.intp, types.int64), codegen


@intrinsic
def _compiled_fetch(typing_context, address):  # type: ignore[no-untyped-def]
    """Have the cache line at an address brought near; nothing waits for it and no address is wrong."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        number, pointer = ir.IntType(32), ir.IntType(8).as_pointer()
        function_type = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
        function = builder.module.declare_intrinsic("llvm.prefetch", [pointer], function_type)
        builder.call(function, [builder.inttoptr(args[0], pointer), number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(types.intp), codegen


def _plain_fetch(address: int) -> None:
    """Python has no such hint."""


def call_pointer(pointer: int, address: int, argument: int) -> int:
    """Call `int64 f(int64, int64)` at an address from Python."""
    return int(_ENTRY(int(pointer))(int(address), int(argument)))


def _plain_call_back(address: int, argument: int) -> int:
    return int(_CALLBACK(int(address))(int(argument)))


call_back: Callable[[int, int], int] = _compiled_call_back if COMPILED else _plain_call_back
call_entry: Callable[[int, int, int], int] = _compiled_call_entry if COMPILED else call_pointer
fetch: Callable[[int], None] = _compiled_fetch if COMPILED else _plain_fetch


def callable_pointer(function: Callable[[int, int], int]) -> tuple[int, Any]:
    """The address of a Python function as a C function `int64 f(int64, int64)`, and what must be kept alive with it."""
    kept = _ENTRY(function)
    return int(ctypes.cast(kept, ctypes.c_void_p).value or 0), kept


def entry_pointer(function: Any) -> tuple[int, Any]:
    """The address of an entry as a C function `int64 f(int64, int64)`, and what must be kept alive with it."""
    if not COMPILED:
        return callable_pointer(function)
    signature = (types.int64, types.int64)
    function.compile(signature)
    compiled = function.overloads[signature]
    return int(compiled.library.get_pointer_to_function(compiled.fndesc.llvm_cfunc_wrapper_name)), function
