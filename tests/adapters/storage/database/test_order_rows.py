"""Orders and fills of a run as columns: exact amounts in plain decimal text, ids that meet no other run's."""

from __future__ import annotations

import re
from decimal import Decimal

from tests.adapters.storage.test_run_folder import NOON_NS, a_run
from tickwright.adapters.storage.database.models import Table
from tickwright.adapters.storage.database.order_rows import client_ids, fill_columns, order_columns
from tickwright.adapters.storage.run_tables import to_tables

RUN = "2024-12-31-trend-7f3a"


def test_every_column_is_one_of_the_table_and_none_that_must_be_there_is_missing() -> None:
    tables = to_tables(a_run())
    for name, columns in (
        ("orders", order_columns(RUN, tables["orders"])),
        ("fills", fill_columns(RUN, tables["fills"])),
    ):
        table = Table.metadata.tables[name]
        assert set(columns) <= set(table.c.keys())
        assert {column.name for column in table.c if not column.nullable} <= set(columns)


def test_amounts_are_exact_and_plain() -> None:
    columns = fill_columns(RUN, to_tables(a_run())["fills"])
    assert [Decimal(text) for text in columns["price"]] == [Decimal("42000.001"), Decimal("0.000009000001")]
    assert all(re.fullmatch(r"-?\d+(\.\d+)?", text) for name in ("price", "quantity", "fee") for text in columns[name])
    assert columns["ts_ns"] == [NOON_NS, NOON_NS + 1]
    assert columns["symbol"] == ["BTC/USDT", "SHIB/USDT"]


def test_what_an_order_has_not_is_null() -> None:
    columns = order_columns(RUN, to_tables(a_run())["orders"])
    assert columns["price"] == columns["stop_price"] == [None, None]
    assert columns["ended_ns"] == [NOON_NS, None]
    assert columns["tag"] == ["rung", ""]


def test_client_ids_are_legal_and_belong_to_one_run() -> None:
    mine, other = client_ids(RUN, [0, 1, 2**40]), client_ids(RUN + "x", [0, 1, 2**40])
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in mine + other)
    assert len({*mine, *other}) == 6
