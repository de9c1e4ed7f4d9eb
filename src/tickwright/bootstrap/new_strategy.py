"""A new strategy: a commented starter in `strategies/` and its test in `tests/`.

Invariants: a file that exists is never touched; a name that already means a strategy is refused.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from pathlib import Path

from tickwright.bootstrap.new_project import template_text, write_new
from tickwright.bootstrap.strategies import FOLDER, all_strategies
from tickwright.domain.errors import UsageError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class MadeStrategy:
    """The class that was written, its file, and its test."""

    name: str
    file: Path
    test: Path


def make_strategy(home: Path, name: str) -> MadeStrategy:
    """Write the starter `name`; raises `UsageError` where the name cannot be used or is taken."""
    class_name, file_name = _names(name)
    taken = all_strategies(home).registry
    if class_name in taken:
        raise UsageError(
            f"{class_name} is the name of another strategy ({taken.find(class_name).origin})",
            where="NAME",
            expected="a new name",
        )
    made = MadeStrategy(class_name, home / FOLDER / f"{file_name}.py", home / "tests" / f"test_{file_name}.py")
    for path, template in ((made.file, "strategy.txt"), (made.test, "strategy_test.txt")):
        text = template_text(template).replace("@CLASS@", class_name).replace("@FILE@", file_name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            written = write_new(path, text)
        except OSError as error:
            reason = (error.strerror or "it cannot be written").lower()
            raise UsageError(f"the strategy cannot be written: {reason}", where=str(path)) from None
        if not written:
            raise UsageError("this file exists already", where=str(path), expected="a new name")
    return made


def _names(name: str) -> tuple[str, str]:
    """`MyIdea` and `my_idea` for any spelling of the two."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
    camel = "".join(part[:1].upper() + part[1:] for part in snake.split("_"))
    if _NAME.fullmatch(name.replace("-", "_")) is None or keyword.iskeyword(snake) or not camel:
        raise UsageError(
            f"{name!r} cannot be the name of a strategy", where="NAME", expected="letters and digits, such as MyIdea"
        )
    return (name if name[:1].isupper() and name.isalnum() else camel), snake
