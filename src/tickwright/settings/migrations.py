"""Bringing a settings file of an older version up to date, and refusing one of a newer version.

Invariants: a file is migrated step by step, each step from one version to the next, on its text, so that comments
survive; the old text is kept beside it as `NAME.vN.bak` before anything is replaced; the new text replaces the old one
at once or not at all. A file without a version is of the current one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tickwright.domain.errors import SettingsError
from tickwright.settings.layers import SettingsFile, parse_text, read_text
from tickwright.settings.model import CURRENT_VERSION

Step = Callable[[str], str]

STEPS: Final[Mapping[int, Step]] = {}
"""Version → what makes its text one of the next version. Version 1 is the first, so there is none yet."""


def up_to_date(
    path: Path, *, shown_as: str, current: int = CURRENT_VERSION, steps: Mapping[int, Step] = STEPS
) -> SettingsFile:
    """A settings file in its current form, migrated on disk where it was older; raises `SettingsError`."""
    text = read_text(path, shown_as=shown_as)
    file = parse_text(text, path, shown_as=shown_as)
    version = _version(file, shown_as, current)
    if version == current:
        return file
    migrated = text
    for number in range(version, current):
        if number not in steps:
            raise SettingsError(
                f"version {version} cannot be brought up to date", where=_place(file), expected=f"version = {current}"
            )
        migrated = steps[number](migrated)
    result = parse_text(migrated, path, shown_as=shown_as)
    _replace(path, old=text, new=migrated, version=version, shown_as=shown_as)
    return result


def _version(file: SettingsFile, shown_as: str, current: int) -> int:
    version = current if file.version is None else file.version
    if isinstance(version, bool) or not isinstance(version, int):
        raise SettingsError(f"version is {version!r}", where=_place(file), expected=f"version = {current}")
    if version > current:
        raise SettingsError(
            f"version {version} is newer than this program understands",
            where=_place(file),
            expected=f"version = {current}",
            hint="Update tickwright, or use the file's older backup.",
        )
    return version


def _place(file: SettingsFile) -> str:
    return file.layer.origin(("version",)).place


def _replace(path: Path, *, old: str, new: str, version: int, shown_as: str) -> None:
    backup = path.with_name(f"{path.name}.v{version}.bak")
    written = path.with_name(f"{path.name}.new")
    try:
        backup.write_text(old, "utf-8")
        written.write_text(new, "utf-8")
        os.replace(written, path)
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        raise SettingsError(f"version {version} cannot be migrated: {reason}", where=shown_as) from None
