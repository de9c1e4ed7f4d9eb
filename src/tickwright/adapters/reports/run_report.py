"""The report of a run: one HTML file with its curves, trades on candles, tables and manifest.

Invariants: the file opens from disk without a network; every text in it is escaped; it is written whole or not at all;
it stays under 7 MB: bars are merged and curves thinned where a run is longer, and the page says which candle it shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tickwright.adapters.reports.cost_section import cost_section
from tickwright.adapters.reports.drawdown_section import drawdown_section
from tickwright.adapters.reports.gap_section import gap_section
from tickwright.adapters.reports.headline import headline, key_figures, warnings
from tickwright.adapters.reports.manifest_section import manifest_section
from tickwright.adapters.reports.markup import Markup, card, chart_box, element, embedded
from tickwright.adapters.reports.monthly_section import monthly_section
from tickwright.adapters.reports.page_data import ROLLING_DAYS, page_data, rolling_window, shown_plots
from tickwright.adapters.reports.page_frame import page, write_whole
from tickwright.adapters.reports.run_view import RunView
from tickwright.adapters.reports.statistics_section import statistics_section
from tickwright.adapters.reports.symbol_section import symbol_section
from tickwright.adapters.reports.time_bar import time_bar
from tickwright.adapters.reports.trade_section import candle_section, trade_list_section
from tickwright.adapters.reports.trade_sketches import excursion_sketch, holding_sketch, return_sketch
from tickwright.analytics.summary import Statistics
from tickwright.domain.bars import Bars, Float64Array
from tickwright.domain.gaps import Gap
from tickwright.domain.run import RunResult

SCRIPTS = (
    "columns.js", "numerals.js", "time_window.js", "charts.js", "equity_charts.js", "plot_charts.js", "candle_chart.js",
    "paged_table.js", "trade_table.js", "navigator.js", "theme_button.js", "window_buttons.js",
    "run_page.js",
)  # fmt: skip


def write_report(
    path: Path,
    *,
    result: RunResult,
    statistics: Statistics,
    bars: Sequence[Bars],
    gaps: Sequence[Sequence[Gap]],
    manifest: Mapping[str, Any],
    benchmark_equity: Float64Array | None,
) -> Path:
    """Write the report of a run and return its path.

    `bars` and `gaps` stand beside `result.instruments` (both may be empty: then there is no candle chart);
    `benchmark_equity` is in money at the run's instants. `manifest` may name strategy, params, symbols, timeframe,
    mode, run_id and warnings for the headline; all of it is printed at the end. Raises `SystemRefused`.
    """
    view = RunView(result, statistics, tuple(bars), gaps, manifest, benchmark_equity)
    return write_whole(path, run_page(view))


def run_page(view: RunView) -> str:
    """The page as text."""
    title = f"{view.manifest.get('strategy') or 'Run'} on {', '.join(view.symbols)}"
    sections = [warnings(view.warnings), key_figures(view)]
    if not view.empty:
        sections += [time_bar(navigator=True), _curves(view), element("div", monthly_section(view))]
        sections += [candle_section(view)] if view.bars else []
        sections += [_plots(view)] if view.result.plots else []
        sections += [symbol_section(view), trade_list_section()]
        sections += [element("div", return_sketch(view), holding_sketch(view), class_="columns")]
        sections += [element("div", excursion_sketch(view), cost_section(view), class_="columns")]
        sections += [element("div", drawdown_section(view), gap_section(view), class_="columns")]
    sections += [statistics_section(view), manifest_section(view)]
    main = element("main", *sections, id="content")
    return page(title, headline(view), main, embedded("page-data", page_data(view)), scripts=SCRIPTS)


def _curves(view: RunView) -> Markup:
    statistics = view.statistics
    words = (
        f"Equity from {view.initial:,.0f} to {statistics.final_equity:,.0f} {view.cash_name}, deepest drawdown "
        f"{100 * statistics.max_drawdown:.1f} percent."
    )
    log = element("button", "Log scale", type="button", class_="tool", id="log-scale", aria_pressed="false")
    return card(
        "Equity",
        element("div", class_="readout", id="equity-readout"),
        chart_box("equity-chart", words, 300),
        element("p", "Drawdown", class_="pane"),
        chart_box("drawdown-chart", "Drawdown over time; the deepest ones are listed below.", 120),
        *_rolling(view),
        element("p", "Share of equity invested", class_="pane"),
        chart_box("invested-chart", "Share of equity invested over time.", 92),
        element("p", _explanation(view), class_="keys"),
        tools=element("div", log, class_="tools"),
    )


def _explanation(view: RunView) -> str:
    held = (
        "Hold buys every symbol in equal parts at its first open and pays no costs. "
        if view.benchmark is not None
        else ""
    )
    return f"{held}The deepest drawdown is shaded. Ratios are those of bar returns, annualised with 365 days."


def _plots(view: RunView) -> Markup:
    """What the strategy itself plotted, a pane per name."""
    panes: list[Markup] = []
    for place, name in enumerate(shown_plots(view)):
        panes += [
            element("p", name, class_="pane"),
            chart_box(f"plot-{place}", f"{name} over time, plotted by the strategy.", 110),
        ]
    left_out = len(view.result.plots) - len(shown_plots(view))
    note = element("span", f"{left_out} more are in the table of equity", class_="note") if left_out else ""
    return card("Plotted by the strategy", *panes, tools=note)


def _rolling(view: RunView) -> tuple[Markup, ...]:
    if rolling_window(view) is None:
        return ()
    words = f"Sharpe ratio of the last {ROLLING_DAYS} days"
    return element("p", words, class_="pane"), chart_box("rolling-chart", f"{words}, over time.", 104)
