"""ST-11: an upgrade killed before each of its statements leaves the old schema or the new one, and runs again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tickwright.adapters.storage.database.database import Database

RUNNER = Path(__file__).with_name("migration_runner.py")


def test_an_upgrade_killed_before_any_statement_is_all_or_nothing(tmp_path: Path) -> None:
    outcome = subprocess.run(
        [sys.executable, RUNNER, tmp_path], capture_output=True, text=True, timeout=120, check=False
    )
    files = sorted(tmp_path.glob("*.sqlite"), key=lambda path: int(path.stem))
    assert outcome.stdout == f"lived through {len(files) - 1} statements, exit 0\n"
    assert len(files) > 20
    for path in files:
        database = Database(path)
        assert database.current() in (None, "0001")
        assert (database.check() == []) == (database.current() == "0001")
        database.upgrade()
        assert database.check() == []
        database.close()
