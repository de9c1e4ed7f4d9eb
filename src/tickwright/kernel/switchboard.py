"""The rules that are called by address: each is compiled once, however many others use it.

Numba compiles a callee anew into everything that calls it; with the rules of a venue calling each other over ten
levels, that took most of the time of a first run. The addresses are data in the context, so caches stay valid.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from tickwright.kernel.client import apply_linked
from tickwright.kernel.commands import execute
from tickwright.kernel.decisions import decide
from tickwright.kernel.limits import arrive_at_reference
from tickwright.kernel.memory import entry_pointer
from tickwright.kernel.open_step import match_open
from tickwright.kernel.orders import finish_packed
from tickwright.kernel.range_step import match_range
from tickwright.kernel.risk_limits import admit
from tickwright.kernel.settlement import settle_fill
from tickwright.kernel.taking import take_from_reference

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
}


@cache
def switchboard() -> dict[str, tuple[int, Any]]:
    """The address of every switched rule by its field in the context, each with what keeps it alive."""
    return {name: entry_pointer(function) for name, function in _ENTRIES.items()}
