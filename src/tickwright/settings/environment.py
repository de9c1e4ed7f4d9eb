"""The settings in environment variables: `TICKWRIGHT_SECTION__KEY`, two underscores between the parts.

Invariants: names are matched without regard to case, and `_` stands for `-` in names of instances; an empty variable
counts as not set; other variables that begin with `TICKWRIGHT_` are not settings and are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tickwright.settings.layers import KeyPath, Layer

PREFIX: Final = "TICKWRIGHT_"
PROFILE: Final = "TICKWRIGHT_PROFILE"


def environment_layer(environ: Mapping[str, str], below: Mapping[str, Any]) -> Layer:
    """The layer of the environment; `below` are the merged values under it, whose spelling of names is kept."""
    values: dict[str, Any] = {}
    names: dict[KeyPath, str] = {}
    for name in sorted(environ):
        parts = name.removeprefix(PREFIX).split("__")
        if not name.startswith(PREFIX) or len(parts) < 2 or not all(parts) or not environ[name].strip():
            continue
        path = _spelled_as_below(tuple(part.lower() for part in parts), below)
        table = values
        for part in path[:-1]:
            table = table.setdefault(part, {})
            if not isinstance(table, dict):
                break
        if isinstance(table, dict):
            table[path[-1]] = environ[name]
            names[path] = name
    return Layer("environment", "the environment", values, names=names)


def variable_name(path: KeyPath) -> str:
    """The variable that sets a key.

    >>> variable_name(("costs", "spread"))
    'TICKWRIGHT_COSTS__SPREAD'
    """
    return PREFIX + "__".join(part.upper().replace("-", "_") for part in path)


def _spelled_as_below(path: KeyPath, below: Mapping[str, Any]) -> KeyPath:
    spelled: list[str] = []
    table: Any = below
    for part in path:
        known = table if isinstance(table, Mapping) else {}
        name = next((key for key in known if key.lower().replace("-", "_") == part), part)
        table = known.get(name)
        spelled.append(name)
    return tuple(spelled)
