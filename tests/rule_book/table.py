"""The rows of the table: each sentence of the rule book as it was when its tests were named, and those tests.

A test is named as pytest does (`tests/…/test_x.py::test_name`) or, for a worked example, by its rule and its title.
"""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.reference.cases.case import Case
from tests.reference.cases.collected import ALL

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = Path(__file__).parent / "sections"


@dataclass(frozen=True)
class Row:
    """One sentence by name (`§4.3 b`), what it said, its tests, a remark on them, and what they wait for if none."""

    name: str
    says: str
    tests: tuple[str, ...]
    remark: str = ""
    pending: str = ""


def rows() -> list[Row]:
    """Every row, in the order of the files and inside them as written."""
    found = []
    for path in sorted(SECTIONS.glob("*.toml")):
        for name, entry in tomllib.loads(path.read_text("utf-8")).items():
            found.append(Row(name, **{**entry, "tests": tuple(entry["tests"])}))
    return found


@cache
def examples() -> dict[str, Case]:
    """The worked examples by the name the table gives them."""
    return {case.identity: case for case in ALL}


@cache
def functions(path: str) -> frozenset[str]:
    """The test functions a file defines."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text("utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def exists(test: str) -> bool:
    """Whether a named test is there.

    >>> exists("tests/rule_book/test_table.py::test_every_named_test_exists")
    True
    """
    path, _, name = test.partition("::")
    return name in functions(path) if name else test in examples()
