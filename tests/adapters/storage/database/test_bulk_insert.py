"""Many rows at once arrive as they were given, on either server."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from tickwright.adapters.storage.database import bulk_insert
from tickwright.adapters.storage.database.bulk_insert import insert_new, insert_rows
from tickwright.adapters.storage.database.database import Database

TABLE = sa.Table(
    "arrivals", sa.MetaData(), sa.Column("key", sa.BigInteger, primary_key=True), sa.Column("word", sa.Text),
    sa.Column("share", sa.Double),
)  # fmt: skip
COLUMNS: dict[str, list[Any]] = {
    "key": [1, 2, 3, 4, -(2**63)],
    "word": ["plain", "", None, "a,b\t'c'\n\"d\" \\N {x} é 漢", "NULL"],
    "share": [0.1, None, -1e-300, float("inf"), 5.0],
}


@pytest.fixture
def arrivals(relational: Database) -> Database:
    relational.write(TABLE.create)
    return relational


def held(database: Database) -> list[tuple[Any, ...]]:
    asked = sa.select(TABLE).order_by(TABLE.c.key)
    return [tuple(row) for row in database.read(lambda connection: connection.execute(asked).all())]


@pytest.mark.parametrize("portion", [1, 2, 5, 100])
def test_every_value_arrives_exactly(arrivals: Database, monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    monkeypatch.setattr(bulk_insert, "PORTION", portion)
    assert arrivals.write(lambda connection: insert_rows(connection, TABLE, COLUMNS)) == 5
    assert held(arrivals) == sorted(zip(*COLUMNS.values(), strict=True))


def test_no_rows_are_no_statement(arrivals: Database) -> None:
    assert arrivals.write(lambda connection: insert_rows(connection, TABLE, {"key": [], "word": []})) == 0
    assert held(arrivals) == []


def test_the_character_between_values_becomes_a_space_on_a_server(arrivals: Database) -> None:
    word = "one\x1ftwo"
    arrivals.write(lambda connection: insert_rows(connection, TABLE, {"key": [1, 2], "word": [word, "three"]}))
    expected = word if arrivals.engine.dialect.name == "sqlite" else "one two"
    assert [row[1] for row in held(arrivals)] == [expected, "three"]


def test_a_row_that_is_there_is_not_inserted_again(arrivals: Database) -> None:
    for word, inserted in (("first", True), ("second", False)):
        row = {"key": 1, "word": word}
        assert arrivals.write(lambda connection, row=row: insert_new(connection, TABLE, row)) is inserted
    assert [row[1] for row in held(arrivals)] == ["first"]
