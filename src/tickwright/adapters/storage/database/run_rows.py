"""The rows of kept runs: what was run, its manifest, its orders and fills.

Invariants: a run is `writing` from its first row on and `finished` only in the transaction that holds all of it, so no
reader takes half a run for a whole one; finishing replaces what an interrupted attempt left, so it may be repeated;
removing a run takes its orders and fills with it and leaves its trials counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import Connection, Row, delete, insert, select, update

from tickwright.adapters.storage.database.bulk_insert import insert_new, insert_rows
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.models import FillRow, OrderRow, Run, RunManifest, Table
from tickwright.domain.timestamp import parse_instant

if TYPE_CHECKING:  # whoever only lists runs does not wait for Arrow
    import pyarrow as pa

WRITING: Final = "writing"
FINISHED: Final = "finished"
INTERRUPTED: Final = "interrupted"
REMOVING: Final = "removing"

_RUNS, _ORDERS, _FILLS = (Table.metadata.tables[name] for name in ("runs", "orders", "fills"))


@dataclass(frozen=True, slots=True)
class RunRow:
    """What a run is listed by; statistics are None until it is finished, and where they are undefined."""

    run_id: str
    status: str
    created_ns: int
    home: str
    mode: str
    strategy: str
    params: Mapping[str, Any]
    symbols: tuple[str, ...]
    timeframe: str
    total_return: float | None
    sharpe: float | None
    max_drawdown: float | None
    trades: int | None
    digest: str | None


class RunRows:
    """The runs in a database."""

    def __init__(self, database: Database, *, with_orders: bool = True) -> None:
        """`with_orders` says whether the orders and fills of a run are kept as rows too."""
        self._database, self._with_orders = database, with_orders

    def reserve(self, run_id: str, home: str, manifest: Mapping[str, Any], draft: str) -> bool:
        """Make the row of a run that is being written into a folder of this name; False where the id is taken."""
        row = _row(run_id, home, manifest) | {"folder": draft}
        ours = select(Run.run_id).where(Run.run_id == run_id, Run.home == home, Run.folder == draft)

        def work(connection: Connection) -> bool:
            # our own row may be there from an attempt whose answer was lost
            return insert_new(connection, _RUNS, row) or connection.execute(ours).first() is not None

        return self._database.write(work)

    def finish(self, run_id: str, home: str, manifest: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> None:
        """Write all of a run and call it finished, in one transaction; a run that is finished stays as it is."""
        from tickwright.adapters.storage.database.order_rows import fill_columns, order_columns

        orders = order_columns(run_id, tables["orders"]) if self._with_orders else None
        fills = fill_columns(run_id, tables["fills"]) if self._with_orders else None
        row, outcome = _row(run_id, home, manifest), _outcome(manifest)

        def work(connection: Connection) -> None:
            insert_new(connection, _RUNS, row)
            if _claimed(connection, run_id) == FINISHED:
                return
            _clear(connection, run_id)
            document = orjson.dumps(manifest, option=orjson.OPT_SERIALIZE_NUMPY).decode()
            connection.execute(insert(RunManifest).values(run_id=run_id, document=document))
            if orders is not None and fills is not None:
                insert_rows(connection, _ORDERS, orders)
                insert_rows(connection, _FILLS, fills)
            connection.execute(update(Run).where(Run.run_id == run_id).values(**row | outcome | {"status": FINISHED}))

        self._database.write(work)

    def mark(self, run_id: str, status: str) -> None:
        """Give a run another status."""
        change = update(Run).where(Run.run_id == run_id).values(status=status)
        self._database.write(lambda connection: connection.execute(change))

    def remove(self, run_id: str) -> None:
        """Remove every row of a run but its trials; does nothing where there is none."""

        def work(connection: Connection) -> None:
            _clear(connection, run_id)
            connection.execute(delete(Run).where(Run.run_id == run_id))

        self._database.write(work)

    def all(self) -> list[RunRow]:
        """Every run of the database, the newest first."""
        ordered = select(Run).order_by(Run.created_ns.desc(), Run.run_id.desc())
        columns = ordered.with_only_columns(*Run.__table__.columns)
        return [_read(row) for row in self._database.read(lambda connection: connection.execute(columns).all())]

    def manifest(self, run_id: str) -> dict[str, Any] | None:
        """The manifest of a finished run, None where there is none."""
        asked = select(RunManifest.document).where(RunManifest.run_id == run_id)
        found = self._database.read(lambda connection: connection.execute(asked).scalar_one_or_none())
        document: dict[str, Any] | None = None if found is None else orjson.loads(found)
        return document


def _claimed(connection: Connection, run_id: str) -> str:
    """The status of a run whose row nobody else may change until this transaction ends."""
    return connection.execute(select(Run.status).where(Run.run_id == run_id).with_for_update()).scalar_one()


def _clear(connection: Connection, run_id: str) -> None:
    """Remove what belongs to a run but its own row."""
    for table in (FillRow, OrderRow, RunManifest):
        connection.execute(delete(table).where(table.run_id == run_id))


def _row(run_id: str, home: str, manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "status": WRITING,
        "created_ns": parse_instant(manifest["created"]),
        "mode": manifest["mode"],
        "strategy": manifest["strategy"],
        "name": manifest["name"],
        "params": orjson.dumps(manifest["params"], option=orjson.OPT_SERIALIZE_NUMPY).decode(),
        "symbols": orjson.dumps(list(manifest["symbols"])).decode(),
        "timeframe": manifest["timeframe"],
        "folder": run_id,
        "home": home,
    }


def _outcome(manifest: Mapping[str, Any]) -> dict[str, Any]:
    stats = manifest["statistics"]
    return {
        "digest": manifest["digest"],
        "account_digest": manifest["account_digest"],
        **{name: stats[name] for name in ("total_return", "sharpe", "max_drawdown", "trades")},
    }


def _read(row: Row[Any]) -> RunRow:
    return RunRow(
        row.run_id, row.status, row.created_ns, row.home or "", row.mode, row.strategy,
        orjson.loads(row.params or "{}"), tuple(orjson.loads(row.symbols or "[]")), row.timeframe or "",
        row.total_return, row.sharpe, row.max_drawdown, row.trades, row.digest,
    )  # fmt: skip
