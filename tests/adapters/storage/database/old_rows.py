"""One row in every table of the first schema, and what a database holds of those columns."""

from __future__ import annotations

import sqlalchemy as sa

from tickwright.adapters.storage.database.database import Database

FIRST = "0001"
_ROWS: dict[str, dict[str, object]] = {
    "runs": {"run_id": "a", "created_ns": 1, "mode": "vector", "strategy": "x", "status": "done", "digest": "d"},
    "manifests": {"run_id": "a", "document": "{}"},
    "jobs": {"job_id": "j", "kind": "fetch", "status": "done", "attempts": 1, "created_ns": 2, "payload": "{}"},
    "instruments": {
        "exchange": "e", "symbol": "s", "kind": "k", "status": "o", "contract_size": "1", "source": "f",
    },
    "instrument_rules": {
        "exchange": "e", "symbol": "s", "valid_from_ns": 3, "tick": "0.01", "lot": "0.1", "min_notional": "5",
        "min_quantity": "0",
    },
    "trials": {
        "run_id": "a", "created_ns": 4, "strategy": "x", "data_hash": "h", "parameters": "{}", "metrics": "{}",
    },
    "orders": {
        "client_id": "o", "run_id": "a", "exchange": "e", "account": "m", "symbol": "s", "side": "buy", "type": "limit",
        "quantity": "0.00000001", "status": "filled", "created_ns": 5, "tag": "", "reason": "signal",
    },
    "fills": {
        "exchange": "e", "account": "m", "trade_id": "t", "client_id": "o", "ts_ns": 6, "symbol": "s", "side": "buy",
        "price": "43000.01", "quantity": "0.00000001", "fee": "0", "fee_asset": "BNB", "liquidity": "taker",
    },
}  # fmt: skip


def fill_old_tables(database: Database) -> None:
    """Insert the rows."""
    with database.engine.begin() as connection:
        for table, row in _ROWS.items():
            names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
            connection.execute(sa.text(f"insert into {table} ({names}) values ({places})"), row)


def old_tables(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """What the tables hold in those columns."""
    with database.engine.connect() as connection:
        return {
            table: [tuple(found) for found in connection.execute(sa.text(f"select {', '.join(row)} from {table}"))]
            for table, row in _ROWS.items()
        }


EXPECTED = {table: [tuple(row.values())] for table, row in _ROWS.items()}
