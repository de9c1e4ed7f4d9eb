"""Runs on disk: `runs/ID/{manifest.json, orders, fills, trades, equity, account_events .parquet, report.html}`.

Invariants: a run's folder appears whole or not at all (written under a temporary name, fsynced, renamed); what was
written is never changed, only a report is added beside it; ids are readable: date, strategy, four hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tickwright.adapters.storage.run_tables import from_tables, scales_of, to_tables
from tickwright.domain.errors import RunNotFound
from tickwright.domain.run import RunResult
from tickwright.domain.timestamp import iso

TABLES = ("orders", "fills", "equity", "account_events")
MANIFEST = "manifest.json"


class RunFolder:
    """The runs of one project, under its `runs/` directory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def new_id(self, name: str, created_ns: int, seed: str) -> str:
        """A free id such as `2024-12-31-trend-7f3a`: the day it was made, its name, four digits of a hash."""
        word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "run"
        for attempt in range(1 << 16):
            digits = hashlib.sha256(f"{seed}|{created_ns}|{attempt}".encode()).hexdigest()[:4]
            candidate = f"{iso(created_ns)[:10]}-{word}-{digits}"
            if not (self.root / candidate).exists():
                return candidate
        raise RunNotFound(f"no free run id is left for {word!r} on {iso(created_ns)[:10]}", where=str(self.root))

    def save(self, run_id: str, result: RunResult, trades: pl.DataFrame, manifest: Mapping[str, Any]) -> Path:
        """Write a run; all of it or nothing."""
        self.root.mkdir(parents=True, exist_ok=True)
        draft = self.root / f".{run_id}.{os.getpid()}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        try:
            for name, table in {**to_tables(result), "trades": trades.to_arrow()}.items():
                pq.write_table(table, draft / f"{name}.parquet", compression="zstd")
            document = {**manifest, "run_id": run_id, "scales": scales_of(result)}
            (draft / MANIFEST).write_bytes(
                orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY)
            )
            for part in sorted(draft.iterdir()):
                _fsync(part)
            _fsync(draft)
            draft.rename(self.root / run_id)
            _fsync(self.root)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        return self.root / run_id

    def ids(self) -> list[str]:
        """Every run, the newest first."""
        if not self.root.is_dir():
            return []
        found = [
            (self.manifest(path.parent.name).get("created", ""), path.parent.name)
            for path in self.root.glob(f"[!.]*/{MANIFEST}")
        ]
        return [run_id for _, run_id in sorted(found, reverse=True)]

    def path(self, run_id: str) -> Path:
        """The folder of a run, named by its id, by the unique start or end of it, or by `latest`."""
        if (self.root / run_id / MANIFEST).is_file() and Path(run_id).name == run_id:
            return self.root / run_id
        known = self.ids()
        matches = known[:1] if run_id == "latest" else [k for k in known if k.startswith(run_id) or k.endswith(run_id)]
        if len(matches) != 1:
            what = "no run" if not matches else f"{len(matches)} runs"
            raise RunNotFound(
                f"{what} called {run_id!r}",
                where=str(self.root),
                expected="the id of one run, its start or end, or latest",
                hint="`tickwright run ls` lists the runs.",
            )
        return self.root / matches[0]

    def manifest(self, run_id: str) -> dict[str, Any]:
        """The manifest of a run."""
        document: dict[str, Any] = orjson.loads((self.root / run_id / MANIFEST).read_bytes())
        return document

    def load(self, run_id: str) -> tuple[RunResult, pl.DataFrame, dict[str, Any]]:
        """A run's result, its trades and its manifest, as they were saved."""
        folder = self.path(run_id)
        manifest = self.manifest(folder.name)
        tables: dict[str, pa.Table] = {name: _table(folder / f"{name}.parquet") for name in TABLES}
        return from_tables(tables, manifest["scales"]), pl.read_parquet(folder / "trades.parquet"), manifest


def _table(path: Path) -> pa.Table:
    """A Parquet file, read without Arrow's scanner: its threads can abort a process that ends right after."""
    return pq.ParquetFile(path).read(use_threads=False)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
