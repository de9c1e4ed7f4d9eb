"""Every statistic in groups, with their definitions below."""

from __future__ import annotations

from tickwright.adapters.reports.figures import UNDEFINED
from tickwright.adapters.reports.markup import Markup, card, element, pairs
from tickwright.adapters.reports.run_view import RunView
from tickwright.analytics.distribution import distribution
from tickwright.analytics.summary import StatisticRow

GROUPS = ("Return", "Risk", "Ratios", "Trades", "Activity")


def statistics_section(view: RunView) -> Markup:
    """A table per group, and the definition of each statistic in one sentence."""
    finer = distribution(view.returns, view.equity, view.initial, view.closed_trades["pnl"])
    rows = (*view.statistics.as_rows(), *(() if view.empty else finer.as_rows()))
    groups = [
        element(
            "div", element("h3", group), pairs([_pair(row) for row in rows if row.label.group == group], caption=group)
        )
        for group in GROUPS
    ]
    meanings = [(row.label.words, element("td", row.label.meaning, class_="words")) for row in rows]
    definitions = element(
        "details", element("summary", "What each of these means"), pairs(meanings, caption="Definitions")
    )
    return card("Statistics", element("div", *groups, class_="groups"), definitions)


def written(row: StatisticRow) -> str:
    """A statistic as pages write it: days for instants, true minus signs, a dash where it is undefined."""
    if row.text == "-":
        return UNDEFINED
    return row.text[:10] if row.label.unit == "instant" else row.text.replace("-", "−")


def _pair(row: StatisticRow) -> tuple[Markup, str]:
    return element("span", row.label.words, title=row.label.meaning), written(row)
