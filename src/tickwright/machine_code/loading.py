"""Kept machine code comes into the process: LLVM links it, and the compiler on top of LLVM is not imported.

Invariant: loaded code stays for the life of the process; `processor` says what it was made for.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, Final

import llvmlite.binding as llvm

SYMBOL: Final = "tickwright_entry"
"""The name of the C function in an object file."""

_engines: list[Any] = []  # what owns the loaded code


def loaded(code: bytes) -> int:
    """The address, in this process, of the C function in an object file."""
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _engines.append(engine)
    return int(engine.get_function_address(SYMBOL))


@cache
def processor() -> str:
    """Eight hexadecimal digits of the processor and its features."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    told = (llvm.get_process_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
    return hashlib.sha256("|".join(told).encode()).hexdigest()[:8]
