"""How indicators are compiled: on first use, into a folder named by the hash of every source they depend on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

from tickwright.domain.compilation import prepare_compiler_cache

Function = TypeVar("Function", bound=Callable[..., Any])

_CACHE_DIRECTORY = prepare_compiler_cache(numba.config.CACHE_DIR)
if _CACHE_DIRECTORY:
    numba.config.CACHE_DIR = _CACHE_DIRECTORY

_OPTIONS: dict[str, Any] = {"nogil": True, "cache": bool(_CACHE_DIRECTORY), "error_model": "numpy"}


def compiled(function: Function) -> Function:
    """Compile a function on its first call, or take it from the cache; it runs without the interpreter's lock."""
    return cast(Function, numba.njit(**_OPTIONS)(function))


def inlined(function: Function) -> Function:
    """The same for a step of a fold: it becomes part of the loop that calls it."""
    return cast(Function, numba.njit(forceinline=True, **_OPTIONS)(function))
