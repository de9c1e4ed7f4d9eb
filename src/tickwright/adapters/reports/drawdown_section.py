"""The deepest drawdowns: how deep, from when to when, how long."""

from __future__ import annotations

from tickwright.adapters.reports.figures import days, percent
from tickwright.adapters.reports.markup import Markup, card, element, table
from tickwright.adapters.reports.run_view import RunView
from tickwright.domain.timestamp import iso


def drawdown_section(view: RunView) -> Markup:
    """A row per drawdown, deepest first."""
    rows = [
        (
            percent(drawdown.depth, 1),
            iso(drawdown.start_ns)[:10],
            iso(drawdown.trough_ns)[:10],
            iso(drawdown.end_ns)[:10] if drawdown.recovered else "not yet",
            days(drawdown.trough_ns - drawdown.start_ns),
            days(drawdown.duration_ns),
        )
        for drawdown in view.drawdowns
    ]
    if not rows:
        return card("Deepest drawdowns", element("p", "The equity never fell below an earlier value.", class_="muted"))
    heads = ("Depth", "Peak", "Lowest", "Recovered", "Falling", "In all")
    return card("Deepest drawdowns", table(heads, rows, caption="Deepest drawdowns", class_="nowrap plain"))
