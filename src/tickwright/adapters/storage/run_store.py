"""The runs of a project: a folder of files and the rows of the database, kept in step whatever is killed.

A run is kept in this order: its row says `writing`; its folder appears in one rename; its manifest, orders and fills
join its row in one transaction, which says `finished`. It is removed in this order: its row says `removing`; its folder
takes a hidden name and goes; its rows go in one transaction. Whoever keeps a run holds a lock on the inode of its
folder, which ends with the process. So `settle`, which every reader calls first, can tell what happened and finish it:

| row | folder | lock | what happened | what `settle` does |
|---|---|---|---|---|
| none | whole | any | a folder from before, or copied in | adopts it: writes its rows |
| `writing` | whole | free | killed between the rename and the rows | adopts it |
| `writing` | none or a draft | free | killed before the rename | says `interrupted`, removes the draft |
| `writing` | any | held | it is being kept | leaves it |
| `removing` | any | | killed while it was removed | removes it |

Invariants: no reader takes half a run for a whole one; `settle` may be interrupted and repeated, also by several
processes at once. Known limit: a run of another project in a shared database is taken for interrupted by its own
project alone.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tickwright.adapters.storage.database.run_rows import FINISHED, INTERRUPTED, REMOVING, WRITING, RunRow, RunRows
from tickwright.adapters.storage.run_folder import RunFolder
from tickwright.domain.errors import DataError, RunNotFound, StoreBusy, StoreUnreachable
from tickwright.domain.run import RunResult
from tickwright.domain.timestamp import iso

if TYPE_CHECKING:
    import polars as pl

Place = Literal["here", "elsewhere", "gone"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run with the place of its folder: in this project, in another one, or removed by hand."""

    row: RunRow
    place: Place


@dataclass(frozen=True, slots=True)
class Settled:
    """What `settle` did: runs adopted, interrupted, removed; folders that cannot be read, each with the reason."""

    adopted: tuple[str, ...] = ()
    interrupted: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()


class RunStore:
    """The runs of one project."""

    def __init__(self, root: Path, rows: RunRows, *, shared: bool = False) -> None:
        """`shared` says that other projects keep their runs in the same database.

        `unreadable` names the folders that could not be adopted when that was last tried, each with the reason.
        """
        self.folders, self._rows, self._shared = RunFolder(root), rows, shared
        self._home = str(root.absolute())
        self.unreadable: tuple[tuple[str, str], ...] = ()

    def save(
        self,
        name: str,
        created_ns: int,
        seed: str,
        result: RunResult,
        trades: pl.DataFrame,
        manifest: Mapping[str, Any],
    ) -> tuple[Path, dict[str, Any]]:
        """Keep a run under a new id; returns its folder and its manifest with the id, or leaves nothing behind.

        A database that is lost after the folder is there learns of it from `settle`.
        """
        self.folders.sweep()  # also where nobody ever lists the runs
        for run_id in self.folders.free_ids(name, created_ns, seed):
            document = {**manifest, "run_id": run_id, "created": iso(created_ns)}
            with self.folders.draft(run_id) as draft:
                if not self._rows.reserve(run_id, self._home, document, draft.path.name):
                    continue
                try:
                    tables, document = draft.write(result, trades, document)
                    folder = draft.publish()
                except BaseException:
                    with contextlib.suppress(DataError):
                        self._rows.remove(run_id)
                    raise
                with contextlib.suppress(StoreBusy, StoreUnreachable):
                    self._rows.finish(run_id, self._home, document, tables)
                return folder, document
        raise RunNotFound(f"no free run id is left for {name!r} on {iso(created_ns)[:10]}", where=self._home)

    def all(self, *, everywhere: bool = False) -> list[KeptRun]:
        """The runs of this project, the newest first; with `everywhere` those of others in the same database too."""
        self.settle()
        here = self.folders.names()
        found = [KeptRun(row, self._place(row, here)) for row in self._rows.all()]
        return found if everywhere else [run for run in found if run.place != "elsewhere"]

    def find(self, name: str) -> KeptRun:
        """A run of this project by its id, by the unique start or end of it, or by `latest` (the newest whole one)."""
        known = self.all()
        ids = [run for run in known if run.row.run_id == name]
        if name == "latest":
            ids = [run for run in known if run.row.status == FINISHED][:1]
        matches = ids or [run for run in known if run.row.run_id.startswith(name) or run.row.run_id.endswith(name)]
        if len(matches) != 1:
            what = "no run" if not matches else f"{len(matches)} runs"
            raise RunNotFound(
                f"{what} called {name!r}",
                where=self._home,
                expected="the id of one run, its start or end, or latest",
                hint="`tickwright run ls` lists the runs.",
            )
        return matches[0]

    def load(self, name: str) -> tuple[RunResult, pl.DataFrame, dict[str, Any], Path]:
        """A run's result, its trades, its manifest and its folder, as they were saved."""
        found = self.find(name)
        if found.place != "here" or found.row.status != FINISHED:
            state = "its files are gone" if found.row.status == FINISHED else f"it is {found.row.status}"
            raise RunNotFound(
                f"the run {found.row.run_id} cannot be opened: {state}",
                where=self._home,
                expected="a finished run with its folder",
                hint=f"`tickwright run rm {found.row.run_id}` removes what is left of it.",
            )
        return (*self.folders.load(found.row.run_id), self.folders.path(found.row.run_id))

    def remove(self, name: str) -> str:
        """Remove a run with its folder and its rows; its trials stay counted. Returns its id."""
        run_id = self.find(name).row.run_id
        self._rows.mark(run_id, REMOVING)
        self._finish_removal(run_id)
        return run_id

    def settle(self, progress: Progress | None = None) -> Settled:
        """Finish what was interrupted, and adopt folders that have no rows; safe to repeat."""
        here = self.folders.names()
        rows = {row.run_id: row for row in self._rows.all()}
        own = {run_id: row for run_id, row in rows.items() if self._place(row, here) != "elsewhere"}
        removing = [run_id for run_id, row in own.items() if row.status == REMOVING]
        for run_id in removing:
            self._finish_removal(run_id)
        unfinished = {run_id for run_id, row in own.items() if row.status == WRITING}
        orphans = sorted((here - rows.keys()) | (unfinished & here))
        adopted, self.unreadable = self._adopt(orphans, progress)
        dead = [run_id for run_id in sorted(unfinished - here) if not self.folders.is_being_written(run_id)]
        for run_id in dead:
            # read again: it may have been finished since the rows were read
            if not self.folders.path(run_id).exists():
                self._rows.mark(run_id, INTERRUPTED)
        self.folders.sweep()
        return Settled(adopted, tuple(dead), tuple(removing), self.unreadable)

    def _adopt(
        self, names: Sequence[str], progress: Progress | None
    ) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        adopted, unreadable = [], []
        for done, run_id in enumerate(names, 1):
            with self.folders.claimed(run_id) as mine:
                if mine:
                    try:
                        self._rows.finish(
                            run_id, self._home, self.folders.manifest(run_id), self.folders.tables(run_id)
                        )
                        adopted.append(run_id)
                    except (OSError, ValueError, KeyError, TypeError) as failure:
                        unreadable.append((run_id, f"{type(failure).__name__}: {failure}"))
            if progress is not None:
                progress(done, len(names))
        return tuple(adopted), tuple(unreadable)

    def _finish_removal(self, run_id: str) -> None:
        self.folders.remove(run_id)
        self._rows.remove(run_id)

    def _place(self, row: RunRow, here: set[str]) -> Place:
        if row.run_id in here:
            return "here"
        return "elsewhere" if self._shared and row.home != self._home else "gone"
