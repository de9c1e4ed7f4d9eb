"""Whole columns of a query."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from tickwright.adapters.storage.postgres.binary_columns import read_columns
from tickwright.domain.errors import StoreDamaged

VALUES = "(values (2::int8, -5::int8), (-9223372036854775808, 9223372036854775807), (1, 0)) as held (time, value)"


@pytest.fixture
def connection(database: Callable[[str], str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database("columns")) as open_connection:
        yield open_connection


def test_columns_come_in_the_order_of_the_first(connection: psycopg.Connection) -> None:
    time, value = read_columns(connection, ["time", "value"], f"select * from {VALUES}")
    assert time.tolist() == [-(2**63), 1, 2]
    assert value.tolist() == [2**63 - 1, 0, -5]


def test_no_rows_are_empty_columns(connection: psycopg.Connection) -> None:
    columns = read_columns(connection, ["time", "value"], f"select * from {VALUES} where time > 5")
    assert [column.tolist() for column in columns] == [[], []]


def test_a_missing_value_is_no_shorter_column(connection: psycopg.Connection) -> None:
    with pytest.raises(StoreDamaged):
        read_columns(connection, ["time", "value"], f"select time, nullif(value, 0) as value from {VALUES}")
