"""Reads the product's Markdown: which documents there are, their code blocks and their links.

A block is run as it stands unless an HTML comment on the line before it says otherwise: `<!-- not run: WHY -->` leaves
it out, `<!-- file: PATH -->` writes it to a file of the project instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("examples/*.md"), *ROOT.glob("benchmarks/*.md"), *ROOT.glob("docs/**/*.md")]
)

_BLOCK = re.compile(r"^(?:<!-- (?P<note>[^\n]*?) -->\n\n?)?```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^```$", re.M | re.S)
_LINK = re.compile(r"!?\[[^\]]*\]\(<?(?P<target>[^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^#+\s+(?P<title>.+?)\s*$", re.M)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text, the line it starts on and the note before it."""

    language: str
    code: str
    line: int
    note: str


def blocks(document: Path) -> list[Block]:
    """The fenced blocks of a document, in order."""
    text = document.read_text()
    return [
        Block(found["language"], found["code"], text.count("\n", 0, found.start("code")), found["note"] or "")
        for found in _BLOCK.finditer(text)
    ]


def links(document: Path) -> list[str]:
    """The targets of a document's links and images, code left out."""
    return [found["target"] for found in _LINK.finditer(_without_code(document))]


def anchors(document: Path) -> set[str]:
    """What `#…` may name in a document: its headings as the site spells them."""
    titles = (found["title"].lower() for found in _HEADING.finditer(_without_code(document, inline=False)))
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", title).strip()) for title in titles}


def _without_code(document: Path, *, inline: bool = True) -> str:
    text = _BLOCK.sub("", document.read_text())
    return re.sub(r"`[^`\n]*`", "", text) if inline else text
