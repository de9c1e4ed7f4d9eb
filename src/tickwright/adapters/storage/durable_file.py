"""Writing a file so that it is either wholly there or not there at all, also after a crash or a power cut.

Invariants: content goes to a temporary name in the same directory, is flushed to disk, takes its final name in one
rename, and the directory is flushed; nobody ever sees half a file under a final name. Every failure of the operating
system becomes a `StoreWriteFailed` that says what happened and leaves no temporary file behind if it can. In a bucket a
put is all of this at once.
Known limit: between the rename and the flush of the directory the new name is visible but not yet safe from a power
cut; who acknowledges waits for the whole call.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from tickwright.adapters.storage.place import Place
from tickwright.domain.errors import FlushFailed, StoreWriteFailed

TEMPORARY_PREFIX = ".tmp-"
ABANDONED_AFTER_S = 24 * 3600
"""In a bucket nobody holds a lock, so what no manifest names is taken for abandoned only after this time."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOWHERE = {errno.ENOENT, errno.ENOTDIR}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


def write_file(path: Place, content: bytes, *, flush_name: bool = True) -> None:
    """Make `path` hold `content`, durably and in one step; after a `StoreWriteFailed` the old file is untouched.

    Without `flush_name` the bytes are safe but not yet the name: the caller flushes the directory once for many files.
    """
    if not isinstance(path, Path):
        path.put(content)
        return
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}-{path.name}")
    try:
        _write_and_flush(temporary, content)
        os.replace(temporary, path)
    except OSError as failure:
        discard(temporary)
        raise write_failure(failure, path) from failure
    except BaseException:
        discard(temporary)
        raise
    if flush_name:
        flush_directory(path.parent)


def flush_directory(directory: Place) -> None:
    """Make the names in a directory survive a power cut; raises `FlushFailed`."""
    if not isinstance(directory, Path):
        return
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _flush(descriptor, directory)
        finally:
            os.close(descriptor)
    except OSError as failure:
        raise write_failure(failure, directory) from failure


def make_directory(directory: Place) -> None:
    """Create a directory and its missing parents, each durably; raises `StoreWriteFailed`."""
    if not isinstance(directory, Path):
        return
    missing = [place for place in (directory, *directory.parents) if not place.exists()]
    for place in reversed(missing):
        try:
            place.mkdir(exist_ok=True)
        except OSError as failure:
            raise write_failure(failure, place) from failure
        flush_directory(place.parent)


def remove_temporaries(directory: Place, name: str = "*") -> None:
    """Remove what killed writers of `name` (a pattern) left behind; the caller holds the right to write it."""
    if isinstance(directory, Path):
        for leftover in directory.glob(f"{TEMPORARY_PREFIX}*-{name}"):
            discard(leftover)


def remove_unnamed(directory: Place, suffix: str, named: set[str]) -> None:
    """Remove the files of a suffix that killed writers left unnamed; the caller holds the right to write there."""
    found = directory.iterdir() if isinstance(directory, Path) else directory.put_before(ABANDONED_AFTER_S)
    for path in found:
        if path.suffix == suffix and path.name not in named:
            discard(path)


def write_failure(failure: OSError, path: Path) -> StoreWriteFailed:
    """The platform's sentence for a write the operating system refused."""
    if failure.errno in _FULL:
        return StoreWriteFailed(
            f"the disk is full ({failure.strerror})",
            where=str(path),
            expected="room for the write",
            hint="Nothing was stored; make room and type the command again.",
        )
    if failure.errno in _READ_ONLY:
        return StoreWriteFailed(
            f"the place cannot be written ({failure.strerror})",
            where=str(path),
            expected="a directory this user may write",
            hint="Nothing was stored; mount it writable or correct its owner.",
        )
    if failure.errno in _NOWHERE:
        return StoreWriteFailed(
            f"there is no such directory ({failure.strerror})",
            where=str(path),
            expected="a path in a directory that exists",
            hint="Nothing was stored; make the directory or correct the path.",
        )
    return StoreWriteFailed(
        f"the write failed ({failure.strerror or failure})",
        where=str(path),
        expected="a working disk",
        hint="Nothing was stored; look at the system log for disk errors.",
    )


def _write_and_flush(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        _flush(descriptor, path)
    finally:
        os.close(descriptor)


def _flush(descriptor: int, path: Path) -> None:
    try:
        os.fsync(descriptor)
    except OSError as failure:
        raise FlushFailed(
            f"the disk could not keep what it took ({failure.strerror})",
            where=str(path),
            expected="a working disk",
            hint="This process writes no more here; restart it and run `tickwright data verify`.",
        ) from failure


def discard(path: Place) -> None:
    """Remove a file that nobody needs any more, if it can be."""
    with contextlib.suppress(OSError):
        path.unlink()
