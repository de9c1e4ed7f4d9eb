"""Rules and entries: what is compiled, and how it is called.

A rule is a plain function over integers, floats and records; it becomes part of what calls it. An entry takes integers
(addresses among them) and floats and gives an integer; its machine code is kept in a file and loaded without importing
the compiler, which costs more time and memory than most runs. With `NUMBA_DISABLE_JIT=1` every function stays plain
Python: the same rules run uncompiled.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cached_property, update_wrapper
from typing import Any, Final, TypeVar

from tickwright.domain.compilation import compiler_setting

Function = TypeVar("Function", bound=Callable[..., Any])

COMPILED: Final = compiler_setting("NUMBA_DISABLE_JIT") in ("", "0")
_KINDS: Final = {"i": ctypes.c_int64, "f": ctypes.c_double}


class Rule:
    """A function for compiled code; what the compiler knows of it is made when the compiler first asks.

    `make` gives the compiler's own object, of which the function is the Python form.
    """

    def __init__(self, function: Callable[..., Any], make: Callable[[], Any]) -> None:
        update_wrapper(self, function)
        self.py_func, self._make = function, make

    @cached_property
    def dispatcher(self) -> Any:
        """The compiler's own object."""
        return self._make()

    @property
    def _numba_type_(self) -> Any:
        return self.dispatcher._numba_type_

    def __call__(self, *arguments: Any) -> Any:
        """Run it alone, where the compiler gives it a form that Python can call."""
        return self.dispatcher(*arguments)


class Entry(Rule):
    """A function that Python calls, or compiled code by its address; `kinds` has `i` or `f` for each argument."""

    def __init__(self, function: Callable[..., Any], kinds: str) -> None:
        super().__init__(function, lambda: _jit(function))
        self.kinds = kinds

    @property
    def name(self) -> str:
        """What its machine code is kept under."""
        return f"{self.py_func.__module__.removeprefix('tickwright.')}.{self.py_func.__name__}"

    @cached_property
    def address(self) -> int:
        """Where its machine code lies in this process; compiled now where none is kept."""
        from tickwright.machine_code.kept_objects import keep_object, kept_object
        from tickwright.machine_code.loading import loaded, processor

        code = kept_object(self.name, processor())
        if code is None:
            from tickwright.machine_code.building import object_code

            code = object_code(self.dispatcher, self.kinds)
            keep_object(self.name, processor(), code)
        return loaded(code)

    @cached_property
    def call(self) -> Callable[..., int]:
        """Its machine code as a C function; the interpreter's lock is given up while it runs."""
        call: Callable[..., int] = prototype(self.kinds)(self.address)
        return call

    def __call__(self, *arguments: Any) -> int:
        """Run its machine code."""
        return self.call(*arguments)


def bare(entry: Callable[..., int]) -> Callable[..., int]:
    """The C function of an entry, for who calls it so often that the way through Python counts."""
    return entry.call if isinstance(entry, Entry) else entry


def prototype(kinds: str) -> Any:
    """The C type of an entry."""
    arguments: list[Any] = [_KINDS[kind] for kind in kinds]
    return ctypes.CFUNCTYPE(ctypes.c_int64, *arguments)


def rule(function: Function) -> Function:
    """Compile a rule: it becomes part of the entries that use it."""
    made: Function = made_rule(function, lambda: _jit(function))
    return made


def inlined(function: Function) -> Function:
    """The same for a rule called from one place in a hot loop: it becomes part of that loop."""
    made: Function = made_rule(function, lambda: _jit(function, forceinline=True))
    return made


def made_rule(function: Any, make: Callable[[], Any]) -> Any:
    """A rule with an object of the compiler's own, plain Python where nothing is compiled."""
    return Rule(function, make) if COMPILED else function


def entry(function: Function) -> Function:
    """Compile an entry that takes a context's address and one integer."""
    return entry_of("ii")(function)


def entry_of(kinds: str) -> Callable[[Function], Function]:
    """The same for other arguments: an `i` or an `f` for each."""

    def decorate(function: Any) -> Any:
        return Entry(function, kinds) if COMPILED else function

    return decorate


def _jit(function: Callable[..., Any], **options: Any) -> Any:
    from tickwright.machine_code.building import jit

    return jit(function, **options)
