"""Parameters of a strategy: typed, bounded, documented descriptors.

Invariants: bounds are inclusive; a value that was accepted is of the parameter's own type and inside its bounds, from
whatever source it came (Python, a file, the environment, the command line). A wrong name or value is a `UsageError`
that names the parameter, the value, what was expected and the nearest spelling.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Generic, Self, TypeVar, overload

from tickwright.domain.errors import UsageError
from tickwright.domain.spelling import did_you_mean

Value = TypeVar("Value", int, float, str, bool)
ParameterValue = int | float | str | bool

_SUFFIXES = {"bp": Decimal("1e-4"), "%": Decimal("1e-2")}
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class Parameter(ABC, Generic[Value]):
    """A named value of a strategy: read on the class it is this description, on an instance its value."""

    kind: str
    name: str = ""
    owner: str = ""

    def __init__(self, default: Value, doc: str, optimize: bool) -> None:
        self.default: Value = default
        self.doc, self.optimize = doc, optimize

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.owner = name, owner.__name__
        self.default = self.accept(self.default)

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...
    def __get__(self, instance: object | None, owner: type) -> Self | Value:
        if instance is None:
            return self
        value: Value = instance.__dict__.get(self.name, self.default)
        return value

    def __set__(self, instance: object, value: Any) -> None:
        raise UsageError(
            f"{self.owner}.{self.name} cannot be changed to {value!r} on a made strategy",
            hint=f"Make another one: {self.owner}({self.name}={value!r}).",
        )

    @property
    @abstractmethod
    def bounds(self) -> str:
        """What is accepted, in words: `2 to 200`, `one of sma, ema`."""

    @abstractmethod
    def parse(self, value: Any) -> Value | None:
        """The value in the parameter's type, None where it is not one; bounds are included."""

    def accept(self, value: Any) -> Value:
        """The value in the parameter's type; raises `UsageError` where it has another type or is out of bounds."""
        parsed = self.parse(value)
        if parsed is None:
            raise UsageError(
                f"{value if isinstance(value, Decimal) else repr(value)} does not fit",
                where=f"{self.owner}.{self.name}",
                expected=f"{self.kind}, {self.bounds}",
            )
        return parsed

    def document(self) -> dict[str, ParameterValue | None]:
        """The description as plain data for listings and `--json`."""
        return {
            "name": self.name,
            "type": self.kind,
            "default": self.default,
            "bounds": self.bounds,
            "optimize": self.optimize,
            "doc": self.doc,
        }


class _Integer(Parameter[int]):
    kind = "a whole number"

    def __init__(self, default: int, low: int | None, high: int | None, doc: str, optimize: bool) -> None:
        super().__init__(default, doc, optimize)
        self.low, self.high = low, high

    @property
    def bounds(self) -> str:
        return _range_text(self.low, self.high)

    def parse(self, value: Any) -> int | None:
        if type(value) is int:
            return value if _inside(value, self.low, self.high) else None
        number = exact_number(value)
        if number is None or number != number.to_integral_value() or not _inside(number, self.low, self.high):
            return None
        return int(number)


class _Real(Parameter[float]):
    kind = "a number"

    def __init__(self, default: float, low: float | None, high: float | None, doc: str, optimize: bool) -> None:
        super().__init__(float(default), doc, optimize)
        self.low, self.high = low, high

    @property
    def bounds(self) -> str:
        return _range_text(self.low, self.high)

    def parse(self, value: Any) -> float | None:
        number = exact_number(value)
        return float(number) if number is not None and _inside(float(number), self.low, self.high) else None


class _Choice(Parameter[str]):
    kind = "a word"

    def __init__(self, default: str, options: tuple[str, ...], doc: str, optimize: bool) -> None:
        super().__init__(default, doc, optimize)
        self.options = options

    @property
    def bounds(self) -> str:
        return f"one of {', '.join(self.options)}"

    def parse(self, value: Any) -> str | None:
        return value if isinstance(value, str) and value in self.options else None


class _Flag(Parameter[bool]):
    kind = "true or false"

    @property
    def bounds(self) -> str:
        return "yes or no"

    def parse(self, value: Any) -> bool | None:
        if isinstance(value, bool):
            return value
        word = value.strip().lower() if isinstance(value, str) else None
        return True if word in _TRUE else False if word in _FALSE else None


def integer(
    default: int, *, low: int | None = None, high: int | None = None, doc: str = "", optimize: bool = True
) -> Parameter[int]:
    """A whole number between `low` and `high`, both included; `optimize=False` keeps it out of searches."""
    return _Integer(default, low, high, doc, optimize)


def real(
    default: float, *, low: float | None = None, high: float | None = None, doc: str = "", optimize: bool = True
) -> Parameter[float]:
    """A finite number between `low` and `high`, both included; text may say `5bp` or `0.05%`."""
    return _Real(default, low, high, doc, optimize)


def choice(default: str, options: Sequence[str], *, doc: str = "", optimize: bool = True) -> Parameter[str]:
    """One word out of `options`."""
    return _Choice(default, tuple(options), doc, optimize)


def flag(default: bool, *, doc: str = "", optimize: bool = True) -> Parameter[bool]:
    """True or false; text may say true, yes, on, 1 or false, no, off, 0."""
    return _Flag(default, doc, optimize)


def parameters_of(strategy: type) -> Mapping[str, Parameter[Any]]:
    """The parameters of a class by name, inherited ones first, in the order they were written."""
    return _collected(strategy)


@lru_cache(maxsize=256)  # a sweep asks for every trial
def _collected(strategy: type) -> Mapping[str, Parameter[Any]]:
    found: dict[str, Parameter[Any]] = {}
    for owner in reversed(strategy.__mro__):
        for name, attribute in vars(owner).items():
            if isinstance(attribute, Parameter):
                found[name] = attribute
            else:
                found.pop(name, None)
    return MappingProxyType(found)


def accept_overrides(strategy: type, overrides: Mapping[str, Any]) -> dict[str, ParameterValue]:
    """All parameter values of a class with some overridden; raises `UsageError` for a wrong name or value."""
    known = parameters_of(strategy)
    for name in overrides:
        known_parameter(strategy, name)
    return {
        name: parameter.accept(overrides[name]) if name in overrides else parameter.default
        for name, parameter in known.items()
    }


def known_parameter(strategy: type, name: str) -> Parameter[Any]:
    """The parameter of a name; raises `UsageError` with the nearest spelling."""
    known = parameters_of(strategy)
    if name not in known:
        raise UsageError(
            f"{strategy.__name__} has no parameter {name!r}", where=strategy.__name__, hint=did_you_mean(name, known)
        )
    return known[name]


def exact_number(value: Any) -> Decimal | None:
    """A finite number of any numeric type or text, as its shortest decimal; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value)
    text = value.strip() if isinstance(value, str) else str(value)
    factor = Decimal(1)
    for suffix, share in _SUFFIXES.items():
        if text.endswith(suffix):
            text, factor = text.removesuffix(suffix).strip(), share
    try:
        number = Decimal(text.replace("_", ""))
    except InvalidOperation:
        return None
    return number * factor if number.is_finite() else None


def _inside(number: Decimal | float, low: float | None, high: float | None) -> bool:
    return math.isfinite(number) and (low is None or number >= low) and (high is None or number <= high)


def _range_text(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "any"
    if high is None:
        return f"{low} or more"
    return f"{high} or less" if low is None else f"{low} to {high}"
