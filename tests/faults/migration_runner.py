"""The program that `test_migration_killed` watches: it upgrades one database after another, each in a child process
that dies before its n-th statement, until a child lives through it.

    python migration_runner.py DIRECTORY
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path

from sqlalchemy import event

from tickwright.adapters.storage.database.database import Database


def upgrade_and_die(path: Path, place: int) -> None:
    database = Database(path)
    statements = count(1)

    def die(*_: object) -> None:
        if next(statements) == place:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", die)
    database.upgrade()


def main(directory: str) -> None:
    for place in range(1, 200):
        child = os.fork()
        if child == 0:
            upgrade_and_die(Path(directory) / f"{place}.sqlite", place)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            print(f"lived through {place - 1} statements, exit {os.WEXITSTATUS(status)}", flush=True)
            return


if __name__ == "__main__":
    main(sys.argv[1])
