"""A value that does not fit, as one sentence: its place, its key, the value, what was expected, the nearest spelling.

Invariant: a sentence never repeats what may be a secret. A problem that came from a flag is a `UsageError`, any other
a `SettingsError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from tickwright.domain.errors import SettingsError, TickwrightError, UsageError
from tickwright.domain.spelling import did_you_mean
from tickwright.settings.layers import KeyPath, Origin, dotted

_SENSITIVE = ("key", "secret", "password", "passphrase", "token", "url", "dsn")


class AtKey(ValueError):
    """A rule between several settings that one of them breaks: its dotted key below the table, and what would fit."""

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(expected)
        self.path: KeyPath = tuple(key.split("."))
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the settings."""

    key: str
    origin: Origin
    message: str
    expected: str = ""
    hint: str = ""

    def error(self, *, others: int = 0) -> TickwrightError:
        """The problem as the failure of a command; `others` is how many more there are."""
        more = f"{others} more: `tickwright config check` lists them." if others else ""
        kind = UsageError if self.origin.layer == "command line" else SettingsError
        hint = " ".join(part for part in (self.hint, more) if part)
        return kind(self.message, where=self.origin.place, expected=self.expected, hint=hint)


def problems_of(
    error: ValidationError, root: type[BaseModel], values: Mapping[str, Any], origin: Callable[[KeyPath], Origin]
) -> list[Problem]:
    """Every problem that a validation found, in the order of the sections."""
    return [_problem(detail, root, values, origin) for detail in error.errors(include_url=False)]


def _problem(
    detail: Any, root: type[BaseModel], values: Mapping[str, Any], origin: Callable[[KeyPath], Origin]
) -> Problem:
    kind = detail["type"]
    path = _as_written(tuple(str(part) for part in detail["loc"] if part != "[key]"), values)
    if kind == "extra_forbidden":
        return _unknown_key(path, root, values, origin(path))
    if kind == "missing":
        return Problem(dotted(path), origin(path), f"{dotted(path)} is missing", hint=f'Add {path[-1]} = "…" there.')
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, AtKey):
        path = (*path, *cause.path)
    name = _shown(path)
    return Problem(name, origin(path), f"{name} {_fault(detail, path, values)}", expected=_expectation(detail, cause))


def _fault(detail: Any, path: KeyPath, values: Mapping[str, Any]) -> str:
    value = _value_at(values, path)
    if "[key]" in detail["loc"]:
        return "is not a name that can be used"
    if _is_sensitive(path) or isinstance(value, Mapping):
        return "does not fit"
    return f"is {value!r}"


def _shown(path: KeyPath) -> str:
    """A path for people: the element of a list is counted from one."""
    return f"{dotted(path[:-1])}, item {int(path[-1]) + 1}," if path[-1].isdigit() else dotted(path)


def _unknown_key(path: KeyPath, root: type[BaseModel], values: Mapping[str, Any], origin: Origin) -> Problem:
    known = _known_keys(root, path[:-1])
    name = dotted(path)
    what = "a section" if len(path) == 1 and isinstance(values.get(path[0]), Mapping) else "a setting"
    if _is_sensitive(path):
        hint = 'A secret never stands in settings: write key = "secret(NAME)".'
    else:
        home = _section_of(path[-1], root)
        hint = f"{path[-1]} stands under [{home}]." if home else did_you_mean(path[-1], known)
    return Problem(name, origin, f"{name} is not {what}", hint=hint)


def _section_of(key: str, root: type[BaseModel]) -> str | None:
    """The section that has a key of this name, where a person put it into another one."""
    return next((section for section in root.model_fields if key in _known_keys(root, (section,))), None)


def _known_keys(root: type[BaseModel], path: KeyPath) -> Iterable[str]:
    """The keys that the table at a path takes; names of instances are passed over."""
    model: Any = root
    for part in path:
        fields = getattr(model, "model_fields", {})
        if part in fields:
            annotation = fields[part].annotation
            arguments = getattr(annotation, "__args__", ())
            model = arguments[-1] if arguments else annotation
    return list(getattr(model, "model_fields", {}))


def _expectation(detail: Any, cause: object) -> str:
    if isinstance(cause, AtKey):
        return cause.expected
    if isinstance(cause, ValueError):
        return str(cause)
    context = detail.get("ctx", {})
    if detail["type"] in _EXPECTATIONS:
        return _EXPECTATIONS[detail["type"]].format(**context)
    if detail["type"] == "literal_error":
        return f"one of {context['expected'].replace(chr(39), '').replace(' or ', ', ')}"
    if detail["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], f"text that matches {context['pattern']}")
    return str(detail["msg"]).removeprefix("Input should be ").replace("valid ", "")


_EXPECTATIONS = {
    "model_type": "a section of settings",
    "model_attributes_type": "a section of settings",
    "dict_type": "a section of settings",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "string_type": "text in quotes",
    "string_too_short": "text that is not empty",
    "tuple_type": 'a list such as ["BTC/USDT", "ETH/USDT"]',
    "greater_than_equal": "at least {ge:g}",
    "less_than_equal": "at most {le:g}",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
}
_PATTERNS = {
    r"^[a-z0-9_]+$": "the name of an exchange in lower case, such as binance",
    r"^https?://": "an address that starts with http:// or https://",
}


def _value_at(values: Mapping[str, Any], path: KeyPath) -> Any:
    value: Any = values
    for part in path:
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list | tuple) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            break
    return value


def _as_written(path: KeyPath, values: Mapping[str, Any]) -> KeyPath:
    """A path without what pydantic adds to it: the members of a union are not keys of ours."""
    written: list[str] = []
    value: Any = values
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list | tuple) and part.isdigit():
            value = value[int(part)]
        else:
            break
        written.append(part)
    return tuple(written)


def _is_sensitive(path: KeyPath) -> bool:
    return any(word in path[-1].lower() for word in _SENSITIVE)
