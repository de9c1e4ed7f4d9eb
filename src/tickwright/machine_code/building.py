"""Entries become machine code: what needs the compiler itself.

Invariants: rules are optimised together with the entry that uses them, once, and are never made executable on their
own; the machine code of an entry calls nothing outside it but the C library's mathematics and memory functions, so that
it runs wherever it is loaded. Callers hold the compiler's own lock.
Known limit: this leans on how Numba 0.68 keeps its libraries; a release that keeps them otherwise fails here, at the
first entry, and not later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import llvmlite.binding as llvm
import numba
from numba import types
from numba.core import codegen as numba_codegen
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target

from tickwright.machine_code.loading import SYMBOL

_OPTIONS: Final[dict[str, Any]] = {
    "nogil": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True,
}  # fmt: skip
_TYPES: Final = {"i": types.int64, "f": types.float64}
_WORDS: Final = {"i": "i64", "f": "double"}
_MATHEMATICS: Final = ("log", "exp", "pow", "sqrt", "rint", "round", "floor", "ceil", "trunc", "fmod", "fabs")
_FROM_OUTSIDE: Final = frozenset((*_MATHEMATICS, "memcpy", "memset", "memset_pattern16", "memmove"))


def jit(function: Callable[..., Any], **options: Any) -> Any:
    """A rule or an entry as the compiler knows it."""
    return numba.njit(**_OPTIONS, **options)(function)


@global_compiler_lock  # type: ignore[untyped-decorator]
def object_code(dispatcher: Any, kinds: str) -> bytes:
    """The object file of an entry; its C function is `SYMBOL`. Of two threads that ask, one compiles."""
    if dispatcher not in _made:
        _made[dispatcher] = _compiled(dispatcher, kinds)
    return _made[dispatcher]


def _compiled(dispatcher: Any, kinds: str) -> bytes:
    context = cpu_target.target_context
    usual, context._internal_codegen = context._internal_codegen, _workshop()
    try:
        signature = tuple(_TYPES[kind] for kind in kinds)
        dispatcher.compile(signature)
        compiled = dispatcher.overloads[signature]
        whole = context._internal_codegen.create_library(SYMBOL)
        whole._final_module = compiled.library._final_module.clone()
        whole._final_module.link_in(llvm.parse_assembly(_c_function(compiled.fndesc.llvm_func_name, kinds)))
        _keep_inside(whole._final_module)
        numba_codegen.JITCodeLibrary._optimize_final_module(whole)
        _check_self_contained(whole._final_module)
        emitted: bytes = context._internal_codegen._tm.emit_object(whole._final_module)
        return emitted
    finally:
        context._internal_codegen = usual


class _Part(numba_codegen.JITCodeLibrary):  # type: ignore[misc]
    """The library of a rule: it waits to be linked into an entry, and is optimised there."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_specific(self) -> None:
        pass

    def get_pointer_to_function(self, name: str) -> int:
        """Nothing here is called from outside."""
        self._ensure_finalized()
        return 0


class _Workshop(numba_codegen.JITCPUCodegen):  # type: ignore[misc]
    """Makes modules for this machine's processor without making them executable."""

    _library_class = _Part

    def _add_module(self, module: Any) -> None:
        pass

    def set_env(self, env_name: str, env: Any) -> None:
        """Environments are of exceptions, and rules raise none."""


_made: dict[Any, bytes] = {}
_workshops: list[_Workshop] = []


def _workshop() -> _Workshop:
    if not _workshops:
        _workshops.append(_Workshop("tickwright"))
    return _workshops[0]


def _c_function(name: str, kinds: str) -> str:
    """A C function over a compiled one, whose results and errors come back by address; errors there are none.

    Views own no memory, so what ends the life of memory is never called.
    """
    given = ", ".join(f"{_WORDS[kind]} %a{place}" for place, kind in enumerate(kinds))
    taken = ", ".join(_WORDS[kind] for kind in kinds)
    return f"""
        declare i32 @"{name}"(ptr, ptr, {taken})
        define i64 @{SYMBOL}({given}) {{
            %answer = alloca i64
            %error = alloca ptr
            store i64 0, ptr %answer
            store ptr null, ptr %error
            %status = call i32 @"{name}"(ptr %answer, ptr %error, {given})
            %value = load i64, ptr %answer
            ret i64 %value
        }}
        define void @NRT_MemInfo_call_dtor(ptr %memory) {{
            unreachable
        }}
    """


def _keep_inside(module: Any) -> None:
    for function in module.functions:
        if not function.is_declaration and function.name != SYMBOL:
            function.linkage = "internal"


def _check_self_contained(module: Any) -> None:
    used = [function.name for function in module.functions if function.is_declaration]
    foreign = [name for name in used if not name.startswith("llvm.") and name not in _FROM_OUTSIDE]
    assert not foreign, f"compiled code calls {', '.join(foreign)}; nothing outside it is known where it is loaded"
