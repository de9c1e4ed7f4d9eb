"""A run's orders and fills as columns of the database's tables.

Invariants: amounts are the decimal text of the exact numbers; a simulated order's client id is 32 hexadecimal digits of
its run and its number, so it never meets another run's; its account is its run; a fill's trade id is its place in the
run's canonical order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa

Columns = Mapping[str, Sequence[Any]]


def order_columns(run_id: str, table: pa.Table) -> Columns:
    """The columns of `orders`, from the table `orders` of a run."""
    exchange, symbol = _instruments(table)
    count = table.num_rows
    return {
        "client_id": client_ids(run_id, table["order_id"].to_pylist()),
        "run_id": [run_id] * count,
        "exchange": exchange,
        "account": [run_id] * count,
        "symbol": symbol,
        "side": table["side"].to_pylist(),
        "type": table["type"].to_pylist(),
        "quantity": _text(table["quantity"]),
        "price": _text(table["limit_price"], null_zero=True),
        "stop_price": _text(table["stop_price"], null_zero=True),
        "filled": _text(table["filled"]),
        "status": table["state"].to_pylist(),
        "created_ns": table["ts_sent"].cast(pa.int64()).to_pylist(),
        "ended_ns": table["ts_end"].cast(pa.int64()).to_pylist(),
        "tag": [tag or "" for tag in table["tag"].to_pylist()],
        "reason": table["reason"].to_pylist(),
    }


def fill_columns(run_id: str, table: pa.Table) -> Columns:
    """The columns of `fills`, from the table `fills` of a run."""
    exchange, symbol = _instruments(table)
    count = table.num_rows
    return {
        "exchange": exchange,
        "account": [run_id] * count,
        "trade_id": [str(place) for place in range(count)],
        "client_id": client_ids(run_id, table["order_id"].to_pylist()),
        "run_id": [run_id] * count,
        "ts_ns": table["ts"].cast(pa.int64()).to_pylist(),
        "symbol": symbol,
        "side": table["side"].to_pylist(),
        "price": _text(table["price"]),
        "quantity": _text(table["quantity"]),
        "fee": _text(table["fee"]),
        "fee_asset": table["fee_asset"].to_pylist(),
        "liquidity": table["liquidity"].to_pylist(),
    }


def client_ids(run_id: str, numbers: Sequence[int]) -> list[str]:
    """The client ids of a simulated run's orders.

    >>> client_ids("2024-12-31-trend-7f3a", [0, 255])
    ['59ed1d52ea87b1230000000000000000', '59ed1d52ea87b12300000000000000ff']
    """
    run = hashlib.sha256(run_id.encode()).hexdigest()[:16]
    return [f"{run}{number:016x}" for number in numbers]


def _instruments(table: pa.Table) -> tuple[list[str], list[str]]:
    """Exchange and symbol of every row, split once per instrument."""
    names = table["instrument"].combine_chunks().dictionary_encode()
    names = names.combine_chunks() if isinstance(names, pa.ChunkedArray) else names
    parts = [name.partition(":") for name in names.dictionary.to_pylist()]
    places = names.indices.to_pylist()
    return [parts[place][0] for place in places], [parts[place][2] for place in places]


def _text(column: pa.ChunkedArray, *, null_zero: bool = False) -> list[str | None]:
    """Decimals as plain text, never with an exponent."""
    numbers = pl.Series(column)
    texts = numbers.cast(pl.String)
    return (texts.set(numbers == 0, None) if null_zero else texts).to_list()
