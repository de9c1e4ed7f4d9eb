"""The page of a sweep: two parameters against a measure, every trial, and what luck makes of the best one.

Invariants: as for the report of a run: one file, no request, every text escaped, written whole. The number of trials is
in the headline and the best Sharpe ratio never stands without what so many trials without skill would have shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tickwright.adapters.reports.figures import number, percent
from tickwright.adapters.reports.headline import figure_row, masthead, warnings
from tickwright.adapters.reports.manifest_section import manifest_card
from tickwright.adapters.reports.markup import Markup, card, element, embedded, paged_table
from tickwright.adapters.reports.packed_columns import packed_numbers
from tickwright.adapters.reports.page_frame import page, write_whole
from tickwright.adapters.reports.sweep_sketch import ratio_sketch
from tickwright.analytics.labels import LABELS
from tickwright.analytics.sweep_luck import SweepLuck, neighbour_median, sweep_luck
from tickwright.analytics.sweep_table import sweep_columns
from tickwright.domain.bars import Float64Array
from tickwright.domain.errors import UsageError
from tickwright.domain.run import SweepResult

SCRIPTS = (
    "columns.js",
    "numerals.js",
    "charts.js",
    "paged_table.js",
    "heat_map.js",
    "theme_button.js",
    "sweep_page.js",
)
MEASURES = (
    "sharpe", "total_return", "cagr", "max_drawdown", "calmar", "win_rate", "profit_factor", "expectancy", "trades",
    "fee",
)  # fmt: skip
SMALLER_IS_BETTER = ("trades", "fee")
_WORDS = {label.name: (label.words, label.unit) for label in LABELS}
Measures = Mapping[str, Float64Array]


def write_sweep_report(
    path: Path,
    *,
    result: SweepResult,
    manifest: Mapping[str, Any],
    sort: str = "sharpe",
    trials_on_data: int | None = None,
    years: float | None = None,
    hold_sharpe: float = float("nan"),
) -> Path:
    """Write the page of a sweep and return its path.

    `hold_sharpe` is the Sharpe ratio of holding the symbols: a search is worth what it adds to that.
    `trials_on_data` is the number of different trials this data has seen, where known: luck is measured by all of them.
    `manifest` may name strategy, symbols, timeframe, start, end and warnings; all of it is printed at the end. Raises
    `UsageError` without a valid trial or for an unknown measure, `SystemRefused` when it cannot write.
    """
    if not result.trials:
        raise UsageError("the sweep has no valid trial", where="sweep report", expected="at least one")
    if sort not in MEASURES:
        raise UsageError(f"{sort!r} is not a measure", where="sort", expected=f"one of {', '.join(MEASURES)}")
    columns = sweep_columns(result, years=years)
    measures = {name: np.asarray(columns[name], np.float64) for name in MEASURES}
    luck = sweep_luck(result, trials_on_data=trials_on_data)
    best = best_place(measures, sort)
    parameters = list(result.trials[0])
    words = [(name, name, "") for name in parameters] + [(name, _WORDS[name][0], "n") for name in MEASURES]
    main = element(
        "main",
        warnings([str(text) for text in manifest.get("warnings") or ()]),
        _figures(result, measures, luck, sort, best, hold_sharpe),
        _verdict(luck, hold_sharpe),
        _heat_map(parameters, sort),
        element(
            "div",
            ratio_sketch(measures["sharpe"], luck, hold_sharpe),
            _best(result, measures, sort, best),
            class_="columns",
        ),
        paged_table("trial-table", "Trials", words),
        manifest_card(manifest),
        id="content",
    )
    title = f"Sweep of {manifest.get('strategy') or 'a strategy'}"
    data = embedded("page-data", _data(result, measures, sort, best))
    return write_whole(path, page(title, _head(title, result, manifest, best), main, data, scripts=SCRIPTS))


def best_place(measures: Measures, sort: str) -> int:
    """The row of the best trial by a measure; the first of equals; undefined values never win."""
    worst = np.inf if sort in SMALLER_IS_BETTER else -np.inf
    values = np.where(np.isfinite(measures[sort]), measures[sort], worst)
    return int(np.argmin(values) if sort in SMALLER_IS_BETTER else np.argmax(values))


def _head(title: str, result: SweepResult, manifest: Mapping[str, Any], best: int) -> Markup:
    symbols = [str(symbol) for symbol in manifest.get("symbols") or ()]
    listed = ", ".join(symbols[:4]) + (f" and {len(symbols) - 4} more" if len(symbols) > 4 else "")
    period = f"{str(manifest['start'])[:10]} to {str(manifest['end'])[:10]}" if manifest.get("start") else ""
    parts = (listed, str(manifest.get("timeframe") or ""), period, f"{result.bars:,} bars")
    return masthead(title, parts, [(f"best {name}", value) for name, value in result.trials[best].items()])


def _figures(result: SweepResult, measures: Measures, luck: SweepLuck, sort: str, best: int, hold: float) -> Markup:
    returns = measures["total_return"]
    profitable = float(np.mean(returns > 0.0))
    near = neighbour_median(result.trials, measures["sharpe"], best)
    chosen = float(returns[best])
    return figure_row(
        (
            ("Trials", number(len(result.trials), 0), f"{result.invalid:,} invalid ones left out", 0.0),
            ("On this data", number(luck.counted, 0), "different trials, all told", 0.0),
            ("Best Sharpe", number(luck.best), f"median of all {number(luck.median)}", 0.0),
            ("Luck alone", number(luck.expected_best), "best Sharpe to expect without skill", 0.0),
            ("Beats luck", percent(luck.deflated, 0), "deflated Sharpe ratio", 0.0),
            ("Its neighbours", number(near), "median Sharpe one step around the best", 0.0),
            ("Best return", percent(chosen, 0, sign=True), f"of the best by {_WORDS[sort][0].lower()}", chosen),
            ("Holding", number(hold), f"its Sharpe; {percent(profitable, 0)} of trials profitable", 0.0),
        )
    )


def _verdict(luck: SweepLuck, hold: float) -> Markup:
    """The honest note: what the best result is worth."""
    if not np.isfinite(luck.best):
        return card("What the best is worth", element("p", "No trial has a Sharpe ratio.", class_="verdict"))
    counted = f"{luck.counted:,} trial{'s' if luck.counted > 1 else ''}"
    first = (
        f"The best of {counted} has a Sharpe ratio of {number(luck.best)}. So many trials without any skill, whose "
        f"ratios vary like these, would show {number(luck.expected_best)} at their best. The probability that the best "
        f"one is better than that is {percent(luck.deflated, 0)}."
    )
    verdict = "it is long enough" if luck.years >= luck.years_needed else "it is too short"
    second = (
        f"The record is {number(luck.years, 1)} years long; {counted} call for {number(luck.years_needed, 1)} years "
        f"before a Sharpe ratio of 1 stops being the expected result of luck: {verdict}."
    )
    if np.isfinite(hold):
        second += f" Holding the symbols had a ratio of {number(hold)}: skill is what a strategy adds to that."
    third = "Returns are taken as normal and trials as independent. Judge a choice on data no trial has seen."
    return card(
        "What the best is worth",
        *(element("p", text, class_="verdict") for text in (first, second)),
        element("p", third, class_="keys"),
    )


def _heat_map(parameters: list[str], sort: str) -> Markup:
    def choice(identity: str, name: str, options: list[tuple[str, str]], chosen: str) -> Markup:
        listed = [
            element("option", words, value=value, selected="selected" if value == chosen else None)
            for value, words in options
        ]
        return element("label", name, element("select", *listed, id=identity))

    axes = [(name, name) for name in parameters]
    vertical = axes if len(parameters) > 1 else [("", "nothing")]
    tools = element(
        "div",
        choice("heat-measure", "Measure", [(name, _WORDS[name][0]) for name in MEASURES], sort),
        choice("heat-across", "Across", axes, parameters[0]),
        choice("heat-up", "Up", vertical, vertical[1][0] if len(parameters) > 1 else ""),
        class_="tools",
    )
    canvas = element(
        "canvas", id="heat-map", tabindex="0", role="img",
        aria_label="Heat map of a measure over two parameters; arrow keys move between cells, the table has the same.",
    )  # fmt: skip
    note = (
        "Green is above zero and red below; the outlined cell is the best trial. With further parameters a cell is the "
        "best of the trials it stands for."
    )
    readout = element("div", class_="readout", id="heat-readout", aria_live="polite")
    return card("Parameters", readout, canvas, element("p", note, class_="keys"), tools=tools)


def _best(result: SweepResult, measures: Measures, sort: str, best: int) -> Markup:
    """The best trial in full."""
    rows = [
        element("tr", element("th", name, scope="row"), element("td", value))
        for name, value in result.trials[best].items()
    ]
    rows += [
        element(
            "tr", element("th", _WORDS[name][0], scope="row"), element("td", _text(name, float(measures[name][best])))
        )
        for name in MEASURES
    ]
    caption = element("caption", "The best trial", class_="unseen")
    note = element("span", f"by {_WORDS[sort][0].lower()}", class_="note")
    return card("The best trial", element("table", caption, element("tbody", *rows), class_="pairs"), tools=note)


def _text(name: str, value: float) -> str:
    unit = _WORDS[name][1]
    return percent(value) if unit == "fraction" else number(value, 0 if unit == "count" else 2)


def _data(result: SweepResult, measures: Measures, sort: str, best: int) -> dict[str, Any]:
    parameters = list(result.trials[0])
    return {
        "count": len(result.trials),
        "best": best,
        "sort": sort,
        "smaller": list(SMALLER_IS_BETTER),
        "parameters": parameters,
        "params": {name: [trial[name] for trial in result.trials] for name in parameters},
        "measures": [[name, *_WORDS[name]] for name in MEASURES],
        "columns": {
            name: packed_numbers(values, scale=6 if _WORDS[name][1] == "fraction" else 4)
            for name, values in measures.items()
        },
    }
