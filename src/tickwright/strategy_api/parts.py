"""What a strategy takes over from the strategies inside it: their parameters, timeframe and needs.

Invariants: the parameter `fast` of the part `trend` is the whole's `trend_fast`, unless the whole's author has written
another thing under that name (a narrower parameter, or a plain value that fixes it); parts agree on one timeframe.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from tickwright.domain.errors import UsageError
from tickwright.strategy_api.parameters import parameters_of


def adopt_parts(whole: Any, parts: Mapping[str, Any]) -> None:
    """Give a strategy class what it takes over from its parts; raises `UsageError` where they contradict each other."""
    for name, part in parts.items():
        for parameter in parameters_of(part).values():
            adopted = f"{name}_{parameter.name}"
            if not hasattr(whole, adopted):
                description = copy(parameter)
                setattr(whole, adopted, description)
                description.__set_name__(whole, adopted)
    whole.needs = tuple(dict.fromkeys((*whole.needs, *(need for part in parts.values() for need in part.needs))))
    whole.timeframe = _one_timeframe(whole, parts)


def _one_timeframe(whole: Any, parts: Mapping[str, Any]) -> str:
    wanted = {timeframe for timeframe in (whole.timeframe, *(part.timeframe for part in parts.values())) if timeframe}
    if len(wanted) > 1:
        raise UsageError(
            f"its parts are written for {' and '.join(sorted(wanted))}",
            where=whole.__name__,
            expected="one timeframe for all parts",
            hint="Let one of them read the other timeframe with @informative.",
        )
    return str(wanted.pop()) if wanted else ""
