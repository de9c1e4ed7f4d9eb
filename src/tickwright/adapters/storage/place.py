"""Where a store's files may stand: in a directory of this machine, or under a name in a bucket.

Both offer the same part of `pathlib.Path`; what differs (flushing, locking, replacing) is decided in `durable_file` and
in the lake's `series_lock`, and nowhere else.
"""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TypeAlias

from tickwright.adapters.storage.bucket.bucket_path import BucketPath

Place: TypeAlias = Path | BucketPath
"""A file or directory, or an object or the beginning of objects' names."""


def relative_name(path: Place, root: Place) -> PurePath:
    """A path as seen from one above it; raises `ValueError` where that is not above."""
    if isinstance(path, BucketPath):
        return path.relative_to(root)
    if isinstance(root, BucketPath):
        raise ValueError(f"{path} is not in {root}")
    return path.relative_to(root)


def place_of(location: str | Path) -> Place:
    """The place a location means: `s3://…` in a bucket, anything else a path; raises `SettingsError`."""
    if isinstance(location, str) and location.startswith("s3:"):
        return BucketPath.at(location)
    return Path(location).expanduser()
