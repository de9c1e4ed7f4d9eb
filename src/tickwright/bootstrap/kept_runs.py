"""Runs that were kept: read back with the candles they ran on.

Invariant: candles are those the store holds now; where their hash is no longer the one of the run, the run says so in
its warnings and its own numbers stay what they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tickwright.bootstrap.project import Project
from tickwright.bootstrap.run import Run
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.gaps import Gap
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant


def open_run(project: Project, run_id: str) -> Run:
    """A kept run by its id, the unique start or end of it, or `latest`; raises `RunNotFound`."""
    result, _, manifest = project.runs.load(run_id)
    bars, gaps, warnings = _candles(project, manifest)
    manifest = {**manifest, "warnings": [*manifest["warnings"], *warnings]}
    return Run(result, manifest, bars, gaps, project.runs.path(run_id))


def list_runs(project: Project) -> list[dict[str, Any]]:
    """One row per kept run, the newest first: what was run and its headline statistics."""
    rows = []
    for run_id in project.runs.ids():
        manifest = project.runs.manifest(run_id)
        stats = manifest["statistics"]
        rows.append(
            {
                "run_id": run_id,
                **{name: manifest[name] for name in ("created", "strategy", "params", "symbols", "timeframe", "mode")},
                **{name: stats[name] for name in ("total_return", "sharpe", "max_drawdown", "trades")},
                "digest": manifest["digest"],
            }
        )
    return rows


def _candles(
    project: Project, manifest: Mapping[str, Any]
) -> tuple[tuple[Bars, ...], tuple[tuple[Gap, ...], ...], list[str]]:
    """The candles of every series of a run; none at all where one is no longer stored."""
    timeframe = Timeframe.parse(manifest["timeframe"])
    found, gaps, warnings = [], [], []
    for symbol, entry in zip(manifest["symbols"], manifest["data"]["series"], strict=True):
        key = SeriesKey(InstrumentId.parse(symbol), timeframe)
        first, last = parse_instant(entry["first"]), parse_instant(entry["last"])
        held = project.store.coverage(key)
        if held.rows == 0:
            return (), (), [f"{key}: the candles of this run are no longer stored"]
        bars = project.store.read(key, first, last + 1)
        if bars.content_hash() != entry["hash"]:
            warnings.append(f"{key}: the stored candles have changed since this run")
        found.append(bars)
        gaps.append(tuple(gap for gap in held.gaps if first <= gap.start_ns <= last))
    return tuple(found), tuple(gaps), warnings
