"""The program that `test_migration_killed` holds: it brings one database up to date and says so; or a mutant of it.

python migration_runner.py FILE [piecemeal]
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import event

from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.engine import begin_sqlite


def main(path: str, mutant: str = "") -> None:
    database = Database(Path(path))
    if mutant == "piecemeal":  # each statement by itself instead of all in one transaction
        event.remove(database.engine, "begin", begin_sqlite)
    database.upgrade()
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
