"""Runs that were kept: listed, found, taken in from their folders, removed; and the best trials of sweeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tickwright.adapters.storage.run_store import KeptRun
from tickwright.analytics.sweep_table import COLUMNS, SMALLER_IS_BETTER
from tickwright.bootstrap.project import Project
from tickwright.domain.errors import UsageError
from tickwright.domain.timestamp import iso

HEADLINE = ("total_return", "sharpe", "max_drawdown", "trades")


def list_runs(project: Project, *, everywhere: bool = False) -> list[dict[str, Any]]:
    """One row per kept run, the newest first: what was run, its state and its headline statistics.

    `everywhere` adds the runs that other projects keep in the same database.
    """
    return [] if project.keeps_nothing else [_listed(run) for run in project.runs.all(everywhere=everywhere)]


def best_trials(project: Project, measure: str, most: int, strategy: str, symbol: str) -> dict[str, Any]:
    """The best trials by a measure of a sweep, and how many different ones were ever run; raises `UsageError`."""
    if measure not in COLUMNS:
        expected = f"one of {', '.join(COLUMNS)}"
        raise UsageError(f"{measure!r} is not a measure of a trial", where="--sort", expected=expected)
    if project.keeps_nothing:
        return {"different": 0, "sort": measure, "trials": []}
    smaller = measure in SMALLER_IS_BETTER
    found = project.trials.best(measure, most, strategy=strategy, symbol=symbol, ascending=smaller)
    rows = [
        {
            "strategy": one.strategy,
            "params": dict(one.parameters),
            "symbols": list(one.looked_at.symbols),
            "timeframe": one.looked_at.timeframe,
            "start": iso(one.looked_at.start_ns),
            "end": iso(one.looked_at.end_ns),
            "first_run": iso(one.created_ns),
            "times": one.times,
            **{name: one.metrics.get(name) for name in dict.fromkeys((measure, *HEADLINE))},
        }
        for one in found.trials
    ]
    return {"different": found.different, "sort": measure, "trials": rows}


def import_runs(project: Project, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Take in every folder without rows and finish what was interrupted; says what was done. Safe to repeat."""
    done = project.runs.settle(progress)
    return {
        "imported": list(done.adopted),
        "interrupted": list(done.interrupted),
        "removed": list(done.removed),
        "unreadable": [{"run_id": run_id, "reason": reason} for run_id, reason in done.unreadable],
    }


def find_runs(project: Project, names: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of the runs of these names, each once; raises `RunNotFound`."""
    found = {run.row.run_id: run for run in map(project.runs.find, names)}
    return [_listed(run) for run in found.values()]


def remove_runs(project: Project, run_ids: Sequence[str]) -> list[str]:
    """Remove runs with their folders and rows; returns their ids."""
    return [project.runs.remove(run_id) for run_id in run_ids]


def _listed(run: KeptRun) -> dict[str, Any]:
    row = run.row
    return {
        "run_id": row.run_id,
        "status": row.status,
        "files": run.place,
        "created": iso(row.created_ns),
        "strategy": row.strategy,
        "params": dict(row.params),
        "symbols": list(row.symbols),
        "timeframe": row.timeframe,
        "mode": row.mode,
        "total_return": row.total_return,
        "sharpe": row.sharpe,
        "max_drawdown": row.max_drawdown,
        "trades": row.trades,
        "digest": row.digest,
    }
