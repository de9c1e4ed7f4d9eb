"""Kept runs side by side: their statistics, whether they traded alike, and where two of them parted.

Invariant: nothing is run again; what is compared is what was kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tickwright.adapters.reports import ComparedRun, write_comparison_report
from tickwright.analytics.divergence import Divergence, divergence
from tickwright.analytics.labels import Label
from tickwright.bootstrap.run import Run
from tickwright.domain.errors import UsageError
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import iso

SETTINGS = (
    "strategy",
    "params",
    "per_symbol",
    "symbols",
    "timeframe",
    "detail",
    "start",
    "end",
    "mode",
    "cash",
    "costs",
    "margin",
    "limits",
    "seed",
    "versions",
)


@dataclass(frozen=True)
class Comparison:
    """Two or more runs; `divergence` compares the first with the second decision by decision."""

    runs: tuple[Run, ...]
    divergence: Divergence

    @property
    def alike(self) -> bool:
        """Whether all runs have the same fills and account events."""
        return len({(run.digest, run.account_digest) for run in self.runs}) == 1

    @property
    def differing_settings(self) -> dict[str, list[Any]]:
        """Entries of the manifests that are not the same in all runs; of `costs` and the like only what differs."""
        rows: dict[str, list[Any]] = {}
        for name in SETTINGS:
            values = [run.manifest.get(name) for run in self.runs]
            tables = [value for value in values if isinstance(value, dict)]
            if len(tables) == len(values):
                parts = dict.fromkeys(part for table in tables for part in table)
                rows |= {f"{name}.{part}": [table.get(part) for table in tables] for part in parts}
            else:
                rows[name] = values
        return {name: values for name, values in rows.items() if any(value != values[0] for value in values)}

    def rows(self) -> list[tuple[Label, list[str]]]:
        """A row per statistic: its label and its text for each run."""
        columns = [run.stats.as_rows() for run in self.runs]
        return [(cells[0].label, [cell.text for cell in cells]) for cells in zip(*columns, strict=True)]

    def report(self, path: Path | str) -> Path:
        """Write the page of the comparison and return its path."""
        runs = [
            ComparedRun(str(run.manifest.get("run_id") or place), run.result, run.stats)
            for place, run in enumerate(self.runs)
        ]
        return write_comparison_report(
            Path(path), runs=runs, settings=self.differing_settings, divergence=self.divergence
        )

    def document(self) -> dict[str, Any]:
        """The comparison as one document."""
        parted = self.divergence
        return {
            "runs": [run.document() for run in self.runs],
            "alike": self.alike,
            "differing_settings": self.differing_settings,
            "divergence": {
                "agreement": parted.agreement,
                "matched": len(parted.matched),
                "cost": parted.cost,
                "only_first": [_decision(key) for key in parted.only_first],
                "only_second": [_decision(key) for key in parted.only_second],
            },
        }


def compare(runs: Sequence[Run]) -> Comparison:
    """Compare two or more runs; raises `UsageError` for fewer."""
    if len(runs) < 2:
        raise UsageError("one run is nothing to compare", where="run compare", expected="two or more runs")
    first, second = runs[0], runs[1]
    timeframe = Timeframe.parse(str(first.manifest["timeframe"]))
    return Comparison(tuple(runs), divergence(first.result, second.result, timeframe))


def _decision(key: tuple[str, int, int]) -> dict[str, str]:
    instrument, bar, side = key
    return {"instrument": instrument, "bar": iso(bar), "side": "buy" if side > 0 else "sell"}
