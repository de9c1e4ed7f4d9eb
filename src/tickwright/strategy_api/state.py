"""State that survives a restart: declared names with defaults, journalled with each event.

Invariants: only declared names exist; values are plain data (None, bool, int, float, str, and lists, tuples and dicts
of them), so that they can be written down; every strategy instance has its own copy.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Self, overload

from tickwright.domain.errors import UsageError
from tickwright.domain.spelling import did_you_mean


class State:
    """The persistent values of one strategy instance, read and written as attributes."""

    __slots__ = ("_values",)
    _values: dict[str, Any]

    def __init__(self, defaults: dict[str, Any]) -> None:
        object.__setattr__(self, "_values", deepcopy(defaults))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._check_name(name)
        return self._values[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self._check_name(name)
        self._values[name] = _plain(value, name)

    def snapshot(self) -> dict[str, Any]:
        """A copy of all values, to be journalled."""
        return deepcopy(self._values)

    def restore(self, values: dict[str, Any]) -> None:
        """Take values back from a journal; names that are no longer declared are refused."""
        for name, value in values.items():
            setattr(self, name, value)

    def __repr__(self) -> str:
        return f"State({', '.join(f'{name}={value!r}' for name, value in self._values.items())})"

    def _check_name(self, name: str) -> None:
        if name not in self._values:
            raise UsageError(
                f"the state has no {name!r}",
                where="state",
                expected="a declared name",
                hint=did_you_mean(name, self._values),
            )


class Persistent:
    """The declaration of a strategy's state: read on an instance it is that instance's `State`."""

    def __init__(self, defaults: dict[str, Any]) -> None:
        self.defaults = {name: _plain(value, name) for name, value in defaults.items()}
        self._name = "state"

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> State: ...
    def __get__(self, instance: object | None, owner: type) -> Self | State:
        if instance is None:
            return self
        state: State = instance.__dict__.setdefault(self._name, State(self.defaults))
        return state


def persistent(**defaults: Any) -> Persistent:
    """State that survives a restart, with its names and first values.

    >>> class Counter:
    ...     state = persistent(count=0)
    >>> counter = Counter()
    >>> counter.state.count += 1
    >>> counter.state
    State(count=1)
    """
    return Persistent(defaults)


def _plain(value: Any, name: str) -> Any:
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:  # one number of an array
        return value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return type(value)(_plain(part, name) for part in value)
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _plain(part, name) for key, part in value.items()}
    raise UsageError(
        f"{name} is a {type(value).__name__}", where="state", expected="plain data (numbers, text, lists, dicts)",
        hint="Keep objects out of the state and rebuild them with on_load.",
    )  # fmt: skip
