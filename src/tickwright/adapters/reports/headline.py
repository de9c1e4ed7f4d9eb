"""The top of a run's page: what was run on what, the figures a reader looks for first, and the warnings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tickwright.adapters.reports.figures import number, percent
from tickwright.adapters.reports.markup import Markup, element, joined
from tickwright.adapters.reports.run_view import RunView
from tickwright.domain.timestamp import iso

NO_BREAK = "\u2011"
"""A hyphen that keeps a date on one line."""

BRAND = Markup(
    '<div class="brand"><svg viewBox="0 0 16 16" aria-hidden="true" fill="currentColor"><rect x="1" y="7" width="3" '
    'height="7" rx="1"/><rect x="6.5" y="4" width="3" height="8" rx="1"/>'
    '<rect x="12" y="1" width="3" height="9" rx="1"/>'
    "</svg>Tickwright</div>"
)
_TOOLS = Markup(
    '<div class="tools"><button type="button" class="tool" id="theme" title="Switch between light and dark">'
    "Light / dark</button></div>"
)


def headline(view: RunView) -> Markup:
    """The title of the page with symbols, period and parameters."""
    manifest = view.manifest
    title = str(manifest.get("strategy") or "Run")
    symbols = ", ".join(view.symbols[:4]) + (f" and {len(view.symbols) - 4} more" if len(view.symbols) > 4 else "")
    parts = [symbols, str(manifest.get("timeframe") or "")]
    if not view.empty:
        parts.append(f"{iso(view.first_ns)[:10]} to {iso(view.last_ns)[:10]}")
    parts += [f"{view.result.bars:,} bars", f"{manifest['mode']} mode" if manifest.get("mode") else ""]
    chips = [
        ("run", manifest.get("run_id")),
        *(manifest.get("params") or {}).items(),
        ("digest", view.result.digest[:12]),
    ]
    return masthead(title, parts, chips)


def masthead(title: str, parts: Iterable[str], chips: Iterable[tuple[str, object]]) -> Markup:
    """The top of any page: its title, a line of parts, and names with values."""
    listed = joined(element("li", f"{name} ", element("b", value)) for name, value in chips if value is not None)
    left = element(
        "div",
        BRAND,
        element("h1", title),
        element("p", " · ".join(part for part in parts if part), class_="subtitle"),
        element("ul", listed, class_="chips"),
    )
    return element("header", left, _TOOLS, class_="top")


def key_figures(view: RunView) -> Markup:
    """The figures a reader looks for first, each with what it has to be read beside."""
    s = view.statistics
    total, traded = s.costs.total, float(view.values.notional.sum())
    hold, per_trade = _brief(s.benchmark_return), number(s.expectancy)
    basis_points = number(1e4 * total / traded if traded else 0.0, 1)
    figures = (
        ("Total return", _brief(s.total_return), f"buy and hold {hold}", s.total_return),
        ("CAGR", _brief(s.cagr), f"volatility {percent(s.volatility, 1)}", s.cagr),
        ("Sharpe", number(s.sharpe), f"Sortino {number(s.sortino)} · 365 days", 0.0),
        ("Max drawdown", percent(s.max_drawdown, 1), _drawdown_note(view), s.max_drawdown),
        ("Win rate", percent(s.win_rate, 1), _trades_note(view), 0.0),
        ("Profit factor", number(s.profit_factor), f"expectancy {per_trade} {view.cash_name}", 0.0),
        ("Costs", percent(total / view.initial, 1), f"{basis_points} bp of value traded", 0.0),
        ("Exposure", percent(s.exposure, 0), f"turnover {number(s.turnover, 1)} × a year", 0.0),
    )  # fmt: skip
    return figure_row(figures)


def figure_row(figures: Iterable[tuple[str, str, str, float]]) -> Markup:
    """Cards of name, value, note and tone (above 0 green, below 0 red, 0 plain)."""
    return element("dl", *(_figure(*figure) for figure in figures), class_="figures", aria_label="Key figures")


def warnings(texts: Sequence[str]) -> Markup:
    """What a reader of the numbers should know; nothing when there is nothing."""
    if not texts:
        return Markup()
    items = element("ul", *(element("li", text) for text in texts))
    count = len(texts)
    if count <= 3:
        return element("section", items, class_="warnings", aria_label="Warnings")
    summary = element("summary", f"{count} things to know")
    return element("section", element("details", summary, items), class_="warnings", aria_label="Warnings")


def _figure(name: str, value: str, note: str, tone: float) -> Markup:
    colour = "up" if tone > 0 else "down" if tone < 0 else None
    return element("div", element("dt", name), element("dd", value, class_=colour), element("dd", note, class_="small"))


def _brief(value: float) -> str:
    """Percent with a decimal where it tells something."""
    return percent(value, 1 if abs(value) < 1.0 else 0, sign=True)


def _drawdown_note(view: RunView) -> str:
    s = view.statistics
    if s.max_drawdown_start is None or s.max_drawdown_end is None:
        return "never below the start"
    end = iso(s.max_drawdown_end)[:7] if s.max_drawdown_recovered else "not recovered"
    return f"{iso(s.max_drawdown_start)[:7]} to {end}".replace("-", NO_BREAK)


def _trades_note(view: RunView) -> str:
    s = view.statistics
    return f"{s.trades:,} trades" + (f", {s.open_trades:,} open" if s.open_trades else "")
