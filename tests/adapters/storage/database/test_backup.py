"""A backup counts only after it was read back: cut, flipped and foreign files, and a drill."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tickwright.adapters.storage.database.backup import back_up_sqlite, restore_sqlite, sqlite_counts
from tickwright.adapters.storage.database.database import Database
from tickwright.domain.errors import DataError, StoreDamaged

COLUMNS = "run_id, created_ns, mode, strategy, status"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "live.sqlite"
    database = Database(path)
    database.upgrade()
    with database.engine.begin() as connection:
        for number in range(500):
            connection.exec_driver_sql(
                f"insert into runs ({COLUMNS}) values (?, 1, 'vector', 'SmaCross', 'finished')",
                (f"run-{number}",),
            )
    database.close()
    return path


def test_a_backup_holds_every_row_also_while_the_database_is_written(source: Path, tmp_path: Path) -> None:
    with sqlite3.connect(source) as writer:
        writer.execute(f"insert into runs ({COLUMNS}) values ('open', 1, 'vector', 'x', 'open')")
        counts = back_up_sqlite(source, tmp_path / "b" / "copy.sqlite")
    assert counts["runs"] == 500  # the open transaction is not part of it
    assert sqlite_counts(tmp_path / "b" / "copy.sqlite") == counts


def test_a_drill_restores_into_a_scratch_place_and_compares(source: Path, tmp_path: Path) -> None:
    counts = back_up_sqlite(source, tmp_path / "copy.sqlite")
    assert restore_sqlite(tmp_path / "copy.sqlite", tmp_path / "scratch" / "restored.sqlite") == counts
    database = Database(tmp_path / "scratch" / "restored.sqlite")
    assert database.check() == []
    database.close()


def test_a_restore_over_an_older_state_leaves_no_trace_of_it(source: Path, tmp_path: Path) -> None:
    counts = back_up_sqlite(source, tmp_path / "copy.sqlite")
    with sqlite3.connect(source) as later:
        later.execute("delete from runs")
    later.close()
    assert restore_sqlite(tmp_path / "copy.sqlite", source) == counts
    assert sqlite_counts(source)["runs"] == 500


def test_a_database_in_use_is_not_replaced(source: Path, tmp_path: Path) -> None:
    back_up_sqlite(source, tmp_path / "copy.sqlite")
    user = sqlite3.connect(source)
    user.execute("begin")
    user.execute("select count(*) from runs").fetchone()
    with pytest.raises(DataError, match="the database is in use"):
        restore_sqlite(tmp_path / "copy.sqlite", source)
    user.close()


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign", "missing"])
def test_a_bad_backup_is_refused_and_the_database_stays(source: Path, tmp_path: Path, damage: str) -> None:
    """ST-13."""
    copy = tmp_path / "copy.sqlite"
    back_up_sqlite(source, copy)
    content = bytearray(copy.read_bytes())
    if damage == "cut":
        copy.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        content[100:4096] = bytes(3996)
        copy.write_bytes(content)
    elif damage == "foreign":
        copy.write_bytes(b"<html>" * 1000)
    else:
        copy.unlink()
    with pytest.raises(DataError):
        restore_sqlite(copy, source)
    assert sqlite_counts(source)["runs"] == 500


def test_a_failed_backup_leaves_the_last_good_one(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite"
    back_up_sqlite(source, target)
    good = target.read_bytes()
    source.write_bytes(b"x" * 8192)
    for leftover in ("-wal", "-shm"):
        source.with_name(source.name + leftover).unlink(missing_ok=True)
    with pytest.raises(StoreDamaged):
        back_up_sqlite(source, target)
    assert target.read_bytes() == good
    assert not list(tmp_path.glob(".tmp-*"))
