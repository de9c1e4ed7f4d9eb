"""One writer per series: a lock file that names its holder and vanishes with the holding process.

In a bucket there is no lock: a writer puts only over what it has read, so of two the second to commit is refused.

Invariants: the lock is the operating system's (flock), so a killed holder never blocks anyone; a second writer is
told at once who holds it and never waits.
Known limit: on network file systems without flock the lock protects only the processes of one machine.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from tickwright.adapters.storage.durable_file import write_failure
from tickwright.adapters.storage.lake.layout import LOCK
from tickwright.adapters.storage.place import Place
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import StoreBusy
from tickwright.domain.timestamp import iso


@contextlib.contextmanager
def series_lock(directory: Place, key: SeriesKey, now_ns: int) -> Iterator[Place]:
    """Hold the right to write a series, through the place it gives; raises `StoreBusy` naming who has it."""
    if not isinstance(directory, Path):
        yield directory.for_writing()
        return
    path = directory / LOCK
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as failure:
        raise write_failure(failure, path) from failure
    try:
        _take(descriptor, key, path)
        _sign(descriptor, path, now_ns)
        yield directory
    finally:
        os.close(descriptor)


def _take(descriptor: int, key: SeriesKey, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another process"
        raise StoreBusy(
            f"{key} is being written by {holder}",
            where=str(path),
            expected="one writer per series",
            hint="Wait until it is done and type the command again; readers are not affected.",
        ) from None
    except OSError as failure:
        raise write_failure(failure, path) from failure


def _sign(descriptor: int, path: Path, now_ns: int) -> None:
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()} since {iso(now_ns)}\n".encode(), 0)
    except OSError as failure:
        raise write_failure(failure, path) from failure
