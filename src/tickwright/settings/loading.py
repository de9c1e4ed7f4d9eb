"""Putting the layers together: which value holds, and where it comes from.

Invariants: a later layer wins value by value, tables are merged, lists are replaced whole; every value has exactly one
origin; nothing is validated before everything is merged, so a problem is reported once and at the place that caused it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from tickwright.domain.errors import SettingsError, TickwrightError, UsageError
from tickwright.domain.spelling import did_you_mean
from tickwright.settings.environment import PROFILE, environment_layer
from tickwright.settings.layers import KeyPath, Layer, Origin, SettingsFile, dotted, leaves
from tickwright.settings.migrations import up_to_date
from tickwright.settings.model import Settings
from tickwright.settings.problems import Problem, problems_of

PROJECT_FILE: Final = "tickwright.toml"
_DEFAULT: Final = Origin("default", "built in")
_FLAGS: Final = {
    "defaults.symbols": "--symbol", "costs.max_participation": "--participation", "margin.mode": "--margin",
    "store.url": "--store",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting: its dotted key, its value, and where that comes from."""

    key: str
    value: Any
    origin: Origin


@dataclass(frozen=True)
class LoadedSettings:
    """Validated settings with the origin of each value.

    `files` were read, in their order; `profiles` are the names they offer; `profile` is the one in use.
    """

    values: Settings
    origins: Mapping[KeyPath, Origin]
    files: tuple[Path, ...] = ()
    profiles: tuple[str, ...] = ()
    profile: str | None = None

    def origin(self, key: str) -> Origin:
        """Where the value of a plain dotted key comes from."""
        return self.origins.get(tuple(key.split(".")), _DEFAULT)

    def entries(self) -> list[Entry]:
        """Every setting, in the order of the sections."""
        return [Entry(dotted(path), value, self.origins.get(path, _DEFAULT)) for path, value in _walk(self.values)]


def load_settings(
    home: Path,
    *,
    configs: Iterable[Path] = (),
    profile: str | None = None,
    overrides: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> LoadedSettings:
    """The settings of a project; raises `SettingsError`, or `UsageError` where a flag is at fault.

    `configs` replace the project's own file and are layered in their order; `overrides` are the command line's values
    by dotted key; `environ` defaults to the process's own.
    """
    loaded, problems = merge_and_validate(home, configs, profile, overrides or {}, environ)
    if problems:
        raise problems[0].error(others=len(problems) - 1)
    assert loaded is not None
    return loaded


def check_settings(
    home: Path, *, configs: Iterable[Path] = (), environ: Mapping[str, str] | None = None
) -> list[TickwrightError]:
    """Everything wrong with the settings of a project, with each of its profiles in turn; empty when all is well."""
    paths = tuple(configs)
    try:
        files = _read_files(home, paths)
    except SettingsError as error:
        return [error]
    found: dict[str, TickwrightError] = {}
    for profile in (None, *sorted({name for file in files for name in file.profiles})):
        try:
            _, problems = merge_and_validate(home, paths, profile, {}, environ)
        except TickwrightError as error:
            found.setdefault(str(error), error)
        else:
            found.update({str(p.error()): p.error() for p in problems if str(p.error()) not in found})
    return list(found.values())


def merge_and_validate(
    home: Path,
    configs: Iterable[Path],
    profile: str | None,
    overrides: Mapping[str, object],
    environ: Mapping[str, str] | None,
) -> tuple[LoadedSettings | None, list[Problem]]:
    """The settings, or None and the problems that a person has to solve first."""
    variables = os.environ if environ is None else environ
    chosen = profile or variables.get(PROFILE) or None
    files = _read_files(home, tuple(configs))
    offered = tuple(sorted({name for file in files for name in file.profiles}))
    merged = _Merged()
    for file in files:
        merged.add(file.layer)
    for layer in _profile_layers(files, chosen, offered, from_flag=profile is not None):
        merged.add(layer)
    merged.add(environment_layer(variables, merged.values))
    merged.add(_command_line_layer(overrides))
    try:
        values = Settings.model_validate(merged.values)
    except ValidationError as error:
        return None, problems_of(error, Settings, merged.values, merged.origin)
    return LoadedSettings(values, merged.origins, tuple(file.path for file in files), offered, chosen), []


class _Merged:
    """Layers on top of each other, with the origin of every value that holds."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.origins: dict[KeyPath, Origin] = {}

    def add(self, layer: Layer) -> None:
        for path, value in leaves(layer.values):
            table = self.values
            for depth, part in enumerate(path[:-1], start=1):
                if not isinstance(table.get(part), dict):
                    table[part] = {}
                    self._forget(path[:depth])
                table = table[part]
            if isinstance(value, dict) and isinstance(table.get(path[-1]), dict):
                continue  # an empty table adds nothing to the one below it
            table[path[-1]] = value
            self._forget(path)
            self.origins[path] = layer.origin(path)

    def origin(self, path: KeyPath) -> Origin:
        return _origin_of(path, self.origins)

    def _forget(self, path: KeyPath) -> None:
        for known in [known for known in self.origins if known[: len(path)] == path]:
            del self.origins[known]


def _origin_of(path: KeyPath, origins: Mapping[KeyPath, Origin]) -> Origin:
    """The origin of a value; of the first value inside for a table; of the value around for a list's element."""
    for length in range(len(path), 0, -1):
        if path[:length] in origins:
            return origins[path[:length]]
    inside = next((origin for known, origin in origins.items() if known[: len(path)] == path), None)
    if inside is not None or len(path) == 1:
        return inside or _DEFAULT
    siblings = (origin for known, origin in origins.items() if known[:-1] == path[:-1] and len(path) > 2)
    return next(siblings, _DEFAULT)


def _read_files(home: Path, configs: tuple[Path, ...]) -> list[SettingsFile]:
    if configs:
        return [up_to_date(path.expanduser(), shown_as=str(path)) for path in configs]
    path = home / PROJECT_FILE
    return [up_to_date(path, shown_as=PROJECT_FILE)] if path.is_file() else []


def _profile_layers(
    files: list[SettingsFile], chosen: str | None, offered: tuple[str, ...], *, from_flag: bool
) -> list[Layer]:
    if chosen is None:
        return []
    if chosen not in offered:
        kind = UsageError if from_flag else SettingsError
        hint = did_you_mean(chosen, offered) or f"Add a section such as [profiles.{chosen}.costs] to {PROJECT_FILE}."
        raise kind(f"there is no profile {chosen!r}", where="--profile" if from_flag else PROFILE, hint=hint)
    return [file.profiles[chosen] for file in files if chosen in file.profiles]


def _command_line_layer(overrides: Mapping[str, object]) -> Layer:
    values: dict[str, Any] = {}
    names: dict[KeyPath, str] = {}
    for key, value in overrides.items():
        path = tuple(key.split("."))
        table = values
        for part in path[:-1]:
            table = table.setdefault(part, {})
        table[path[-1]] = value
        names[path] = _FLAGS.get(key, f"--{path[-1].replace('_', '-')}")
    return Layer("command line", "the command line", values, names=names)


def _walk(value: Any, path: KeyPath = ()) -> Iterable[tuple[KeyPath, Any]]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), (*path, name))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _walk(item, (*path, name))
    else:
        yield path, value
