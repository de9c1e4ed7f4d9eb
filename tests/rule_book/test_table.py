"""Each sentence of the rule book is a test: none without, none that has changed since, none that names a ghost."""

from __future__ import annotations

import pytest

from tests.rule_book.sentences import cut, sentences
from tests.rule_book.table import Row, examples, exists, rows

BOOK = {sentence.name: sentence.text for sentence in sentences()}
TABLE = {row.name: row for row in rows()}


def test_every_sentence_has_a_row_and_every_row_a_sentence() -> None:
    assert list(TABLE) == list(BOOK), "name the tests of a new sentence in tests/rule_book/sections"


@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)
def test_a_row_says_what_the_book_says(row: Row) -> None:
    assert row.says == BOOK[row.name], "the sentence has changed: look whether its tests still prove it"


@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)
def test_every_sentence_has_a_test(row: Row) -> None:
    assert bool(row.tests) != bool(row.pending), f"{row.name} has no test, or has one and waits: {row.says}"


def test_every_named_test_exists() -> None:
    ghosts = [(row.name, test) for row in TABLE.values() for test in row.tests if not exists(test)]
    assert ghosts == []


def test_no_row_names_a_test_twice() -> None:
    assert [row.name for row in TABLE.values() if len(set(row.tests)) < len(row.tests)] == []


def test_every_worked_example_proves_a_sentence() -> None:
    named = {test for row in TABLE.values() for test in row.tests}
    assert sorted(set(examples()) - named) == []


def test_a_ghost_is_noticed() -> None:
    assert not exists("tests/rule_book/test_table.py::test_of_nothing")
    assert not exists("tests/rule_book/test_nothing.py::test_every_named_test_exists")
    assert not exists("§4.3 a limit that nobody has worked out")


def test_a_changed_book_is_noticed() -> None:
    book = (
        "# The book\n\n## 1. Units\n1. One. Two (three; four); `five. six`.\n2. Seven.\n\n## 2. Events\nLoose: eight.\n"
    )
    assert [(found.name, found.text) for found in sentences(book)] == [
        ("§1.1 a", "One."),
        ("§1.1 b", "Two (three; four);"),
        ("§1.1 c", "`five. six`."),
        ("§1.2 a", "Seven."),
        ("§2 a", "Loose: eight."),
    ]


def test_nothing_is_lost_in_cutting() -> None:
    line = "Buy (or sell; see §2). `a; b` stays; **this** does not"
    assert " ".join(cut(line)) == line
