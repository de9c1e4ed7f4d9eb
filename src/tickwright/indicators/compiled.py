"""How indicators are compiled: on first use, into a folder named by the hash of every source they depend on.

The compiler is imported by the first function that is called and is not kept as an entry of `machine_code`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from tickwright.domain.compilation import compiler_setting, prepare_compiler_cache
from tickwright.machine_code.compilation import made_rule

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function on its first call, or take it from the cache; it runs without the interpreter's lock."""
    compiled_function: Function = made_rule(function, lambda: _compiler()(function))
    return compiled_function


def inlined(function: Function) -> Function:
    """The same for a step of a fold: it becomes part of the loop that calls it."""
    compiled_function: Function = made_rule(function, lambda: _compiler(forceinline=True)(function))
    return compiled_function


@cache
def _compiler(**options: bool) -> Callable[[Callable[..., Any]], Any]:
    import numba

    folder = prepare_compiler_cache(compiler_setting("NUMBA_CACHE_DIR"))
    if folder:
        numba.config.CACHE_DIR = folder
    answer: Callable[[Callable[..., Any]], Any] = numba.njit(
        nogil=True, cache=bool(folder), error_model="numpy", **options
    )
    return answer
