"""Several runs on one page: returns and drawdowns on one axis of time, statistics and settings side by side.

Invariants: as for the report of a run: one file, no request, every text escaped, written whole. Curves start at 1, so
accounts of different size compare; a run that starts later or has a hole keeps its own instants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tickwright.adapters.reports.figures import percent
from tickwright.adapters.reports.headline import masthead
from tickwright.adapters.reports.level_of_detail import thinned
from tickwright.adapters.reports.markup import Markup, card, chart_box, element, embedded, table
from tickwright.adapters.reports.packed_columns import packed_instants, packed_numbers
from tickwright.adapters.reports.page_frame import page, write_whole
from tickwright.adapters.reports.statistics_section import written
from tickwright.adapters.reports.time_bar import time_bar
from tickwright.analytics.divergence import Divergence
from tickwright.analytics.periods import spacing_ns, start_ns
from tickwright.analytics.summary import StatisticRow, Statistics
from tickwright.domain.bars import Float64Array, Int64Array
from tickwright.domain.errors import UsageError
from tickwright.domain.run import RunResult
from tickwright.domain.timestamp import iso

SCRIPTS = (
    "columns.js", "numerals.js", "time_window.js", "charts.js", "theme_button.js", "window_buttons.js",
    "compare_page.js",
)  # fmt: skip
MOST = 6
LARGER_IS_BETTER = frozenset(
    ("final_equity", "total_return", "cagr", "max_drawdown", "sharpe", "sortino", "calmar", "win_rate", "profit_factor",
     "expectancy")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run as a comparison shows it."""

    name: str
    result: RunResult
    statistics: Statistics


def write_comparison_report(
    path: Path,
    *,
    runs: Sequence[ComparedRun],
    settings: Mapping[str, Sequence[Any]],
    divergence: Divergence | None = None,
) -> Path:
    """Write the page of two to six runs and return its path.

    `settings` are those that differ, a value per run; `divergence` is that of the first two. Raises `UsageError` for
    another number of runs or one without bars, `SystemRefused` when it cannot write.
    """
    if not 2 <= len(runs) <= MOST or any(not len(run.result.equity) for run in runs):
        raise UsageError(f"{len(runs)} runs", where="comparison", expected=f"two to {MOST} runs that saw bars")
    instants = np.unique(np.concatenate([run.result.equity_ts_ns for run in runs]))
    readout = element("div", class_="readout", id="compare-readout")
    curves = card(
        "Returns",
        readout,
        chart_box("growth-chart", "Returns of the runs over time; the table below holds their statistics.", 320),
        element("p", "Drawdown", class_="pane"),
        chart_box("fall-chart", "Drawdowns of the runs over time.", 160),
    )
    main = element(
        "main",
        time_bar(navigator=False),
        curves,
        _statistics(runs),
        _settings(runs, settings),
        _parting(runs, divergence),
        id="content",
    )
    span = f"{iso(int(instants[0]))[:10]} to {iso(int(instants[-1]))[:10]}"
    head = masthead("Runs side by side", (span,), [(str(place + 1), run.name) for place, run in enumerate(runs)])
    data = embedded("page-data", _data(runs, instants))
    return write_whole(path, page("Runs side by side", head, main, data, scripts=SCRIPTS))


def _statistics(runs: Sequence[ComparedRun]) -> Markup:
    """A row per statistic, the better value in bold where one is better."""
    columns = [run.statistics.as_rows() for run in runs]
    rows = [(cells[0].label.words, *_cells(cells)) for cells in zip(*columns, strict=True)]
    heads = ("", *(_named(place, run) for place, run in enumerate(runs)))
    return card("Statistics", table(heads, rows, caption="Statistics of the runs", class_="nowrap"))


def _cells(cells: Sequence[StatisticRow]) -> list[Markup]:
    values = [float("nan") if cell.value is None else float(cell.value) for cell in cells]
    known = [value for value in values if np.isfinite(value)]
    ranked = cells[0].label.name in LARGER_IS_BETTER and len(set(known)) > 1
    kinds = ["n best" if ranked and value == max(known) else "n" for value in values]
    return [element("td", written(cell), class_=kind) for cell, kind in zip(cells, kinds, strict=True)]


def _settings(runs: Sequence[ComparedRun], settings: Mapping[str, Sequence[Any]]) -> Markup:
    if not settings:
        return card("Settings", element("p", "The runs have the same settings.", class_="muted"))
    heads = ("Setting", *(_named(place, run) for place, run in enumerate(runs)))
    rows = [(name, *map(_plain, values)) for name, values in settings.items()]
    return card("Settings that differ", table(heads, rows, caption="Settings that differ"))


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "none" if value is None else str(value)


def _parting(runs: Sequence[ComparedRun], found: Divergence | None) -> Markup:
    """Where the first two runs parted, in words."""
    if found is None:
        return Markup()
    if runs[0].result.digest == runs[1].result.digest:
        text = "The first two runs traded alike: their fills have one digest."
    else:
        text = (
            f"Of the first two runs, {len(found.matched):,} decisions are common ({percent(found.agreement, 1)}), "
            f"{len(found.only_first):,} only in the first and {len(found.only_second):,} only in the second. On the "
            f"common ones the second paid {found.cost:,.2f} more in prices and fees."
        )
    return card("Where they parted", element("p", text, class_="verdict"))


def _named(place: int, run: ComparedRun) -> Markup:
    return element("span", element("i", class_=f"dot run-{place}"), run.name)


def _data(runs: Sequence[ComparedRun], instants: Int64Array) -> dict[str, Any]:
    curves = [_growth(run, instants) for run in runs]
    kept = np.unique(np.concatenate([thinned(np.nan_to_num(1e6 * curve).astype(np.int64)) for curve in curves]))
    return {
        "first": start_ns(instants) / 1e9,
        "step": spacing_ns(instants) / 1e9,
        "time": packed_instants(instants[kept]),
        "runs": [
            {"name": run.name, "growth": packed_numbers(curve[kept], scale=6, delta=True)}
            for run, curve in zip(runs, curves, strict=True)
        ],
    }


def _growth(run: ComparedRun, instants: Int64Array) -> Float64Array:
    """Equity over initial capital at the union of all instants; NaN where the run had none."""
    curve = np.full(len(instants), np.nan)
    curve[np.searchsorted(instants, run.result.equity_ts_ns)] = run.result.equity / run.result.initial_cash
    return curve
