"""One name in a bucket, with the part of `pathlib.Path` that a bucket can keep.

Invariants: a bucket has no directories, so making one costs nothing and an empty one does not exist; a name is an
object or the beginning of others' names. A path of a writer (`for_writing`) remembers the version of each object it
read, and puts only over that version: whoever read before another one wrote is refused (`StoreBusy`), whatever it
wanted to put. Other paths only create.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from tickwright.adapters.storage.bucket.address import bucket_address
from tickwright.adapters.storage.bucket.objects import Objects, VersionChanged
from tickwright.domain.errors import StoreBusy, StoreWriteFailed

_Versions = dict[str, str | None]


class BucketPath:
    """A name in a bucket: `path / "name"`, `read_bytes`, `put`, `glob`, `unlink` and the rest of what stores use."""

    def __init__(self, objects: Objects, parts: tuple[str, ...] = (), versions: _Versions | None = None) -> None:
        self._objects, self._parts, self._versions = objects, parts, versions

    @classmethod
    def at(cls, location: str) -> BucketPath:
        """The place an `s3://` location means; raises `SettingsError`."""
        address = bucket_address(location)
        return cls(Objects(address), address.prefix)

    def for_writing(self) -> BucketPath:
        """The same place for one write: what is read through it is what may be replaced through it."""
        return BucketPath(self._objects, self._parts, {})

    @property
    def name(self) -> str:
        """The last part of the name."""
        return self._parts[-1] if self._parts else ""

    @property
    def suffix(self) -> str:
        """The end of the last part from its last dot on."""
        return PurePosixPath(self.name).suffix

    @property
    def stem(self) -> str:
        """The last part without its suffix."""
        return PurePosixPath(self.name).stem

    @property
    def parent(self) -> BucketPath:
        """The name without its last part."""
        return BucketPath(self._objects, self._parts[:-1], self._versions)

    @property
    def _key(self) -> str:
        return "/".join(self._parts)

    def __truediv__(self, name: str) -> BucketPath:
        pieces = tuple(piece for piece in name.split("/") if piece)
        return BucketPath(self._objects, (*self._parts, *pieces), self._versions)

    def __str__(self) -> str:
        return "/".join((self._objects.place, *self._parts))

    def __repr__(self) -> str:
        return f"BucketPath({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BucketPath) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def relative_to(self, other: object) -> PurePosixPath:
        """The name as seen from a place above it; raises `ValueError` where it is not above."""
        return PurePosixPath(str(self)).relative_to(PurePosixPath(str(other)))

    def is_file(self) -> bool:
        """Whether there is an object of this name."""
        return self._objects.holds(self._key)

    def exists(self) -> bool:
        """Whether there is an object of this name, or one below it."""
        return self.is_file() or any(True for _ in self.iterdir())

    def iterdir(self) -> Iterator[BucketPath]:
        """Every object below this name, at any depth."""
        for found in self._objects.list(self._key):
            yield BucketPath(self._objects, tuple(found.key.split("/")), self._versions)

    def glob(self, pattern: str) -> Iterator[BucketPath]:
        """The objects below this name whose parts match the pattern's, one by one."""
        wanted = pattern.split("/")
        for path in self.iterdir():
            parts = path._parts[len(self._parts) :]
            if len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted)):
                yield path

    def put_before(self, age_s: float) -> list[BucketPath]:
        """The objects below this name that have been there for a while."""
        limit = time.time_ns() - int(age_s * 1e9)
        old = (found.key for found in self._objects.list(self._key) if found.modified_ns < limit)
        return [BucketPath(self._objects, tuple(key.split("/")), self._versions) for key in old]

    def read_bytes(self) -> bytes:
        """The object's bytes; raises `FileNotFoundError`, `StoreUnreachable`."""
        try:
            content, version = self._objects.get(self._key)
        except FileNotFoundError:
            self._remember(None)
            raise
        self._remember(version)
        return content

    def put(self, content: bytes) -> None:
        """Keep an object durably, all or nothing; raises `StoreBusy`, `StoreWriteFailed`."""
        version = self._versions.get(self._key) if self._versions is not None else None
        try:
            kept = self._objects.put(self._key, content, version=version)
        except VersionChanged:
            raise StoreBusy(
                f"another writer changed {self.name} in the meantime",
                where=str(self),
                expected="one writer per series",
                hint="Nothing of this write counts; type the command again.",
            ) from None
        if self._versions is not None:
            self._versions[self._key] = kept

    def unlink(self, missing_ok: bool = True) -> None:
        """Remove the object, whether there was one or not; raises `OSError` as a path does."""
        try:
            self._objects.delete(self._key)
        except StoreWriteFailed as failure:
            raise OSError(str(failure)) from failure

    def _remember(self, version: str | None) -> None:
        """Only the first look counts: what a write is based on is what it saw first."""
        if self._versions is not None:
            self._versions.setdefault(self._key, version)
