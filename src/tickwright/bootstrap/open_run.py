"""A kept run read back, with the candles it ran on.

Invariant: candles are those the store holds now; where their hash is no longer the one of the run, the run says so in
its warnings and its own numbers stay what they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tickwright.bootstrap.market_loading import series_to_read
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.run import Run
from tickwright.domain.bars import Bars
from tickwright.domain.gaps import Gap
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.resample import resampled
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant


def open_run(project: Project, run_id: str) -> Run:
    """A kept run by its id, the unique start or end of it, or `latest`; raises `RunNotFound`."""
    result, _, manifest, folder = project.runs.load(run_id)
    bars, gaps, warnings = _candles(project, manifest)
    manifest = {**manifest, "warnings": [*manifest["warnings"], *warnings]}
    return Run(result, manifest, bars, gaps, folder)


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
