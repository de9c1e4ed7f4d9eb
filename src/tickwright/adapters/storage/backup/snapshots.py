"""Snapshots of a lake in a directory elsewhere: incremental by nature, because lake files never change.

    TARGET/objects/AB/SHA256     the content of one file, under the hash of its bytes
    TARGET/snapshots/NAME.json   which files make the lake: path, size and hash of each; the commit point

Invariants: a snapshot is written only after every object it names was read back and hashed; objects are written to a
temporary name, flushed and renamed; a killed run leaves objects that the next one uses, never a snapshot that lies. A
damaged lake gets no snapshot: the last good one stays the newest. Each series is copied from one manifest, so it is one
state; writers are not held up. Known limits: series are not frozen against each other; removing old snapshots is left
to the owner of the directory; nothing is encrypted here.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tickwright.adapters.storage.durable_file import make_directory, write_file
from tickwright.adapters.storage.lake.layout import MANIFEST
from tickwright.domain.errors import DataError, StoreDamaged

_ATTEMPTS = 20
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a snapshot: its path inside the lake, its size, and the SHA-256 of its bytes."""

    path: str
    size: int
    sha256: str


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


def take_snapshot(lake: Path, target: Path, *, now_ns: int | None = None) -> Snapshot:
    """Copy what is not there yet and commit a new snapshot; raises `DataError`, earlier snapshots stay as they are."""
    taken_ns = time.time_ns() if now_ns is None else now_ns
    entries: list[Entry] = []
    copied = 0
    for directory in [lake, *sorted(path.parent for path in lake.glob(f"*/*/*/{MANIFEST}"))]:
        found, travelled = _copied_directory(lake, directory, target)
        entries += found
        copied += travelled
    if not entries:
        raise DataError("there is nothing to back up", where=str(lake), expected="a lake with data")
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(taken_ns / 1e9))
    snapshot = Snapshot(f"{stamp}-{taken_ns % 10**9:09d}", taken_ns, tuple(entries), copied)
    make_directory(target / "snapshots")
    write_file(_snapshot_path(target, snapshot.name), _content(snapshot))
    return snapshot


def snapshots(target: Path) -> list[str]:
    """The names of the snapshots of a directory, oldest first."""
    return sorted(path.stem for path in (target / "snapshots").glob("*.json"))


def read_snapshot(target: Path, name: str = "") -> Snapshot:
    """A snapshot by its name, the newest without one; raises `DataError` where there is none, `StoreDamaged`."""
    names = snapshots(target)
    if not names or (name and name not in names):
        raise DataError(
            f"there is no snapshot {name}".rstrip(), where=str(target), expected=", ".join(names[-3:]) or "one"
        )
    path = _snapshot_path(target, name or names[-1])
    try:
        document: dict[str, Any] = orjson.loads(path.read_bytes())
        checksum = document.pop("checksum")
        if checksum != _checksum(document) or document["format"] > _FORMAT:
            raise ValueError(checksum)
        return Snapshot(path.stem, document["taken_ns"], tuple(Entry(*entry) for entry in document["entries"]))
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise StoreDamaged("the snapshot is not readable", where=str(path), expected="a sound snapshot") from failure


def verify_snapshot(target: Path, snapshot: Snapshot) -> list[str]:
    """Read every object of a snapshot whole; names the files that are missing or not what was copied."""
    return [
        f"{entry.path}: its copy is {'missing' if content is None else 'damaged'}"
        for entry in snapshot.entries
        for content in [_bytes(_object_path(target, entry.sha256))]
        if content is None or hashlib.sha256(content).hexdigest() != entry.sha256
    ]


def restore_snapshot(target: Path, snapshot: Snapshot, lake: Path) -> int:
    """Bring a snapshot back into a directory that does not exist or is empty; returns the bytes written.

    Every object is checked before its file is written; the manifests come last, so a killed restore shows no series
    that is not whole. Raises `StoreDamaged` naming the first bad object.
    """
    if lake.exists() and any(lake.iterdir()):
        raise DataError(
            "the place is not empty", where=str(lake), expected="an empty directory", hint="Nothing was changed."
        )
    for entry in sorted(snapshot.entries, key=lambda entry: entry.path.endswith(MANIFEST)):
        content = _bytes(_object_path(target, entry.sha256))
        if content is None or hashlib.sha256(content).hexdigest() != entry.sha256:
            raise StoreDamaged(
                f"the copy of {entry.path} is damaged or missing", where=str(target), expected=entry.sha256
            )
        make_directory((lake / entry.path).parent)
        write_file(lake / entry.path, content)
    return snapshot.size


def _copied_directory(lake: Path, directory: Path, target: Path) -> tuple[list[Entry], int]:
    """Copy one directory's files as one state: again, where a writer committed in between."""
    for _ in range(_ATTEMPTS):
        try:
            return _copied_state(lake, directory, target)
        except FileNotFoundError:
            continue
    raise DataError("the series changes faster than it can be copied", where=str(directory), hint="Try again later.")


def _copied_state(lake: Path, directory: Path, target: Path) -> tuple[list[Entry], int]:
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
        copied += _keep(content, sha256, target)
        entries.append(Entry(str(path.relative_to(lake)), len(content), sha256))
    return entries, copied


def _files(lake: Path, directory: Path) -> Iterator[tuple[Path, str]]:
    """The files of one state with the hash their manifest promises, and the manifest; at the root, its plain files."""
    manifest = directory / MANIFEST
    if directory == lake:
        yield from ((path, "") for path in sorted(lake.glob("*.json")) if path.is_file())
        return
    before = manifest.read_bytes()
    for part in orjson.loads(before)["parts"]:
        files = (part[kind] for kind in ("file", "history") if part[kind])
        yield from ((directory / file["name"], file["sha256"]) for file in files)
    yield from ((path, "") for path in directory.glob("quarantine.json"))
    yield manifest, ""
    if manifest.read_bytes() != before:
        raise FileNotFoundError(manifest)


def _keep(content: bytes, sha256: str, target: Path) -> int:
    """Put an object in its place if a sound one is not there; returns the bytes that travelled."""
    path = _object_path(target, sha256)
    if (held := _bytes(path)) is not None and hashlib.sha256(held).hexdigest() == sha256:
        return 0
    make_directory(path.parent)
    write_file(path, content)
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise StoreDamaged("what was copied does not read back as it was", where=str(path), expected=sha256)
    return len(content)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _object_path(target: Path, sha256: str) -> Path:
    return target / "objects" / sha256[:2] / sha256


def _snapshot_path(target: Path, name: str) -> Path:
    return target / "snapshots" / f"{name}.json"


def _content(snapshot: Snapshot) -> bytes:
    entries = [[entry.path, entry.size, entry.sha256] for entry in snapshot.entries]
    document = {"format": _FORMAT, "taken_ns": snapshot.taken_ns, "entries": entries}
    return orjson.dumps({**document, "checksum": _checksum(document)})


def _checksum(document: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()
