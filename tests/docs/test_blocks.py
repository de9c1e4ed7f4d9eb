"""What the documents tell a reader to type works, in the order in which it is told, and prints what they show.

The demo is run once; a page that begins with it, or in its project, gets a copy of what it left.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.documents import DOCUMENTS, ROOT, Block, blocks

RUN = [document for document in DOCUMENTS if any(block.language in ("console", "python") for block in blocks(document))]
# A page with this remark is typed in the project of the demo.
IN_DEMO_PROJECT = "<!-- in the project of the demo -->"
# The environment is there already: what makes and activates it is checked by the commands that follow.
INSTEAD = {
    "make setup": "true",
    "make test": "true",
    "make check": "true",
    ". .venv/bin/activate && cd tickwright-demo": "cd tickwright-demo",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """What `make demo` leaves and prints."""
    reader = Reader(tmp_path_factory.mktemp("demo"), None)
    printed = reader.run("tickwright demo", Block("console", "", 0, ""))
    return Demo(reader.folder / "tickwright-demo", printed)


@dataclass(frozen=True)
class Demo:
    """The project of a demo that has run, and what it printed."""

    project: Path
    printed: str


class Reader:
    """Somebody who types a page into a terminal and an interpreter, one block after the other."""

    def __init__(self, folder: Path, demo: Demo | None) -> None:
        self.home = self.folder = folder
        self.demo = demo
        self.names: dict[str, object] = {"__name__": "__page__"}

    def type_commands(self, block: Block) -> None:
        printed = ""
        expected: list[str] = []
        for line in [*_joined(block.code), "$ true"]:
            if not line.startswith("$ "):
                expected.append(line)
                continue
            for wanted in expected:
                self.compare(wanted, printed, block)
            printed, expected = self.run(line.removeprefix("$ "), block), []

    def run(self, command: str, block: Block) -> str:
        if command == "make demo" and self.demo is not None:
            shutil.copytree(self.demo.project, self.folder / self.demo.project.name)
            return self.demo.printed
        where = self.home / ".where"
        done = subprocess.run(
            ["bash", "-c", f"set -eo pipefail\n{INSTEAD.get(command, command)}\npwd > {where}"],
            cwd=self.folder,
            env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "160"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        assert done.returncode == 0, f"line {block.line}: $ {command}\n{done.stdout}\n{done.stderr}"
        self.folder = Path(where.read_text().strip())
        return done.stdout

    def compare(self, wanted: str, printed: str, block: Block) -> None:
        """Every part of a shown line, split at `…`, stands in one line of the output, in order."""
        parts = [" ".join(part.split()) for part in wanted.split("…")]
        for line in printed.splitlines():
            place, text = 0, " ".join(line.split())
            for part in parts:
                place = text.find(part, place)
                if place < 0:
                    break
                place += len(part)
            else:
                return
        pytest.fail(f"line {block.line}: {wanted!r} was not printed, but\n{printed}")

    def type_python(self, block: Block, document: Path) -> None:
        os.chdir(self.folder)
        code = "\n" * block.line + block.code  # so that a traceback names the line of the page
        exec(compile(code, str(document), "exec"), self.names)

    def write_file(self, block: Block) -> None:
        path = self.folder / block.note.removeprefix("file:").strip()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.code)


def _joined(code: str) -> list[str]:
    """The lines of a block, a line that ends in a backslash joined with the next."""
    return [line for line in code.replace("\\\n", " ").splitlines() if line.strip()]


@pytest.mark.parametrize("document", RUN, ids=lambda document: str(document.relative_to(ROOT)))
def test_what_a_page_says_works(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    of_the_demo = "make demo" in document.read_text() or IN_DEMO_PROJECT in document.read_text()
    reader = Reader(tmp_path, request.getfixturevalue("demo") if of_the_demo else None)
    if IN_DEMO_PROJECT in document.read_text():
        reader.run("make demo", Block("console", "", 0, ""))
        reader.folder /= "tickwright-demo"

    for block in blocks(document):
        if block.note.startswith("not run:"):
            continue
        if block.note.startswith("file:"):
            reader.write_file(block)
        elif block.language == "console":
            reader.type_commands(block)
        elif block.language == "python":
            reader.type_python(block, document)


def test_every_block_names_its_language() -> None:
    nameless = [
        f"{path.relative_to(ROOT)}:{block.line}" for path in DOCUMENTS for block in blocks(path) if not block.language
    ]

    assert nameless == []
