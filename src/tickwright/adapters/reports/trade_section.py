"""Trades on candles, the list of trades, and how their results are spread."""

from __future__ import annotations

import numpy as np

from tickwright.adapters.reports.figures import percent
from tickwright.adapters.reports.markup import Markup, card, element, joined
from tickwright.adapters.reports.run_view import RunView
from tickwright.domain.bars import Float64Array

COLUMNS = (
    ("entry", "Entry (UTC)", ""), ("held", "Held", ""), ("symbol", "Symbol", ""), ("side", "Side", ""),
    ("quantity", "Quantity", "n"), ("entryPrice", "In", "n"), ("exitPrice", "Out", "n"), ("pnl", "Result", "n"),
    ("gain", "Return", "n"), ("cost", "Costs", "n"), ("reason", "Exit", ""),
)  # fmt: skip
BINS = 41


def candle_section(view: RunView) -> Markup:
    """The candle chart with a button per symbol."""
    buttons = [
        element("button", name, type="button", class_="tool", data_symbol=place, aria_pressed=str(place == 0).lower())
        for place, name in enumerate(view.symbols)
    ]
    tabs = element("div", *buttons, class_="tools", role="group", aria_label="Symbol")
    chart = element(
        "div", class_="chart", id="candle-chart", tabindex="0", role="img", style="min-height:420px",
        aria_label="Candles with entries and exits of trades; the list of trades below holds the same in text.",
    )  # fmt: skip
    keys = Markup(
        "Drag to zoom, double-click for all, <kbd>Shift</kbd> + drag to move; with a chart focused <kbd>←</kbd> "
        "<kbd>→</kbd> <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd>. ▲ buys and ▼ sells; the strip at the bottom is time in a "
        "trade, green won and red lost; amber bands are holes in the data."
    )
    readout = element("div", class_="readout", id="candle-readout")
    return card("Trades on candles", readout, chart, element("p", keys, class_="keys"), tools=tabs, id="candles")


def trade_list_section(view: RunView) -> Markup:
    """The frame of the list; the script fills it and turns its pages."""
    heads = [
        element("th", element("button", words, type="button", data_sort=name), scope="col", class_=kind or None)
        for name, words, kind in COLUMNS
    ]
    caption = element("caption", "Trades, a page at a time", class_="unseen")
    table = element(
        "table", caption, element("thead", element("tr", *heads)), element("tbody"), class_="nowrap", id="trade-table"
    )
    tools = element(
        "div",
        element("span", class_="note", id="trade-pages"),
        element("button", "←", type="button", class_="tool", id="trade-before", aria_label="Trades before these"),
        element("button", "→", type="button", class_="tool", id="trade-after", aria_label="Trades after these"),
        class_="tools",
    )
    return card("Trades", element("div", table, class_="scroll"), tools=tools)


def spread_section(view: RunView) -> Markup:
    """A histogram of the returns of closed trades."""
    returns = view.closed_trades["trade_return"]
    if len(returns) < 2:
        return card("Returns of trades", element("p", "Fewer than two closed trades.", class_="muted"))
    edge = float(max(np.quantile(np.abs(returns), 0.99), 1e-4))
    counts, edges = np.histogram(np.clip(returns, -edge, edge), BINS, (-edge, edge))
    words = f"Histogram of {len(returns)} trade returns, median {percent(float(np.median(returns)))}"
    middle, average = (percent(float(figure(returns)), 2, sign=True) for figure in (np.median, np.mean))
    note = f"median {middle} · average {average}"
    return card("Returns of trades", _histogram(counts, edges, words), tools=element("span", note, class_="note"))


def _histogram(counts: np.ndarray, edges: Float64Array, words: str) -> Markup:
    width, height, top = 560.0, 190.0, float(counts.max())
    slot = width / len(counts)
    bars = [
        f'<rect class="{"up" if edges[k] + edges[k + 1] > 0 else "down"}" x="{k * slot + 0.75:.1f}" rx="1.5" '
        f'y="{height - height * count / top:.1f}" width="{slot - 1.5:.1f}" height="{height * count / top:.1f}">'
        f"<title>{percent(edges[k])} to {percent(edges[k + 1])}: {count} trades</title></rect>"
        for k, count in enumerate(counts)
        if count
    ]
    ticks = [
        f'<text x="{x:.0f}" y="{height + 16:.0f}" text-anchor="{anchor}">{percent(value, 1)}</text>'
        for x, value, anchor in (
            (0, edges[0], "start"), (width / 4, edges[0] / 2, "middle"), (width / 2, 0.0, "middle"),
            (width * 3 / 4, edges[-1] / 2, "middle"), (width, edges[-1], "end"),
        )
    ]  # fmt: skip
    axis = f'<line class="axis" x1="0" x2="{width:.0f}" y1="{height}" y2="{height}"/>'
    inside = joined(map(Markup, (*bars, axis, *ticks)))
    return element(
        "svg", inside, class_="sketch", viewBox=f"0 0 {width:.0f} {height + 22:.0f}", role="img", aria_label=words
    )
