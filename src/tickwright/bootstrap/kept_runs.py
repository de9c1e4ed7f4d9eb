"""Runs that were kept: listed, read back with the candles they ran on, removed.

Invariant: candles are those the store holds now; where their hash is no longer the one of the run, the run says so in
its warnings and its own numbers stay what they were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tickwright.adapters.storage.run_store import KeptRun
from tickwright.analytics.sweep_table import COLUMNS, SMALLER_IS_BETTER
from tickwright.bootstrap.market_loading import series_to_read
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.run import Run
from tickwright.domain.bars import Bars
from tickwright.domain.errors import UsageError
from tickwright.domain.gaps import Gap
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import iso, parse_instant
from tickwright.ingest.consistency import resampled

HEADLINE = ("total_return", "sharpe", "max_drawdown", "trades")


def open_run(project: Project, run_id: str) -> Run:
    """A kept run by its id, the unique start or end of it, or `latest`; raises `RunNotFound`."""
    result, _, manifest, folder = project.runs.load(run_id)
    bars, gaps, warnings = _candles(project, manifest)
    manifest = {**manifest, "warnings": [*manifest["warnings"], *warnings]}
    return Run(result, manifest, bars, gaps, folder)


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


def _candles(
    project: Project, manifest: Mapping[str, Any]
) -> tuple[tuple[Bars, ...], tuple[tuple[Gap, ...], ...], list[str]]:
    """The candles of every series of a run; none at all where one is no longer stored."""
    timeframe, detail = Timeframe.parse(manifest["timeframe"]), manifest.get("detail")
    finer = None if detail is None else Timeframe.parse(detail)
    found, gaps, warnings = [], [], []
    for symbol, entry in zip(manifest["symbols"], manifest["data"]["series"], strict=True):
        key = series_to_read(project, InstrumentId.parse(symbol), timeframe, finer)
        first, last = parse_instant(entry["first"]), parse_instant(entry["last"])
        held = project.history.coverage(key)
        if held.rows == 0:
            return (), (), [f"{key}: the candles of this run are no longer stored"]
        bars = project.history.read(key, first, last + timeframe.length_ns)
        if key.timeframe != timeframe:
            bars = resampled(bars, timeframe)[0]
        bars = bars.between(first, last + 1)
        if bars.content_hash() != entry["hash"]:
            warnings.append(f"{key}: the stored candles have changed since this run")
        found.append(bars)
        gaps.append(tuple(gap for gap in held.gaps if first <= gap.start_ns <= last))
    return tuple(found), tuple(gaps), warnings
