"""What each instrument contributed to the run."""

from __future__ import annotations

from tickwright.adapters.reports.figures import number, percent, toned
from tickwright.adapters.reports.markup import Markup, card, table
from tickwright.adapters.reports.run_view import RunView
from tickwright.analytics.by_symbol import by_symbol

HEADS = (
    "Symbol", "Result", "Contribution", "Trades", "Win rate", "Profit factor", "Expectancy", "Best", "Worst",
    "Avg bars held", "In a trade", "Costs",
)  # fmt: skip


def symbol_section(view: RunView) -> Markup:
    """A row per instrument."""
    rows = []
    for name, row in zip(view.symbols, by_symbol(view.result, table=view.trades, values=view.values), strict=True):
        rows.append(
            (
                name,
                toned(row.pnl, number(row.pnl, sign=True)),
                toned(row.contribution, percent(row.contribution, 1, sign=True)),
                f"{row.trades:,}" + (f" + {row.open_trades} open" if row.open_trades else ""),
                percent(row.win_rate, 1),
                number(row.profit_factor),
                number(row.expectancy),
                percent(row.best, 1, sign=True),
                percent(row.worst, 1, sign=True),
                number(row.bars_held, 1),
                percent(row.exposure, 0),
                number(row.costs),
            )
        )
    return card("By symbol", table(HEADS, rows, caption="Results per symbol", class_="nowrap"))
