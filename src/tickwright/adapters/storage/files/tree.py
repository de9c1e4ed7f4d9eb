"""The data files of a folder and everything below it.

Invariants: the order is that of the paths and nothing else; what is hidden, and a store of ours with all it holds, is
passed over; a file is taken by its ending alone, what it is comes out when it is read. Links to folders are not
followed, so a walk ends.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tickwright.adapters.storage.files.naming import ENDINGS
from tickwright.adapters.storage.lake.layout import MARKER
from tickwright.domain.errors import DataError


@dataclass(frozen=True, slots=True)
class DataFiles:
    """The files of a folder that may hold candles, in order, and how many others there are."""

    files: tuple[Path, ...]
    passed_over: int


def data_files(root: Path) -> DataFiles:
    """The data files below a folder; raises `DataError` where it cannot be read."""
    found: list[Path] = []
    others = 0
    try:
        for folder, below, names in os.walk(root, onerror=_refuse):
            if MARKER in names:
                below.clear()
                continue
            below[:] = sorted(name for name in below if not name.startswith("."))
            visible = [name for name in names if not name.startswith(".")]
            taken = [name for name in visible if Path(name).suffix.lower() in ENDINGS]
            others += len(visible) - len(taken)
            found += [Path(folder) / name for name in taken]
    except OSError as failure:
        raise DataError(
            f"the folder cannot be read ({failure.strerror})", where=str(root), expected="a readable folder"
        ) from failure
    return DataFiles(tuple(sorted(found)), others)


def speaking_path(file: Path, root: Path | None) -> Path:
    """The path whose folders may say something: from the folder of an import down, or a file's nearest folders."""
    if root is not None:
        return Path(root.resolve().name) / file.relative_to(root)
    return Path(*file.absolute().parts[-_NEAR:])


_NEAR = 6


def _refuse(failure: OSError) -> None:
    raise failure
