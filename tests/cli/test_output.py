"""What a command says, for programs and for people."""

from __future__ import annotations

import io
import json
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum
from pathlib import Path

import numpy as np
import pytest

from tickwright.cli.output import Answer, Paper, cell, document_text, plain, print_answer
from tickwright.domain.timeframe import Timeframe


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Level(IntEnum):
    LOW = 1


@dataclass
class Row:
    name: str
    share: Decimal


def written(write, stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    write(Paper(stream))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, None),
        (math.inf, None),
        (Decimal("NaN"), None),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (np.float64("nan"), None),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array([1.0, math.nan]), [1.0, None]),
        (datetime(2024, 1, 2, 3, 4, tzinfo=UTC), "2024-01-02T03:04:00Z"),
        (datetime(2024, 1, 2), "2024-01-02T00:00:00Z"),
        (date(2024, 1, 2), "2024-01-02"),
        (Path("/a/b"), "/a/b"),
        (Level.LOW, "LOW"),
        ({"b", "a"}, ["a", "b"]),
        ((1, (2,)), [1, [2]]),
        (Row("x", Decimal(1)), {"name": "x", "share": "1"}),
        (Timeframe.parse("1h"), "1h"),
        (True, True),
        (None, None),
    ],
)
def test_values_become_jsons_own_types(value, expected) -> None:
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


def test_a_document_begins_with_its_schema() -> None:
    text = document_text("thing", {"sharpe": math.nan})
    assert json.loads(text) == {"schema": "tickwright.thing/1", "sharpe": None}
    assert text.index("schema") < text.index("sharpe")


def test_plain_tables_align_texts_left_and_numbers_right() -> None:
    text = written(
        lambda paper: paper.table(["name", "count", "return"], [["a", 5, "1.50%"], ["long", 1234, "-20.00%"]])
    )
    assert text.splitlines() == [
        "name  count   return",
        "a         5    1.50%",
        "long  1,234  -20.00%",
    ]  # fmt: skip


def test_an_undefined_value_is_a_dash_and_does_not_turn_numbers_into_text() -> None:
    text = written(lambda paper: paper.table(["sharpe"], [[math.nan], [1.5]]))
    assert text.splitlines() == ["sharpe", "     –", "   1.5"]


def test_an_empty_table_is_its_heading() -> None:
    assert written(lambda paper: paper.table(["a", "b"], [])) == "a  b\n"


def test_a_terminal_gets_the_same_values_drawn() -> None:
    text = written(lambda paper: paper.table(["name", "count"], [["[bold]a[/bold]", 5]]), Terminal())
    assert "[bold]a[/bold]" in text
    assert "─" in text


def test_facts_align_their_values() -> None:
    text = written(lambda paper: paper.facts([("a", 1), ("long", None)], indent=2))
    assert text.splitlines() == ["  a     1", "  long  –"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (123456.789, "123,456.79"),
        ([1, 2], "1, 2"),
        ({"fast": 5}, "fast=5"),
        (False, "no"),
        ([], "–"),
    ],
)
def test_cells_are_short(value, text) -> None:
    assert cell(value) == text


def test_an_answer_is_printed_as_text_or_as_one_document(capsys) -> None:
    answer = Answer("x", {"a": 1}, lambda paper: paper.line("one"))
    print_answer(answer, as_json=False)
    assert capsys.readouterr().out == "one\n"
    print_answer(answer, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"schema": "tickwright.x/1", "a": 1}


def test_a_stream_without_utf8_gets_escaped_json(monkeypatch) -> None:
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert json.loads(document_text("x", {"a": "…"})) == {"schema": "tickwright.x/1", "a": "…"}
    assert "\\u2026" in document_text("x", {"a": "…"})
