"""Strategies by name: which classes there are and where each came from.

Invariants: a name means one class; a project's own strategy may replace a shipped one of the same name, two of equal
standing may not. Pure: loading files and entry points is done by whoever builds the registry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

from tickwright.domain.errors import UsageError
from tickwright.domain.spelling import did_you_mean
from tickwright.strategy_api.strategy import Strategy, form_of

SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class Registered:
    """A strategy class and its origin: `shipped`, a file, `module:Class` or an entry point."""

    name: str
    strategy: type[Strategy]
    origin: str


class Registry:
    """Names to strategy classes."""

    def __init__(self) -> None:
        self._known: dict[str, Registered] = {}

    def add(self, strategy: type[Strategy], origin: str = SHIPPED, name: str = "") -> None:
        """Register a class under its own name or `name`; raises `UsageError` for an unclear form or a taken name."""
        form_of(strategy)
        name = name or strategy.__name__
        other = self._known.get(name)
        if other is not None and SHIPPED not in (other.origin, origin):
            raise UsageError(
                f"{name} is defined twice, in {other.origin} and in {origin}",
                where=origin,
                expected="one strategy of each name",
            )
        if other is None or other.origin == SHIPPED:
            self._known[name] = Registered(name, strategy, origin)

    def find(self, name: str) -> Registered:
        """The strategy of a name; raises `UsageError` with the nearest spelling."""
        if name not in self._known:
            raise UsageError(f"there is no strategy {name!r}", where="strategy", hint=did_you_mean(name, self._known))
        return self._known[name]

    def __iter__(self) -> Iterator[Registered]:
        return iter(sorted(self._known.values(), key=lambda entry: entry.name))

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, name: str) -> bool:
        return name in self._known


def strategies_in(module: ModuleType) -> list[type[Strategy]]:
    """The strategy classes written in a module, in their order there; names that begin with `_` are left out."""
    return [
        value
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, Strategy)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]
