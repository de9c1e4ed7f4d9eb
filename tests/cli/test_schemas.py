"""A document's schema is the command's own words, whichever way the command ends."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import tickwright.cli
from tickwright.cli.frame import load_command
from tickwright.cli.registry import COMMANDS, CommandEntry

FRAME = {"__init__", "boundary", "compilation", "frame", "output", "progress", "registry", "run_options"}
MODULES = sorted(path for path in Path(tickwright.cli.__file__).parent.glob("*.py") if path.stem not in FRAME)
ENTRIES = {entry.module: entry for entry in COMMANDS}
"""A large group has further modules, named after its first one: `data`, `data_look`."""


def module_of(path: Path) -> str:
    """The module of the command that a file is a part of."""
    return path.stem if path.stem in ENTRIES else path.stem.rpartition("_")[0]


def names_in(path: Path) -> list[str]:
    """The names of the answers that a module makes."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    answers = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Answer"]
    return [call.args[0].value for call in answers if isinstance(call.args[0], ast.Constant)]


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_answer_is_named_after_its_command(entry: CommandEntry) -> None:
    command = load_command(entry)
    commands = (
        [f"{entry.name}-{name}" for name in command.list_commands(None)]
        if hasattr(command, "commands")
        else [entry.name]
    )
    named = {name for path in MODULES if module_of(path) == entry.module for name in names_in(path)}
    assert sorted(named) == sorted(commands)


def test_every_module_but_the_frame_is_a_registered_command() -> None:
    assert {module_of(path) for path in MODULES} == set(ENTRIES)
