"""The page of definitions says what the code says: its tables are the labels, its formulas the docstrings."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

from tickwright.analytics.labels import FINER_LABELS, LABELS, Label

PAGE = Path(__file__).parents[2] / "docs/guides/statistics.md"
UNITS = {
    "fraction": "fraction",
    "ratio": "number",
    "money": "money",
    "count": "count",
    "instant": "time (UTC)",
    "per_year": "per year",
    "duration": "time",
}
FORMULAS = (
    "total_return.total_return", "cagr.cagr", "volatility.volatility", "sharpe.sharpe", "sortino.sortino",
    "calmar.calmar", "drawdown.max_drawdown", "ulcer_index.ulcer_index", "value_at_risk.value_at_risk",
    "value_at_risk.expected_shortfall", "omega.omega", "tail_ratio.tail_ratio", "stability.stability",
    "shape.skewness", "shape.kurtosis", "exposure.exposure", "turnover.turnover", "win_rate.win_rate",
    "profit_factor.profit_factor", "payoff_ratio.payoff_ratio", "expectancy.expectancy", "kelly.kelly_fraction",
    "probabilistic_sharpe.probabilistic_sharpe", "deflated_sharpe.deflated_sharpe",
    "drawdown_law.drawdown_probability", "benchmark.buy_and_hold",
)  # fmt: skip


def table(labels: tuple[Label, ...]) -> str:
    """A table of labels as the page writes it."""
    rows = [f"| `{label.name}` | {label.words} | {UNITS[label.unit]} | {label.meaning} |" for label in labels]
    return "\n".join(["| name | in tables | unit | meaning |", "|---|---|---|---|", *rows])


def formulas() -> str:
    """A line per function: the first paragraph of its docstring."""
    lines = []
    for name in FORMULAS:
        module, function = name.split(".")
        found = getattr(importlib.import_module(f"tickwright.analytics.{module}"), function)
        paragraph = (inspect.getdoc(found) or "").split("\n\n", 1)[0]
        lines.append(f"- `{name}`: {' '.join(paragraph.split())}")
    return "\n".join(lines)


@pytest.mark.parametrize("part", [table(LABELS), table(FINER_LABELS), formulas()], ids=["summary", "finer", "formulas"])
def test_page_holds_what_the_code_says(part: str) -> None:
    assert part in PAGE.read_text("utf-8"), f"docs/guides/statistics.md should hold:\n\n{part}"
