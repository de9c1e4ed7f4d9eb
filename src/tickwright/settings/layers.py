"""One source of settings: its values as nested tables, and the place where each of them stands.

Invariants: a layer is only read, never written; a place is what a person needs to find a value: a file with its line, a
variable, a flag. The header `[strategies.NAME.symbols."SYMBOL"]`, which TOML itself forbids beside a list of symbols,
is read as `[strategies.NAME.per_symbol."SYMBOL"]`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tickwright.domain.errors import SettingsError

KeyPath = tuple[str, ...]
LayerKind = Literal["default", "file", "profile", "environment", "command line"]

_KEY_PART = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_KEY = rf"{_KEY_PART}(?:\s*\.\s*{_KEY_PART})*"
_HEADER_LINE = re.compile(rf"\s*\[\s*({_KEY})\s*\]")
_VALUE_LINE = re.compile(rf"\s*({_KEY})\s*=")
_SYMBOL_TABLE = re.compile(
    rf"^(\s*\[\s*(?:profiles\s*\.\s*{_KEY_PART}\s*\.\s*)?strategies\s*\.\s*{_KEY_PART}\s*\.\s*)symbols(\s*\.)", re.M
)
_WHERE_IN_FILE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from: the layer, and the place in it (`tickwright.toml, line 12`)."""

    layer: LayerKind
    place: str


@dataclass(frozen=True)
class Layer:
    """Values of one source, with the line of each key where the source is a file.

    `names` gives the place of single values (variables, flags) by path; other values are placed by their line in
    `source`.
    """

    kind: LayerKind
    source: str
    values: dict[str, Any]
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    names: Mapping[KeyPath, str] = field(default_factory=dict)

    def origin(self, path: KeyPath) -> Origin:
        """The origin of the value at a path, or of the nearest table around it."""
        if path in self.names:
            return Origin(self.kind, self.names[path])
        line = next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), None)
        return Origin(self.kind, self.source if line is None else f"{self.source}, line {line}")


@dataclass(frozen=True)
class SettingsFile:
    """A parsed settings file: its own layer and one for each of its profiles."""

    path: Path
    version: object
    layer: Layer
    profiles: dict[str, Layer]


def read_file(path: Path, *, shown_as: str) -> SettingsFile:
    """Parse a settings file; raises `SettingsError` where it cannot be read or is not TOML."""
    return parse_text(read_text(path, shown_as=shown_as), path, shown_as=shown_as)


def read_text(path: Path, *, shown_as: str) -> str:
    """The text of a settings file; raises `SettingsError` where it is not there or not UTF-8."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"byte {error.start} is not UTF-8", where=shown_as, expected="a TOML file in UTF-8"
        ) from None
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise SettingsError(
            f"the settings file cannot be read: {reason}", where=shown_as, hint="Check --config."
        ) from None


def parse_text(text: str, path: Path, *, shown_as: str) -> SettingsFile:
    """The layers in the text of a settings file; raises `SettingsError` with the line where it is not TOML."""
    readable = _SYMBOL_TABLE.sub(r"\1per_symbol\2", text)
    try:
        values = tomllib.loads(readable)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(error, readable, shown_as) from None
    lines = _lines_of_keys(readable)
    profiles = values.pop("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(tables, dict) for tables in profiles.values()):
        place = f"{shown_as}, line {lines.get(('profiles',), 1)}"
        raise SettingsError(
            "profiles is not a table of tables", where=place, expected="sections such as [profiles.fast.costs]"
        )
    return SettingsFile(
        path,
        values.get("version"),
        Layer("file", shown_as, values, lines),
        {
            name: Layer("profile", shown_as, tables, _below(lines, ("profiles", name)))
            for name, tables in profiles.items()
        },
    )


def leaves(values: Mapping[str, Any], path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every value that is not a table, with its path; an empty table counts as a value."""
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name), value


def dotted(path: KeyPath) -> str:
    """A path as TOML writes it.

    >>> dotted(("strategies", "trend", "per_symbol", "ETH/USDT", "fast"))
    'strategies.trend.per_symbol."ETH/USDT".fast'
    """
    return ".".join(part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else f'"{part}"' for part in path)


def _not_toml(error: tomllib.TOMLDecodeError, text: str, shown_as: str) -> SettingsError:
    said = str(error)
    match = _WHERE_IN_FILE.search(said)
    reason = said[: match.start()] if match else said
    line = match[1] if match else None
    hint = 'Texts stand in quotes (timeframe = "1h"), numbers do not (cash = 100_000).'
    if twice := _first_repeated(text):
        reason, line, hint = f"{dotted(twice[0])} is written twice", str(twice[1]), "Keep one of the two."
    return SettingsError(
        f"the file is not TOML: {reason[:1].lower()}{reason[1:]}",
        where=shown_as if line is None else f"{shown_as}, line {line}",
        hint=hint,
    )


def _first_repeated(text: str) -> tuple[KeyPath, int] | None:
    seen: set[KeyPath] = set()
    for path, line in _keys(text):
        if path in seen:
            return path, line
        seen.add(path)
    return None


def _lines_of_keys(text: str) -> dict[KeyPath, int]:
    """The line of each key and table header, by path; keys inside inline tables are on the line of their table."""
    lines: dict[KeyPath, int] = {}
    for path, line in _keys(text):
        lines.setdefault(path, line)
    return lines


def _keys(text: str) -> Iterator[tuple[KeyPath, int]]:
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER_LINE.match(line):
            table = _path_of(header[1])
            yield table, number
        elif value := _VALUE_LINE.match(line):
            yield (*table, *_path_of(value[1])), number


def _path_of(key: str) -> KeyPath:
    path: list[str] = []
    try:
        table: Any = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:  # a quoted key with a wrong escape; the file's own error names it
        return (key,)
    while isinstance(table, dict):
        name, table = next(iter(table.items()))
        path.append(name)
    return tuple(path)


def _below(lines: Mapping[KeyPath, int], head: KeyPath) -> dict[KeyPath, int]:
    return {path[len(head) :]: line for path, line in lines.items() if path[: len(head)] == head and path != head}
