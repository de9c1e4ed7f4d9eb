"""Runs on disk: `runs/ID/{manifest.json, orders, fills, trades, equity, account_events .parquet, report.html}`.

Invariants: a run's folder appears whole or not at all (written under a hidden name, fsynced, renamed) and goes the same
way (renamed to a hidden name, then removed); what was written is never changed, only a report is added beside it; ids
are readable: date, strategy, four hexadecimal digits. Whoever writes or removes a folder holds a lock on its inode,
which the system gives back when the process ends, however it ends. Known limit: the lock needs a file system that has
`flock`.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from tickwright.domain.run import RunResult

if TYPE_CHECKING:  # whoever only lists the folders does not wait for what reads and writes tables
    import polars as pl
    import pyarrow as pa
from tickwright.domain.timestamp import iso

TABLES = ("orders", "fills", "equity", "account_events")
MANIFEST = "manifest.json"
_DRAFT, _REMOVED = ".draft", ".removed"


@dataclass(frozen=True, slots=True)
class Draft:
    """A folder that nobody sees yet; no other draft has its name."""

    path: Path
    final: Path

    def write(
        self, result: RunResult, trades: pl.DataFrame, manifest: Mapping[str, Any]
    ) -> tuple[dict[str, pa.Table], dict[str, Any]]:
        """Write every file and flush it; returns the tables and the manifest as they were written."""
        import pyarrow.parquet as pq

        from tickwright.adapters.storage.run_tables import scales_of, to_tables

        tables = to_tables(result)
        for name, table in {**tables, "trades": trades.to_arrow()}.items():
            pq.write_table(table, self.path / f"{name}.parquet", compression="zstd")
        document = {**manifest, "scales": scales_of(result)}
        (self.path / MANIFEST).write_bytes(
            orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY)
        )
        for part in sorted(self.path.iterdir()):
            _fsync(part)
        _fsync(self.path)
        return tables, document

    def publish(self) -> Path:
        """Give the folder its name; it is safe from a power cut when this returns."""
        self.path.rename(self.final)
        _fsync(self.final.parent)
        return self.final


class RunFolder:
    """The folders of the runs of one project, under its `runs/` directory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def free_ids(self, name: str, created_ns: int, seed: str) -> Iterator[str]:
        """Ids such as `2024-12-31-trend-7f3a` without a folder: the day, the name, four digits of a hash."""
        for attempt in range(1 << 16):
            digits = hashlib.sha256(f"{seed}|{created_ns}|{attempt}".encode()).hexdigest()[:4]
            candidate = f"{_day_and_name(name, created_ns)}-{digits}"
            if not (self.root / candidate).exists():
                yield candidate

    def keep(
        self, name: str, created_ns: int, result: RunResult, trades: pl.DataFrame, manifest: Mapping[str, Any]
    ) -> tuple[Path, dict[str, Any]]:
        """Keep a run that no database can be asked about, under an id of eight random digits that no other has.

        The database learns of it when the runs are next listed; see `RunStore.settle`.
        """
        run_id = f"{_day_and_name(name, created_ns)}-{secrets.token_hex(4)}"
        document = {**manifest, "run_id": run_id, "created": iso(created_ns)}
        with self.draft(run_id) as draft:
            _, document = draft.write(result, trades, document)
            return draft.publish(), document

    @contextlib.contextmanager
    def draft(self, run_id: str) -> Iterator[Draft]:
        """A hidden folder, locked until the block ends; it is removed unless it was published."""
        self.root.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            path = self._new_draft(run_id, stack)
            try:
                yield Draft(path, self.root / run_id)
            finally:
                shutil.rmtree(path, ignore_errors=True)

    def _new_draft(self, run_id: str, stack: contextlib.ExitStack) -> Path:
        """A new hidden folder whose lock the stack holds; another one where it was swept before it was locked."""
        while True:
            path = self.root / f".{run_id}.{secrets.token_hex(8)}{_DRAFT}"
            path.mkdir()
            with contextlib.suppress(FileNotFoundError):
                stack.enter_context(_locked(path))
                if path.exists():
                    return path

    def names(self) -> set[str]:
        """Every run that has a folder."""
        return {path.parent.name for path in self.root.glob(f"[!.]*/{MANIFEST}")}

    def path(self, run_id: str) -> Path:
        """The folder of a run."""
        return self.root / run_id

    def is_being_written(self, run_id: str) -> bool:
        """Whether a process is writing the folder of this run."""
        return any(_is_held(path) for path in self.root.glob(f".{run_id}.*{_DRAFT}"))

    def manifest(self, run_id: str) -> dict[str, Any]:
        """The manifest of a run."""
        document: dict[str, Any] = orjson.loads((self.root / run_id / MANIFEST).read_bytes())
        return document

    @contextlib.contextmanager
    def claimed(self, run_id: str) -> Iterator[bool]:
        """Hold a folder for the length of a block; False where it is gone, or somebody else holds it."""
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(_locked(self.root / run_id, wait=False))
            except (BlockingIOError, FileNotFoundError):
                yield False
                return
            yield (self.root / run_id).exists()

    def tables(self, run_id: str) -> dict[str, pa.Table]:
        """The exact records of a run."""
        return {name: _table(self.root / run_id / f"{name}.parquet") for name in TABLES}

    def load(self, run_id: str) -> tuple[RunResult, pl.DataFrame, dict[str, Any]]:
        """A run's result, its trades and its manifest, as they were saved."""
        import polars as pl

        from tickwright.adapters.storage.run_tables import from_tables

        manifest = self.manifest(run_id)
        result = from_tables(self.tables(run_id), manifest["scales"])
        return result, pl.read_parquet(self.root / run_id / "trades.parquet"), manifest

    def remove(self, run_id: str) -> None:
        """Remove the folder of a run, waiting for whoever holds it; does nothing where there is none."""
        hidden = self.root / f".{run_id}{_REMOVED}"
        with contextlib.suppress(FileNotFoundError), _locked(self.root / run_id):
            (self.root / run_id).rename(hidden)
            _fsync(self.root)
        shutil.rmtree(hidden, ignore_errors=True)

    def sweep(self) -> None:
        """Remove the hidden folders that killed processes left."""
        for path in [*self.root.glob(f".*{_DRAFT}"), *self.root.glob(f".*{_REMOVED}")]:
            with contextlib.suppress(BlockingIOError, FileNotFoundError), _locked(path, wait=False):
                shutil.rmtree(path, ignore_errors=True)


def _day_and_name(name: str, created_ns: int) -> str:
    """How an id begins: `2024-12-31-trend`."""
    word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "run"
    return f"{iso(created_ns)[:10]}-{word}"


@contextlib.contextmanager
def _locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a directory, which follows it when it is renamed; raises `OSError` where it is not to be had."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


def _is_held(path: Path) -> bool:
    try:
        with _locked(path, wait=False):
            return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def _table(path: Path) -> pa.Table:
    """A Parquet file, read without Arrow's scanner: its threads can abort a process that ends right after."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(path).read(use_threads=False)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
