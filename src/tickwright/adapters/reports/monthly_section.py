"""Returns of months and years as a heat table, beside the years of the benchmark."""

from __future__ import annotations

import math

import numpy as np

from tickwright.adapters.reports.figures import UNDEFINED, number
from tickwright.adapters.reports.markup import Markup, card, element, joined
from tickwright.adapters.reports.run_view import RunView
from tickwright.analytics.monthly_returns import monthly_returns

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def monthly_section(view: RunView) -> Markup:
    """A row per year: twelve months, the year, and what holding earned in it."""
    instants = view.result.equity_ts_ns
    own = monthly_returns(instants, view.equity, view.initial)
    held = None if view.benchmark is None else monthly_returns(instants, view.benchmark, view.initial).totals
    strongest = float(np.nanquantile(np.abs(own.months), 0.95)) if own.months.size else 0.0
    heads = ["Year", *MONTHS, "Year", *(["Hold"] if held is not None else [])]
    rows = []
    for place, year in enumerate(own.years):
        cells = [_heat(value, strongest) for value in own.months[place]]
        cells.append(_heat(float(own.totals[place]), 4.0 * strongest, "total"))
        if held is not None:
            cells.append(element("td", _text(float(held[place])), class_="hold"))
        rows.append(element("tr", element("th", int(year), scope="row"), *cells))
    body = element("tbody", *reversed(rows))
    head = element("thead", element("tr", *(element("th", text, scope="col") for text in heads)))
    caption = element("caption", "Return of each month and year in percent", class_="unseen")
    table = element("table", caption, head, body, class_="months")
    return card(
        "Monthly returns", element("div", table, class_="scroll"), tools=element("span", "percent, UTC", class_="note")
    )


def _heat(value: float, strongest: float, kind: str = "") -> Markup:
    if math.isnan(value):
        return element("td", "", class_=kind or None)
    tone = "gain" if value > 0 else "loss" if value < 0 else ""
    heat = min(abs(value) / strongest, 1.0) if strongest else 0.0
    return element("td", _text(value), class_=f"{kind} {tone}".strip() or None, style=f"--heat:{heat:.2f}")


def _text(value: float) -> Markup:
    return joined([number(100.0 * value, 1 if abs(value) < 1.0 else 0) if math.isfinite(value) else UNDEFINED])
