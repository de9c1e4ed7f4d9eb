"""How the kernel is compiled: three decorators, and the cache directory set before the first of them runs.

A `rule` is a plain function over integers, floats and records; an `entry` takes a context's address and one integer,
and its machine code is kept in the cache. With `NUMBA_DISABLE_JIT=1` every function stays plain Python,
views included: the same rules run uncompiled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

from tickwright.domain.compilation import prepare_compiler_cache

Function = TypeVar("Function", bound=Callable[..., Any])

COMPILED = not bool(numba.config.DISABLE_JIT)
_CACHE_DIRECTORY = prepare_compiler_cache(numba.config.CACHE_DIR)
if _CACHE_DIRECTORY:
    numba.config.CACHE_DIR = _CACHE_DIRECTORY


def rule(function: Function) -> Function:
    """Compile a rule: it becomes part of the entries that use it."""
    compiled: Function = numba.njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(
        function
    )
    return compiled


def inlined(function: Function) -> Function:
    """The same for a rule called from one place in a hot loop: it becomes part of that loop."""
    compiled: Function = numba.njit(
        nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True
    )(function)
    return compiled


def entry(function: Function) -> Function:
    """Compile an entry on its first call, or take it from the cache."""
    compiled: Function = numba.njit(nogil=True, cache=bool(_CACHE_DIRECTORY), error_model="numpy")(function)
    return compiled
