"""The program that `test_backup_killed` holds: a lake is backed up, and the snapshot is said aloud; or a mutant of it.

python backup_runner.py LAKE TARGET [unflushed]
"""

from __future__ import annotations

import sys
from pathlib import Path

from tickwright.adapters.storage import durable_file
from tickwright.adapters.storage.backup import snapshots
from tickwright.adapters.storage.backup.sealing import SealingKey

KEY = SealingKey(bytes(range(32)))


def main(lake: str, target: str, mutant: str = "") -> None:
    if mutant == "unflushed":
        durable_file._flush = lambda descriptor, path: None
    print(snapshots.take_snapshot(Path(lake), Path(target), key=KEY).name, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
