"""Costs by kind: what trading itself took."""

from __future__ import annotations

from tickwright.adapters.reports.figures import number, percent
from tickwright.adapters.reports.markup import Markup, card, element, table
from tickwright.adapters.reports.run_view import RunView

NAMES = {"fee": "Fees", "spread": "Half-spread", "slippage": "Slippage", "impact": "Market impact"}


def cost_section(view: RunView) -> Markup:
    """A bar of the kinds, and a table with their shares."""
    costs = view.statistics.costs
    traded = float(view.values.notional.sum())
    bar = element(
        "div",
        *(
            element("i", class_=kind, style=f"width:{100 * max(paid, 0.0) / costs.total:.2f}%")
            for kind, paid in costs.document().items()
            if costs.total > 0
        ),
        class_="stack",
        aria_hidden="true",
    )
    rows = [
        (
            element("span", element("i", class_=f"dot {kind}"), NAMES[kind]) if kind in NAMES else "All",
            number(paid),
            percent(paid / view.initial, 2),
            number(1e4 * paid / traded, 2) if traded else "–",
        )
        for kind, paid in {**costs.document(), "": costs.total}.items()
    ]
    heads = ("Kind", view.cash_name, "Of initial cash", "bp of value traded")
    note = element(
        "p", f"{number(traded, 0)} {view.cash_name} traded in {len(view.result.fills):,} fills", class_="keys"
    )
    return card("Costs", bar, table(heads, rows, caption="Costs by kind", class_="nowrap"), note)
