"""Holes in the candles the run stood on."""

from __future__ import annotations

from tickwright.adapters.reports.figures import days
from tickwright.adapters.reports.markup import Markup, card, element, table
from tickwright.adapters.reports.run_view import RunView
from tickwright.domain.timestamp import iso

SHOWN = 10
MOST = 500


def gap_section(view: RunView) -> Markup:
    """A row per hole, longest first; says so when there is none."""
    found = [(name, gap) for name, gaps in zip(view.symbols, view.gaps, strict=False) for gap in gaps]
    if not found:
        return card("Gaps in the data", element("p", "The candles of this run have no holes.", class_="muted"))
    found.sort(key=lambda pair: (pair[1].start_ns - pair[1].end_ns, pair[1].start_ns, pair[0]))
    rows = [
        (
            name,
            iso(gap.start_ns)[:16].replace("T", " "),
            iso(gap.end_ns)[:16].replace("T", " "),
            days(gap.end_ns - gap.start_ns),
            f"{gap.bars:,}",
            element("span", gap.kind.value.replace("_", " "), title=gap.note or None),
        )
        for name, gap in found[:MOST]
    ]
    missing = sum(gap.bars for _, gap in found)
    note = element("span", f"{len(found):,} holes, {missing:,} bars", class_="note")
    heads = ("Symbol", "From (UTC)", "To", "Length", "Bars", "Why")
    first = table(heads, rows[:SHOWN], caption="The longest holes in the data", class_="nowrap plain")
    if len(rows) <= SHOWN:
        return card("Gaps in the data", first, tools=note)
    rest = table(heads, rows[SHOWN:], caption="The other holes in the data", class_="nowrap plain")
    more = element("details", element("summary", f"{len(rows) - SHOWN:,} shorter ones"), rest)
    return card("Gaps in the data", first, more, tools=note)
