"""Searches that the database could not be told of: kept in files of the project until it can be reached again.

Invariants: what `keep` returned from is on disk; a search leaves its file only after the database has it, and the
database counts a search that is sent twice once, so a process that is killed in between neither loses nor doubles one;
files are bounded together, and beyond the bound nothing is taken. What is not a search any more (a file cut or changed
by hand) is set aside under another name and never stops the others. Runs need no spool: a run's folder is kept without
the database, which is told of it by `RunStore.settle`.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from tickwright.adapters.storage.durable_file import make_directory, write_file
from tickwright.adapters.storage.search_record import SearchRecord, TrialRange, TriedSet, json_of
from tickwright.domain.errors import StoreWriteFailed

LIMIT_BYTES = 256 * 1024**2
SUFFIX = ".search.json"
UNREADABLE = ".unreadable"


class Spool:
    """The searches that wait in a directory, at most `limit_bytes` of them."""

    def __init__(self, directory: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self._directory, self._limit = directory, limit_bytes

    def keep(self, search: SearchRecord) -> None:
        """Keep a search until `drain`; raises `StoreWriteFailed` where the bound or the disk does not allow it."""
        content = json_of(asdict(search)).encode()
        held = sum(path.stat().st_size for path in self._files())
        if held + len(content) > self._limit:
            raise StoreWriteFailed(
                f"{held:,} bytes of searches wait for the database already",
                where=str(self._directory),
                expected=f"at most {self._limit:,}",
                hint="Bring the database back; the next command that uses it takes them in.",
            )
        make_directory(self._directory)
        name = f"{search.created_ns:020d}-{hashlib.sha256(content).hexdigest()[:12]}{SUFFIX}"
        write_file(self._directory / name, content)

    def drain(self, record: Callable[[SearchRecord], object]) -> int:
        """Give every search to `record`, the oldest first, and forget those it took; returns how many it took."""
        taken = 0
        for path in self._files():
            try:
                search = _read(path.read_bytes())
            except FileNotFoundError:  # another process was faster
                continue
            except (ValueError, KeyError, TypeError):
                with contextlib.suppress(FileNotFoundError):
                    path.replace(path.with_name(path.name + UNREADABLE))
                continue
            record(search)
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
            taken += 1
        return taken

    def waiting(self) -> int:
        """How many searches wait."""
        return len(self._files())

    def _files(self) -> list[Path]:
        return sorted(path for path in self._directory.glob(f"*{SUFFIX}") if not path.name.startswith("."))


def _read(content: bytes) -> SearchRecord:
    document: dict[str, Any] = orjson.loads(content)
    looked_at = document["looked_at"]
    return SearchRecord(
        document["created_ns"],
        document["strategy"],
        TrialRange(tuple(looked_at["symbols"]), looked_at["timeframe"], looked_at["start_ns"], looked_at["end_ns"]),
        document["context"],
        [TriedSet(one["parameters"], one["metrics"]) for one in document["trials"]],
    )
