"""Draw docs/rule-book-proofs.md: each sentence of the rule book and the tests that prove it.

`python -m tests.docs.proofs_page` writes the page; a test compares it with what is there.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from tests.docs.documents import ROOT
from tests.docs.fills_page import drawn, name_of
from tests.rule_book.table import Row, examples, rows

PAGE = ROOT / "docs" / "rule-book-proofs.md"
INTRODUCTION = """# How each sentence is proven

The [rule book](rule-book.md) promises that each of its sentences is a test. This is the table, sentence by sentence. It
is generated: the tests fail when a sentence has no test, when a named test is gone, and when a sentence is changed
without looking at its tests again.

- A **worked example** is a few bars, what is sent after which of them, and what must fill. It runs through the naive
  market beside the rule book, through the engine over the whole history and through the engine one event at a time; all
  three must give what the example says. Where an example has a drawing in
  [How an order fills](how-an-order-fills.md), it links there.
- `test_sizing.py` and `test_exits.py` are situations of targets and exits in the same sense: the naive market and every
  mode of the product must agree on them to the last unit.
- Other tests are named by file and name. Beside all of them stand the random comparisons of `tests/parity`, which prove
  no single sentence and try all of them together.
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for rule, group in groupby(rows(), key=lambda row: row.name.split()[0]):
        parts.append(f"## {rule}\n\n" + "\n\n".join(_told(row) for row in group) + "\n")
    return "\n".join(parts)


def _told(row: Row) -> str:
    tests = "\n".join(f"- {_named(test)}" for test in row.tests) or f"No test yet: it waits for {row.pending}."
    return "\n\n".join(part for part in (f"> {row.says}", tests, row.remark) if part)


def _named(test: str) -> str:
    if "::" in test:
        path, name = test.split("::")
        return f"`{Path(path).relative_to('tests')}`: {name.removeprefix('test_').replace('_', ' ')}"
    case = examples()[test]
    pictured = {name_of(one) for one in drawn()}
    anchor = name_of(case)
    title = f"[{case.title}](how-an-order-fills.md#{_anchor(case.title)})" if anchor in pictured else case.title
    return f"Worked example: {title}"


def _anchor(title: str) -> str:
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -_")
    return "-".join(kept.replace("-", " ").split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
