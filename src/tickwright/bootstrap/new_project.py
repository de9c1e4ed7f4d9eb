"""A new project: a directory with commented settings and a place for everything.

Invariant: nothing that exists is touched; a second run says what is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from tickwright.domain.errors import UsageError

FOLDERS: Final = ("strategies", "data", "runs", "notebooks")
FILES: Final = {"tickwright.toml": "tickwright.toml", ".gitignore": "gitignore"}


@dataclass(frozen=True, slots=True)
class MadeProject:
    """What was made in a directory and what was there already, as names inside it; folders end in `/`."""

    home: Path
    created: tuple[str, ...]
    existed: tuple[str, ...]


def make_project(home: Path) -> MadeProject:
    """Make a project; raises `UsageError` where the directory cannot be written to."""
    created: list[str] = []
    existed: list[str] = []
    try:
        home.mkdir(parents=True, exist_ok=True)
        for name, template in FILES.items():
            (created if write_new(home / name, template_text(template)) else existed).append(name)
        for folder in FOLDERS:
            path = home / folder
            (existed if path.is_dir() else created).append(f"{folder}/")
            path.mkdir(exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "it cannot be written to").lower()
        raise UsageError(
            f"the project cannot be made: {reason}",
            where=str(error.filename or home),
            expected="a directory that can be written to",
        ) from None
    return MadeProject(home, tuple(created), tuple(existed))


def template_text(name: str) -> str:
    """The text of one of the templates that come with the package."""
    return (files("tickwright.bootstrap") / "templates" / name).read_text("utf-8")


def write_new(path: Path, text: str) -> bool:
    """Write a file that does not exist yet; False, and nothing is done, where it does."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True
