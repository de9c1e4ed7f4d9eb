"""The instructions that Python has no words for: what needs the compiler's own language."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import from_dtype, types
from numba.core.registry import cpu_target
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array


class Instruction:
    """An instruction as a rule's compiler knows it."""

    def __init__(self, made: Any) -> None:
        context = cpu_target.typing_context
        context.refresh()
        self._numba_type_ = context.resolve_value_type(made)


def view_of(dtype: np.dtype[Any]) -> Instruction:
    """A function (address, count) → array of this element type."""
    element = from_dtype(dtype)
    kind = types.Array(element, 1, "C")

    @intrinsic
    def view(typing_context, address, count):  # type: ignore[no-untyped-def]
        def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
            array = context.make_array(kind)(context, builder)
            size = context.get_constant(types.intp, dtype.itemsize)
            data = builder.inttoptr(args[0], array.data.type)
            populate_array(array, data=data, shape=[args[1]], strides=[size], itemsize=size, meminfo=None)
            return array._getvalue()

        return kind(types.intp, types.intp), codegen

    return Instruction(view)


@intrinsic
def _call_back(typing_context, address, argument):  # type: ignore[no-untyped-def]
    """Call `int64 f(int64)` at an address."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        function_type = ir.FunctionType(ir.IntType(64), [ir.IntType(64)])
        return builder.call(builder.inttoptr(args[0], function_type.as_pointer()), [args[1]])

    return types.int64(types.intp, types.int64), codegen


@intrinsic
def _call_entry(typing_context, pointer, address, argument):  # type: ignore[no-untyped-def]
    """Call `int64 f(int64, int64)` at an address."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        whole = ir.IntType(64)
        function = builder.inttoptr(args[0], ir.FunctionType(whole, [whole, whole]).as_pointer())
        return builder.call(function, [args[1], args[2]])

    return types.int64(types.intp, types.intp, types.int64), codegen


@intrinsic
def _fetch(typing_context, address):  # type: ignore[no-untyped-def]
    """Have the cache line at an address brought near; nothing waits for it and no address is wrong."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        number, pointer = ir.IntType(32), ir.IntType(8).as_pointer()
        function_type = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
        function = builder.module.declare_intrinsic("llvm.prefetch", [pointer], function_type)
        builder.call(function, [builder.inttoptr(args[0], pointer), number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(types.intp), codegen


call_back, call_entry, fetch = Instruction(_call_back), Instruction(_call_entry), Instruction(_fetch)
