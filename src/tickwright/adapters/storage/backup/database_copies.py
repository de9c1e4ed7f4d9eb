"""Copies of a database on the shelf of backups: made by the server's own means, brought back and compared by content.

`TARGET/databases/NAME.json` lists the pieces of one dump and what every table held when it was made.

Invariants: a copy holds one state, and its list says which (rows and checksum of each table, taken from the same
snapshot); it counts only after its pieces were put and read back; a database that holds tables is never restored into;
a restored database is compared with the list before it is called restored. Known limits: SQLite is copied by its backup
interface and PostgreSQL by `pg_dump` and `pg_restore` in the server's version; dumps pass through a file of this
machine's temporary directory, readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tickwright.adapters.storage.backup.sealing import SealingKey
from tickwright.adapters.storage.backup.shelf import PIECE, Shelf
from tickwright.adapters.storage.backup.snapshots import stamp
from tickwright.adapters.storage.database.backup import (
    back_up_postgres,
    back_up_sqlite,
    restore_postgres,
    restore_sqlite,
)
from tickwright.adapters.storage.database.contents import TableContent, contents
from tickwright.adapters.storage.database.engine import database_url, open_engine
from tickwright.adapters.storage.place import Place
from tickwright.domain.errors import DataError, StoreDamaged

FOLDER = "databases"


@dataclass(frozen=True, slots=True)
class DatabaseCopy:
    """One copy: what it is a copy of (`sqlite` or `postgresql`), what its tables held, and the pieces of the dump."""

    name: str
    taken_ns: int
    backend: str
    tables: dict[str, TableContent]
    size: int
    sha256: str
    pieces: tuple[str, ...]
    copied: int = 0

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(table.rows for table in self.tables.values())


@dataclass(frozen=True, slots=True)
class DatabaseDrill:
    """What a restore of the newest copy found: its age, the seconds to bring it back, and the tables changed since."""

    copy: str
    tables: int
    rows: int
    size: int
    rpo_s: float
    rto_s: float
    behind: tuple[str, ...]


def keep_database(
    address: str | Path,
    target: Place,
    *,
    key: SealingKey | None = None,
    tools: Path | None = None,
    now_ns: int | None = None,
) -> DatabaseCopy:
    """Copy a database (the path of a SQLite file, or a URL) to the target; raises `DataError`."""
    taken_ns = time.time_ns() if now_ns is None else now_ns
    shelf = Shelf(target, key)
    with tempfile.TemporaryDirectory(prefix="tickwright-") as folder:
        dump = Path(folder) / "dump"
        tables = _dumped(address, dump, tools)
        digest, kept = hashlib.sha256(), []
        for piece in _pieces(dump):
            digest.update(piece)
            kept.append(shelf.keep(piece))
        size = dump.stat().st_size
    copy = DatabaseCopy(
        stamp(taken_ns), taken_ns, database_url(address).get_backend_name(), tables, size, digest.hexdigest(),
        tuple(identity for identity, _ in kept), sum(travelled for _, travelled in kept),
    )  # fmt: skip
    listed = {name: [table.rows, str(table.checksum)] for name, table in tables.items()}
    names = ("taken_ns", "backend", "size", "sha256", "pieces")
    shelf.write_list(FOLDER, copy.name, {name: asdict(copy)[name] for name in names} | {"tables": listed})
    return copy


def database_copies(target: Place) -> list[str]:
    """The names of the copies of a target, oldest first."""
    return Shelf(target).names(FOLDER)


def read_database_copy(target: Place, name: str = "", *, key: SealingKey | None = None) -> DatabaseCopy:
    """A copy by its name, the newest without one; raises `DataError` where there is none, `StoreDamaged`."""
    shelf = Shelf(target, key)
    name = shelf.name(FOLDER, name)
    document = shelf.read_list(FOLDER, name)
    tables = {table: TableContent(rows, int(checksum)) for table, (rows, checksum) in document["tables"].items()}
    return DatabaseCopy(
        name, document["taken_ns"], document["backend"], tables, document["size"], document["sha256"],
        tuple(document["pieces"]),
    )  # fmt: skip


def bring_back_database(
    target: Place,
    copy: DatabaseCopy,
    address: str | Path,
    *,
    key: SealingKey | None = None,
    tools: Path | None = None,
    replace: bool = False,
) -> None:
    """Restore a copy, then compare every table with the copy's list; raises `DataError`, `StoreDamaged`.

    `replace` allows a SQLite file that exists to be replaced; a PostgreSQL database must hold no tables.
    """
    url = database_url(address)
    if url.get_backend_name() != copy.backend:
        raise DataError(
            f"the copy is one of {copy.backend}", where=_shown(address), expected=f"a {copy.backend} database"
        )
    _demand_empty(address, replace)
    with tempfile.TemporaryDirectory(prefix="tickwright-") as folder:
        dump = Path(folder) / "dump"
        _fetch(Shelf(target, key), copy, dump)
        if copy.backend == "sqlite":
            restore_sqlite(dump, Path(str(url.database)))
        else:
            restore_postgres(dump, url, tools=tools)
    different = _different(copy.tables, _held(address))
    if different:
        raise StoreDamaged(
            f"the restored tables {', '.join(different)} are not those that were copied", where=_shown(address)
        )


def drill_database(
    address: str | Path,
    target: Place,
    *,
    key: SealingKey | None = None,
    tools: Path | None = None,
    now_ns: int | None = None,
) -> DatabaseDrill:
    """Restore the newest copy into a scratch place, compare every table, measure, and clean up; raises `DataError`.

    SQLite is restored into a temporary directory, PostgreSQL into a new database of the same server.
    """
    copy = read_database_copy(target, key=key)
    with _scratch(address) as scratch:
        started = time.monotonic()
        bring_back_database(target, copy, scratch, key=key, tools=tools)
        seconds = time.monotonic() - started
    behind = _different(copy.tables, _held(address))
    age = ((time.time_ns() if now_ns is None else now_ns) - copy.taken_ns) / 1e9
    return DatabaseDrill(copy.name, len(copy.tables), copy.rows, copy.size, age, seconds, tuple(behind))


def _dumped(address: str | Path, dump: Path, tools: Path | None) -> dict[str, TableContent]:
    """Copy a database into a file; returns what its tables held in that copy."""
    url = database_url(address)
    if url.get_backend_name() == "sqlite":
        back_up_sqlite(Path(str(url.database)), dump)
        return _held(dump)
    engine = open_engine(url)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
            snapshot = connection.execute(text("select pg_export_snapshot()")).scalar_one()
            tables = contents(connection)
            back_up_postgres(url, dump, tools=tools, snapshot=str(snapshot))
            return tables
    except SQLAlchemyError as failure:
        raise _refused(address, failure) from None
    finally:
        engine.dispose()


def _held(address: str | Path) -> dict[str, TableContent]:
    engine = open_engine(database_url(address))
    try:
        with engine.connect() as connection, connection.begin():
            return contents(connection)
    except SQLAlchemyError as failure:
        raise _refused(address, failure) from None
    finally:
        engine.dispose()


def _different(copied: dict[str, TableContent], held: dict[str, TableContent]) -> list[str]:
    return sorted(name for name in copied.keys() | held.keys() if copied.get(name) != held.get(name))


def _demand_empty(address: str | Path, replace: bool) -> None:
    url = database_url(address)
    if url.get_backend_name() == "sqlite":
        if Path(str(url.database)).exists() and not replace:
            hint = "Nothing was changed; say that it may be replaced, or name another file."
            raise DataError("there is a database already", where=str(url.database), expected="a new file", hint=hint)
    elif tables := _held(address):
        hint = "Nothing was changed; restore into a new database."
        raise DataError(
            f"the database holds {len(tables)} tables", where=_shown(address), expected="an empty database", hint=hint
        )


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _fetch(shelf: Shelf, copy: DatabaseCopy, path: Path) -> None:
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for identity in copy.pieces:
            piece = shelf.fetch(identity)
            digest.update(piece)
            file.write(piece)
    if digest.hexdigest() != copy.sha256:
        raise StoreDamaged("the pieces of the dump do not make what was copied", where=str(shelf.target))


@contextmanager
def _scratch(address: str | Path) -> Iterator[str | Path]:
    """A place of its own for a restore, gone afterwards."""
    url = database_url(address)
    if url.get_backend_name() == "sqlite":
        with tempfile.TemporaryDirectory(prefix="tickwright-") as folder:
            yield Path(folder) / "restored.sqlite"
        return
    name = f"tickwright_drill_{uuid.uuid4().hex[:12]}"
    engine = open_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"create database {name}"))
            try:
                yield url.set(database=name).render_as_string(hide_password=False)
            finally:
                connection.execute(text(f"drop database {name} with (force)"))
    except SQLAlchemyError as failure:
        raise _refused(address, failure) from None
    finally:
        engine.dispose()


def _refused(address: str | Path, failure: SQLAlchemyError) -> DataError:
    reason = str(getattr(failure, "orig", None) or type(failure).__name__).strip().splitlines()[0]
    return DataError(f"the database refused ({reason})", where=_shown(address), expected="a working database")


def _shown(address: str | Path) -> str:
    return database_url(address).render_as_string(hide_password=True)
