"""Sections of the settings from words given in a call: what a notebook says instead of a file or a flag.

Invariant: the same word means the same, and is refused in the same sentence, as under its section in `tickwright.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tickwright.domain.errors import UsageError
from tickwright.settings.layers import Origin
from tickwright.settings.model import Settings
from tickwright.settings.problems import problems_of

_CALL = Origin("command line", "")


def settings_of(sections: Mapping[str, Mapping[str, Any] | None]) -> Settings:
    """Settings of these sections, everything else as built in; raises `UsageError`.

    >>> settings_of({"costs": {"fee": "10bp", "latency": "250ms"}}).costs.latency
    250000000
    """
    values: dict[str, Any] = {}
    for name, words in sections.items():
        if not isinstance(words, Mapping | None):
            raise UsageError(
                f"{name} is {words!r}", where=name, expected='words of its section, such as {"name": value}'
            )
        values[name] = dict(words or {})
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        problems = problems_of(error, Settings, values, lambda _: _CALL)
    raise problems[0].error()
