"""Where backups lie: objects by content, and signed lists of them, in a directory or in a bucket.

    TARGET/objects/AB/ID          a piece of content, at most 4 MiB; ID is its SHA-256, a keyed hash where it is sealed
    TARGET/FOLDER/NAME.json       a list: what one copy consists of; the commit point of every backup

Invariants: what is put is read back before it counts; a list is written after everything it names; in a directory an
object that is damaged is replaced by the next run that needs it. With a key everything is sealed and nothing unsealed
is believed; without one nothing sealed can be read. Known limits: in a bucket an object that is listed is relied on
without reading it again at each run (verifying and the drill read everything; remove what they name); removing old
lists, and then objects that no list names, is left to the owner.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from tickwright.adapters.storage.backup.sealing import SealingKey, is_sealed, sealed, unsealed
from tickwright.adapters.storage.durable_file import TEMPORARY_PREFIX, make_directory, write_file
from tickwright.adapters.storage.place import Place
from tickwright.domain.errors import DataError, StoreDamaged

PIECE = 4 * 1024**2
FORMAT = 2


class Shelf:
    """The objects and lists under one place, sealed where a key is given."""

    def __init__(self, target: Place, key: SealingKey | None = None) -> None:
        self.target, self._key = target, key
        self._there: set[str] | None = None

    def keep(self, content: bytes) -> tuple[str, int]:
        """Put a piece in its place if a sound one is not there; returns its id, and the bytes that travelled."""
        sha256 = hashlib.sha256(content)
        identity = sha256.hexdigest() if self._key is None else self._key.name(sha256.digest())
        if self._holds(identity, content):
            return identity, 0
        path = self._object(identity)
        make_directory(path.parent)
        form = self._form(identity, content)
        write_file(path, form)
        if path.read_bytes() != form:
            raise StoreDamaged(
                "what was copied does not read back as it was", where=str(path), expected=sha256.hexdigest()
            )
        return identity, len(content)

    def fetch(self, identity: str) -> bytes:
        """A piece by its id; raises `StoreDamaged` where it is missing or not what was kept."""
        path = self._object(identity)
        try:
            content = self._content(identity, path.read_bytes())
        except OSError as failure:
            raise StoreDamaged("a copy is missing", where=str(path), expected=identity) from failure
        sha256 = hashlib.sha256(content)
        if identity != (sha256.hexdigest() if self._key is None else self._key.name(sha256.digest())):
            raise StoreDamaged("a copy is damaged", where=str(path), expected=identity)
        return content

    def write_list(self, folder: str, name: str, document: dict[str, Any]) -> None:
        """Commit a copy: from now on it counts."""
        whole = {"format": FORMAT, **document}
        content = orjson.dumps({**whole, "checksum": _checksum(whole)})
        path = self._list(folder, name)
        make_directory(path.parent)
        write_file(path, self._form(f"{folder}/{name}", content))

    def read_list(self, folder: str, name: str) -> dict[str, Any]:
        """What a copy consists of; raises `DataError` where the key does not fit, `StoreDamaged`."""
        path = self._list(folder, name)
        try:
            document: dict[str, Any] = orjson.loads(self._content(f"{folder}/{name}", path.read_bytes()))
            checksum = document.pop("checksum")
            if checksum != _checksum(document) or document["format"] != FORMAT:
                raise ValueError(checksum)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as failure:
            raise StoreDamaged(
                "the snapshot is not readable", where=str(path), expected="a sound snapshot"
            ) from failure
        return document

    def names(self, folder: str) -> list[str]:
        """The names of the lists of a folder, sorted: oldest first, since they begin with their time."""
        found = (path for path in (self.target / folder).glob("*.json"))
        return sorted(path.stem for path in found if not path.name.startswith(TEMPORARY_PREFIX))

    def name(self, folder: str, wanted: str = "") -> str:
        """A list by its name, the newest without one; raises `DataError` where there is none."""
        names = self.names(folder)
        if not names or (wanted and wanted not in names):
            expected = ", ".join(names[-3:]) or "one"
            raise DataError(f"there is no snapshot {wanted}".rstrip(), where=str(self.target), expected=expected)
        return wanted or names[-1]

    def _holds(self, identity: str, content: bytes) -> bool:
        if isinstance(self.target, Path):
            with contextlib.suppress(StoreDamaged):
                return self.fetch(identity) == content
            return False
        if self._there is None:
            self._there = {path.name for path in (self.target / "objects").glob("*/*")}
        return identity in self._there

    def _form(self, name: str, content: bytes) -> bytes:
        return content if self._key is None else b"".join(sealed(self._key, name, [content]))

    def _content(self, name: str, form: bytes) -> bytes:
        if self._key is not None:
            return b"".join(unsealed(self._key, name, [form]))
        if is_sealed(form):
            hint = "Set TICKWRIGHT_BACKUP_KEY or TICKWRIGHT_BACKUP_KEY_FILE to the key it was made with."
            raise DataError("the backup is encrypted", where=str(self.target), expected="its key", hint=hint)
        return form

    def _object(self, identity: str) -> Place:
        return self.target / "objects" / identity[:2] / identity

    def _list(self, folder: str, name: str) -> Place:
        return self.target / folder / f"{name}.json"


def pieces_of(content: bytes) -> Iterator[bytes]:
    """A content in pieces that the shelf takes; one empty piece for an empty one."""
    for start in range(0, max(len(content), 1), PIECE):
        yield content[start : start + PIECE]


def _checksum(document: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()
