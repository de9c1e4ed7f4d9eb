"""Engine-ready arrays mapped into memory: one file per state of a series, named after the hash of its content.

Invariants: an entry is valid for ever, because another state has another name; it is served only when its length and
the wrapping sum of every column agree with its header, so a torn or rotten entry is rebuilt from the lake and never
read; arrays are mapped copy-on-write, so nobody can change an entry. The cache is bounded: the entries used longest
ago go first. It may be deleted at any time, and a disk that takes no entry only costs time.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tickwright.adapters.storage.durable_file import TEMPORARY_PREFIX
from tickwright.domain.bars import Bars, Int64Array, SeriesKey

DEFAULT_LIMIT_BYTES = 2 * 1024**3

_MAGIC = b"TWBARS01"
_HEADER = struct.Struct("<8sqqq6Q")
_SEAL = struct.Struct("<I")
_DATA_OFFSET = 4096
_SUFFIX = ".bars"


def user_cache_directory() -> Path:
    """Where this user's arrays of lakes in buckets lie: `$XDG_CACHE_HOME/tickwright/bars`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tickwright" / "bars"


class BarsCache:
    """Mapped arrays of whole series under one directory, at most `limit_bytes` of them."""

    def __init__(self, directory: Path, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._directory, self._limit = directory, limit_bytes

    def get(self, content: str, key: SeriesKey) -> Bars | None:
        """The arrays of a state, or None where they are not held or do not agree with their header."""
        path = self._path(content)
        try:
            with path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
            os.utime(path)
        except (OSError, ValueError):
            return None
        bars = _parsed(mapped, key)
        if bars is None:
            self._forget(path)
        return bars

    def put(self, content: str, pieces: Sequence[Bars]) -> None:
        """Keep a state, given in pieces of one scale in order of time.

        Silently nothing where the disk does not take it or it exceeds the limit.
        """
        rows = sum(len(piece) for piece in pieces)
        size = _DATA_OFFSET + 6 * 8 * rows
        if rows == 0 or size > self._limit:
            return
        temporary = self._directory / f"{TEMPORARY_PREFIX}{os.getpid()}-{content}"
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            self._make_room(size)
            with temporary.open("wb") as file:
                file.write(_header(pieces, rows).ljust(_DATA_OFFSET, b"\0"))
                for place in range(6):
                    for piece in pieces:
                        file.write(np.ascontiguousarray(_columns(piece)[place], "<i8").data.cast("B"))
            temporary.replace(self._path(content))
        except OSError:
            self._forget(temporary)

    def _path(self, content: str) -> Path:
        return self._directory / f"{content[:32]}{_SUFFIX}"

    def _make_room(self, size: int) -> None:
        """Remove the entries used longest ago until a new one fits, and what killed writers left."""
        for leftover in self._directory.glob(f"{TEMPORARY_PREFIX}*"):
            self._forget(leftover)
        entries = sorted((entry.stat().st_mtime_ns, entry.stat().st_size, entry) for entry in self._entries())
        held = sum(entry[1] for entry in entries)
        for _, entry_size, path in entries:
            if held + size <= self._limit:
                return
            self._forget(path)
            held -= entry_size

    def _entries(self) -> list[Path]:
        return list(self._directory.glob(f"*{_SUFFIX}"))

    @staticmethod
    def _forget(path: Path) -> None:
        with contextlib.suppress(OSError):
            path.unlink()


def _columns(bars: Bars) -> tuple[Int64Array, ...]:
    return bars.open_time_ns, bars.open, bars.high, bars.low, bars.close, bars.volume


def _sum(column: Int64Array) -> int:
    """The wrapping sum of a column: any single flipped bit changes it, and it costs one pass over memory."""
    return int(np.add.reduce(column.view(np.uint64)))


def _header(pieces: Sequence[Bars], rows: int) -> bytes:
    by_piece = [[_sum(np.ascontiguousarray(column)) for column in _columns(piece)] for piece in pieces]
    sums = (sum(column) % 2**64 for column in zip(*by_piece, strict=True))
    header = _HEADER.pack(_MAGIC, rows, pieces[0].price_scale, pieces[0].volume_scale, *sums)
    return header + _SEAL.pack(zlib.crc32(header))


def _parsed(mapped: mmap.mmap, key: SeriesKey) -> Bars | None:
    if len(mapped) < _DATA_OFFSET:
        return None
    header = mapped[: _HEADER.size]
    magic, rows, price_scale, volume_scale, *sums = _HEADER.unpack(header)
    (seal,) = _SEAL.unpack(mapped[_HEADER.size : _HEADER.size + _SEAL.size])
    if magic != _MAGIC or seal != zlib.crc32(header) or len(mapped) != _DATA_OFFSET + 6 * 8 * rows:
        return None
    numbers = np.frombuffer(mapped, np.int64, 6 * rows, _DATA_OFFSET)
    time, first, high, low, last, volume = (numbers[place * rows : (place + 1) * rows] for place in range(6))
    bars = Bars(key, time, first, high, low, last, volume, price_scale, volume_scale)
    agrees = all(_sum(column) == promised for column, promised in zip(_columns(bars), sums, strict=True))
    return bars if agrees else None
