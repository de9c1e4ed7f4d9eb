"""The sentences of docs/rule-book.md: what stands between two full stops or semicolons of a rule.

A sentence is known by its rule and its place in it (`§4.3 b`). What stands in brackets or in code is not cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

BOOK = Path(__file__).resolve().parents[2] / "docs" / "rule-book.md"
SECTION = re.compile(r"## (\d+)\. ")
RULE = re.compile(r"(\d+)\. (.+)")
GROUP = re.compile(r"\(\d\) ")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Sentence:
    """One sentence, the rule it stands in (`§4.3`, or `§5` for what precedes the first) and its place there."""

    rule: str
    letter: str
    text: str

    @property
    def name(self) -> str:
        """How a table cites it: `§4.3 b`."""
        return f"{self.rule} {self.letter}"


def sentences(text: str | None = None) -> list[Sentence]:
    """Every sentence of the book, in its order."""
    found: list[Sentence] = []
    section = ""
    loose: dict[str, list[str]] = {}
    for line in (BOOK.read_text("utf-8") if text is None else text).splitlines():
        if heading := SECTION.match(line):
            section = heading[1]
        elif section and line.strip():
            numbered = RULE.fullmatch(line)
            rule = f"§{section}.{numbered[1]}" if numbered else f"§{section}"
            loose.setdefault(rule, []).extend(cut(numbered[2] if numbered else line))
    for rule, parts in loose.items():
        found.extend(Sentence(rule, LETTERS[place], part) for place, part in enumerate(parts))
    return found


def cut(line: str) -> list[str]:
    """A line at its full stops and semicolons, where they end something.

    >>> cut("Buy (or sell; see §2). `a; b` stays; **this** does not.")
    ['Buy (or sell; see §2).', '`a; b` stays;', '**this** does not.']
    """
    parts, begin, depth, quoted = [], 0, 0, False
    for place, character in enumerate(line):
        if character in "`":
            quoted = not quoted
        depth += (character == "(") - (character == ")")
        ends = character in ".;" and (place + 1 == len(line) or line[place + 1] == " ")
        if ends and not quoted and depth == 0:
            parts.append(line[begin : place + 1].strip())
            begin = place + 1
    return [part for part in [*parts, line[begin:].strip()] if part]
