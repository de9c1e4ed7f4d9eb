"""The rules that are called by address: each is compiled once, however many others use it.

Numba compiles a callee anew into everything that calls it; with the rules of a venue calling each other over ten
levels, that took most of the time of a first run. The addresses are data in the context, so caches stay valid. A rule
is compiled when it is first called: until then its address is that of an operator who makes the connection.
Invariant: what goes wrong while connecting (a compiler error, Ctrl-C) is raised by `raise_failure`, which whoever
called the kernel asks before it believes what the kernel did.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from tickwright.kernel.client import apply_linked
from tickwright.kernel.commands import execute
from tickwright.kernel.decisions import decide
from tickwright.kernel.layout import CONTEXT
from tickwright.kernel.limits import arrive_at_reference
from tickwright.kernel.liquidation import liquidate_from_reference
from tickwright.kernel.open_step import match_open
from tickwright.kernel.orders import finish_packed
from tickwright.kernel.range_step import match_range
from tickwright.kernel.risk_limits import admit
from tickwright.kernel.settlement import settle_fill
from tickwright.kernel.taking import take_from_reference
from tickwright.machine_code.compilation import COMPILED
from tickwright.machine_code.views import call_pointer, callable_pointer, entry_pointer, plain_view_of

_ENTRIES: dict[str, Any] = {
    "apply_report": apply_linked,
    "finish": finish_packed,
    "settle": settle_fill,
    "take": take_from_reference,
    "arrive": arrive_at_reference,
    "match_open": match_open,
    "match_range": match_range,
    "decide": decide,
    "execute": execute,
    "admit": admit,
    "liquidate": liquidate_from_reference,
}


@cache
def switchboard() -> dict[str, tuple[int, Any]]:
    """The address to call for every switched rule by its field in the context, each with what keeps it alive."""
    if not COMPILED:
        return {name: _connection(name) for name in _ENTRIES}
    return {name: callable_pointer(partial(_connect, name)) for name in _ENTRIES}


def raise_failure() -> None:
    """Raise what stopped a connection from being made, or a rule that stays Python; the run is not to be believed."""
    if _failures:
        first = _failures[0]
        _failures.clear()
        raise first


_failures: list[BaseException] = []
_context_at = plain_view_of(CONTEXT)


@cache
def _connection(name: str) -> tuple[int, Any]:
    return entry_pointer(_ENTRIES[name] if COMPILED else partial(_uncompiled, _ENTRIES[name]))


def _uncompiled(rule: Callable[[int, int], int], address: int, argument: int) -> int:
    """A rule that stays Python: what it raises must not be lost on the way through C."""
    try:
        return rule(address, argument)
    except BaseException as error:
        _failures.append(error)
        return 0


def _connect(name: str, address: int, argument: int) -> int:
    """The operator: put the rule's own address into the context and call it there."""
    try:
        pointer, _ = _connection(name)
    except BaseException as error:
        _failures.append(error)
        return 0
    _context_at(address, 1)[0][name] = pointer
    return call_pointer(pointer, address, argument)
