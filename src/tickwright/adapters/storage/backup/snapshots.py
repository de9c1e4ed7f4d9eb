"""Snapshots of a lake elsewhere: incremental by nature, because lake files never change.

`TARGET/snapshots/NAME.json` lists which files make the lake: path, size, hash and pieces of each (see `shelf`).

Invariants: a snapshot is written only after everything it names was put and read back; a killed run leaves objects that
the next one uses, never a snapshot that lies. A damaged lake gets no snapshot: the last good one stays the newest. Each
series is copied from one manifest, so it is one state; writers are not held up. Lake and target may each be a directory
or a place in a bucket. Known limits: series are not frozen against each other; removing old snapshots is left to the
owner of the target.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from tickwright.adapters.storage.backup.sealing import SealingKey
from tickwright.adapters.storage.backup.shelf import Shelf, pieces_of
from tickwright.adapters.storage.durable_file import make_directory, write_file
from tickwright.adapters.storage.lake.layout import MANIFEST
from tickwright.adapters.storage.place import Place, relative_name
from tickwright.domain.errors import DataError, StoreDamaged

FOLDER = "snapshots"

_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a snapshot: its path inside the lake, its size, the SHA-256 of its bytes, the ids of its pieces."""

    path: str
    size: int
    sha256: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole lake at one time; `copied` counts the bytes that had to travel for it."""

    name: str
    taken_ns: int
    entries: tuple[Entry, ...]
    copied: int = 0

    @property
    def size(self) -> int:
        """The bytes a restore brings back."""
        return sum(entry.size for entry in self.entries)


def stamp(taken_ns: int) -> str:
    """The name of what was taken at an instant: names sort by time.

    >>> stamp(1_700_000_000_000_000_005)
    '20231114T221320-000000005'
    """
    return f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime(taken_ns // 10**9))}-{taken_ns % 10**9:09d}"


def take_snapshot(lake: Place, target: Place, *, key: SealingKey | None = None, now_ns: int | None = None) -> Snapshot:
    """Copy what is not there yet and commit a new snapshot; raises `DataError`, earlier snapshots stay as they are."""
    taken_ns = time.time_ns() if now_ns is None else now_ns
    shelf = Shelf(target, key)
    entries: list[Entry] = []
    copied = 0
    manifests: list[Place] = sorted([*lake.glob(f"*/*/*/{MANIFEST}")], key=str)
    for directory in [lake, *(path.parent for path in manifests)]:
        found, travelled = _copied_directory(lake, directory, shelf)
        entries += found
        copied += travelled
    if not entries:
        raise DataError("there is nothing to back up", where=str(lake), expected="a lake with data")
    snapshot = Snapshot(stamp(taken_ns), taken_ns, tuple(entries), copied)
    files = [[entry.path, entry.size, entry.sha256, entry.pieces] for entry in entries]
    shelf.write_list(FOLDER, snapshot.name, {"taken_ns": taken_ns, "entries": files})
    return snapshot


def snapshots(target: Place) -> list[str]:
    """The names of the snapshots of a target, oldest first."""
    return Shelf(target).names(FOLDER)


def read_snapshot(target: Place, name: str = "", *, key: SealingKey | None = None) -> Snapshot:
    """A snapshot by its name, the newest without one; raises `DataError` where there is none, `StoreDamaged`."""
    shelf = Shelf(target, key)
    name = shelf.name(FOLDER, name)
    document = shelf.read_list(FOLDER, name)
    entries = tuple(Entry(path, size, sha256, tuple(pieces)) for path, size, sha256, pieces in document["entries"])
    return Snapshot(name, document["taken_ns"], entries)


def verify_snapshot(target: Place, snapshot: Snapshot, *, key: SealingKey | None = None) -> list[str]:
    """Read everything a snapshot names; names the files whose copies are missing or not what was copied."""
    shelf = Shelf(target, key)
    found = []
    for entry in snapshot.entries:
        try:
            _brought_back(shelf, entry)
        except StoreDamaged as damage:
            found.append(f"{entry.path}: {damage.message}")
    return found


def restore_snapshot(target: Place, snapshot: Snapshot, lake: Place, *, key: SealingKey | None = None) -> int:
    """Bring a snapshot back into a place that does not exist or is empty; returns the bytes written.

    Every file is checked before it is written; the manifests come last, so a killed restore shows no series that is not
    whole. Raises `StoreDamaged` naming the first bad copy.
    """
    if lake.exists() and any(True for _ in lake.iterdir()):
        raise DataError(
            "the place is not empty", where=str(lake), expected="an empty directory", hint="Nothing was changed."
        )
    shelf = Shelf(target, key)
    for entry in sorted(snapshot.entries, key=lambda entry: entry.path.endswith(MANIFEST)):
        content = _brought_back(shelf, entry)
        make_directory((lake / entry.path).parent)
        write_file(lake / entry.path, content)
    return snapshot.size


def _brought_back(shelf: Shelf, entry: Entry) -> bytes:
    content = b"".join(shelf.fetch(piece) for piece in entry.pieces)
    if len(content) != entry.size or hashlib.sha256(content).hexdigest() != entry.sha256:
        raise StoreDamaged("its copy is damaged", where=f"{shelf.target}: {entry.path}", expected=entry.sha256)
    return content


def _copied_directory(lake: Place, directory: Place, shelf: Shelf) -> tuple[list[Entry], int]:
    """Copy one directory's files as one state: again, where a writer committed in between."""
    for _ in range(_ATTEMPTS):
        try:
            return _copied_state(lake, directory, shelf)
        except FileNotFoundError:
            continue
    raise DataError("the series changes faster than it can be copied", where=str(directory), hint="Try again later.")


def _copied_state(lake: Place, directory: Place, shelf: Shelf) -> tuple[list[Entry], int]:
    entries: list[Entry] = []
    copied = 0
    for path, promised in _files(lake, directory):
        content = path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        if promised not in ("", sha256):
            hint = "The last snapshot is still good: restore the series from it, or fetch it again."
            raise StoreDamaged(
                "its bytes are not those that were written", where=str(path), expected=promised, hint=hint
            )
        kept = [shelf.keep(piece) for piece in pieces_of(content)]
        copied += sum(travelled for _, travelled in kept)
        pieces = tuple(identity for identity, _ in kept)
        entries.append(Entry(str(relative_name(path, lake)), len(content), sha256, pieces))
    return entries, copied


def _files(lake: Place, directory: Place) -> Iterator[tuple[Place, str]]:
    """The files of one state with the hash their manifest promises, and the manifest; at the root, its plain files."""
    manifest = directory / MANIFEST
    if directory == lake:
        plain: list[Place] = sorted([*lake.glob("*.json")], key=str)
        yield from ((path, "") for path in plain if path.is_file())
        return
    before = manifest.read_bytes()
    for part in orjson.loads(before)["parts"]:
        files = (part[kind] for kind in ("file", "history") if part[kind])
        yield from ((directory / file["name"], file["sha256"]) for file in files)
    yield from ((path, "") for path in directory.glob("quarantine.json"))
    yield manifest, ""
    if manifest.read_bytes() != before:
        raise FileNotFoundError(manifest)
