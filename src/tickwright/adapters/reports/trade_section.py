"""Trades on candles, and the list of trades."""

from __future__ import annotations

from tickwright.adapters.reports.markup import Markup, card, chart_box, element, paged_table
from tickwright.adapters.reports.run_view import RunView

COLUMNS = (
    ("entry", "Entry (UTC)", ""), ("held", "Held", ""), ("symbol", "Symbol", ""), ("side", "Side", ""),
    ("quantity", "Quantity", "n"), ("entryPrice", "In", "n"), ("exitPrice", "Out", "n"), ("pnl", "Result", "n"),
    ("gain", "Return", "n"), ("cost", "Costs", "n"), ("reason", "Exit", ""),
)  # fmt: skip


def candle_section(view: RunView) -> Markup:
    """The candle chart with a button per symbol."""
    buttons = [
        element("button", name, type="button", class_="tool", data_symbol=place, aria_pressed=str(place == 0).lower())
        for place, name in enumerate(view.symbols)
    ]
    tabs = element("div", *buttons, class_="tools", role="group", aria_label="Symbol")
    words = "Candles with entries and exits of trades; the list of trades below holds the same in text."
    chart = chart_box("candle-chart", words, 420)
    keys = Markup(
        "Drag to zoom, double-click for all, <kbd>Shift</kbd> + drag to move; with a chart focused <kbd>←</kbd> "
        "<kbd>→</kbd> <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd>. ▲ buys and ▼ sells; the strip at the bottom is time in a "
        "trade, green won and red lost; amber bands are holes in the data."
    )
    readout = element("div", class_="readout", id="candle-readout")
    return card("Trades on candles", readout, chart, element("p", keys, class_="keys"), tools=tabs, id="candles")


def trade_list_section() -> Markup:
    """The frame of the list; the script fills it and turns its pages."""
    return paged_table("trade-table", "Trades", COLUMNS)
