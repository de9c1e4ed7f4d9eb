"""The page of commands lists every command there is, with the sentence of its own help, and no other."""

from __future__ import annotations

import re
from importlib import import_module

import typer.main

from tests.docs.documents import ROOT
from tickwright.cli.registry import COMMANDS


def commands() -> list[tuple[str, str]]:
    """Every command with its first sentence, groups opened."""
    found = []
    for entry in COMMANDS:
        command = typer.main.get_command(import_module(f"tickwright.cli.{entry.module}").app)
        members = getattr(command, "commands", None)
        if members is None:
            found.append((entry.name, entry.summary))
        else:
            found += [(f"{entry.name} {name}", (member.help or "").splitlines()[0]) for name, member in members.items()]
    return found


def test_the_page_lists_every_command_with_its_sentence() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text()
    listed = re.findall(r"^\| `tickwright ([a-z -]+)` \| (.+) \|$", page, re.MULTILINE)

    assert sorted(listed) == sorted(commands())
