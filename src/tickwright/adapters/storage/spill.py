"""Arrays that are too large for memory, on disk while a run needs them.

Invariants: what is given back has the same values, cannot be written to and lies in a file that has no name, so nothing
is left behind however the process ends; a place costs a few file handles however many arrays it keeps; pages that were
read leave memory with `release` and come back when they are read again.
Known limit: a directory in memory (a tmpfs) spills into memory; choose one on a disk.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.adapters.storage.durable_file import write_failure

Array = npt.NDArray[Any]

EXTENT_BYTES = 16 * 1024**3
"""How much of a file is mapped at a time; it takes room on disk only where something was written."""

_AT_ONCE = 8 * 1024**2
_ALIGNMENT = 64


class DiskSpill:
    """A place under a directory for arrays of one run."""

    def __init__(self, directory: Path, *, extent_bytes: int = EXTENT_BYTES) -> None:
        self._directory, self._extent_bytes = directory, extent_bytes
        self._maps: list[mmap.mmap] = []
        self._file: Any = None
        self._used = self._size = 0
        self.bytes_kept = 0

    def keep(self, array: Array) -> Array:
        """The same values, read from disk when they are asked for; raises `StoreWriteFailed`."""
        if array.nbytes == 0:
            return array
        flat = np.ascontiguousarray(array).reshape(-1)
        try:
            if self._used + flat.nbytes > self._size:
                self._begin(max(self._extent_bytes, flat.nbytes))
            self._write(flat.view(np.uint8))
        except OSError as failure:
            raise write_failure(failure, self._directory) from failure
        kept = np.frombuffer(self._maps[-1], flat.dtype, len(flat), self._used).reshape(array.shape)
        self._used += -(-flat.nbytes // _ALIGNMENT) * _ALIGNMENT
        self.bytes_kept += flat.nbytes
        return kept

    def release(self) -> None:
        """Let what was read leave memory."""
        for mapped in self._maps:
            mapped.madvise(mmap.MADV_DONTNEED)

    def _begin(self, size: int) -> None:
        """Another file without a name, mapped whole."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=self._directory)  # noqa: SIM115 - open as long as it is mapped
        self._file.truncate(size)
        self._maps.append(mmap.mmap(self._file.fileno(), size, access=mmap.ACCESS_READ))
        self._used, self._size = 0, size

    def _write(self, content: npt.NDArray[np.uint8]) -> None:
        """Put bytes behind what is used already."""
        for first in range(0, len(content), _AT_ONCE):
            piece, done = content[first : first + _AT_ONCE].data, 0
            while done < len(piece):
                done += os.pwrite(self._file.fileno(), piece[done:], self._used + first + done)
