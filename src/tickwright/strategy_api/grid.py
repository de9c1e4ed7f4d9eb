"""Grids: every combination of parameter values a sweep tries.

Invariants: a range includes both ends and does not drift (decimals); a value named twice is one trial; combinations the
strategy calls invalid are skipped and counted; the last axis runs fastest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any, cast

from tickwright.domain.errors import UsageError
from tickwright.strategy_api.parameters import ParameterValue, exact_number, known_parameter


@dataclass(frozen=True, slots=True)
class Grid:
    """The trials of a sweep: one dict of parameter values each; `invalid` combinations were skipped and counted."""

    trials: tuple[dict[str, ParameterValue], ...]
    invalid: int

    def __len__(self) -> int:
        return len(self.trials)

    def __iter__(self) -> Iterator[dict[str, ParameterValue]]:
        return iter(self.trials)


def expand_grid(
    strategy: type, axes: Mapping[str, str | Sequence[Any]], fixed: Mapping[str, Any] | None = None
) -> Grid:
    """Every combination of the axes for which the strategy's `valid()` is true, the last axis running fastest.

    An axis is a sequence or a text: `5:50:5` includes both ends, `5,10,20` is a list. `fixed` sets the parameters that
    are not searched. Raises `UsageError` for an unknown name, a value out of bounds, or a parameter with
    `optimize=False`.
    """
    columns = {name: axis_values(strategy, name, values) for name, values in axes.items()}
    trials: list[dict[str, ParameterValue]] = []
    invalid = 0
    for combination in product(*columns.values()):
        trial = dict(zip(columns, combination, strict=True))
        if strategy(**{**(fixed or {}), **trial}).valid():
            trials.append(trial)
        else:
            invalid += 1
    return Grid(tuple(trials), invalid)


def axis_values(strategy: type, name: str, values: str | Sequence[Any]) -> list[ParameterValue]:
    """The accepted values of one axis in the order given, each once."""
    parameter = known_parameter(strategy, name)
    if not parameter.optimize:
        raise UsageError(
            f"{name} is not searched: its author declared optimize=False",
            where=f"{strategy.__name__}.{name}",
            hint=f"Set it once instead: --param {name}=VALUE.",
        )
    raw = _axis_text(values, where=f"{strategy.__name__}.{name}") if isinstance(values, str) else list(values)
    accepted = list(dict.fromkeys(parameter.accept(value) for value in raw))
    if not accepted:
        raise UsageError(
            "an axis without values", where=f"{strategy.__name__}.{name}", expected="LOW:HIGH:STEP or a,b,c"
        )
    return accepted


def _axis_text(text: str, *, where: str) -> list[Any]:
    if ":" not in text:
        return [part.strip() for part in text.split(",") if part.strip()]
    ends = [exact_number(part) for part in text.split(":")]
    if len(ends) not in (2, 3) or any(end is None for end in ends):
        raise UsageError(
            f"{text!r} is not a range", where=where, expected="LOW:HIGH:STEP such as 5:50:5, or a list such as 5,10,20"
        )
    low, high, step = cast(list[Decimal], [*ends, Decimal(1)][:3])
    if step <= 0 or high < low:
        raise UsageError(f"{text!r} is an empty range", where=where, expected="LOW not above HIGH and a STEP above 0")
    return [low + step * place for place in range(int((high - low) / step) + 1)]
