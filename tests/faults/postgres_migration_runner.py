"""The program that `test_postgres_migration_killed` starts: it upgrades a database again and again, and dies each time.

python postgres_migration_runner.py ADDRESS BACKUPS TOOLS [piecemeal]: for each line on standard input a child of it
upgrades the database and kills itself before its n-th statement (n counts from 1, the commit is a statement too); the
answer is `killed` or `done`. A copy is made before the first attempt and not again, since nothing has changed. The
mutant `piecemeal` commits after each statement.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import sqlalchemy as sa

from tickwright.adapters.storage.database import schema_steps  # noqa: F401 - imported before the forks
from tickwright.adapters.storage.database.database import Database


class CopiedOnce(Database):
    """A database whose copy is good for every attempt."""

    copies: Path

    def backup(self, target: Path | None = None) -> Path:
        """The copy of the first attempt."""
        return next(iter(sorted(self.copies.glob("*.dump"))), None) or super().backup(target)


def upgrade_and_die(address: str, backups: Path, tools: Path, last: int, mutant: str) -> None:
    database = CopiedOnce(address, backups=backups, tools=tools)
    database.copies = backups
    engine, statements = database.engine, 0
    if mutant == "piecemeal":
        engine.update_execution_options(isolation_level="AUTOCOMMIT")

    def count(*whatever: object) -> None:
        nonlocal statements
        statements += 1
        if statements == last:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(engine, "before_cursor_execute", count)
    sa.event.listen(engine, "commit", count)
    database.upgrade()
    database.close()


def main(address: str, backups: str, tools: str, mutant: str = "") -> None:
    for last, _ in enumerate(sys.stdin, 1):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                upgrade_and_die(address, Path(backups), Path(tools), last, mutant)
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else f"done {os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
