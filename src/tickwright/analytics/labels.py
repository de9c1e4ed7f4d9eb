"""What each statistic is called, in which unit it is written, and in which order tables show it.

One place for the terminal, the report and the documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["fraction", "ratio", "money", "count", "instant", "per_year", "duration"]


@dataclass(frozen=True, slots=True)
class Label:
    """A statistic's name in code, its words in tables, its unit, its group and its definition in one sentence."""

    name: str
    words: str
    unit: Unit
    group: Literal["Return", "Risk", "Ratios", "Trades", "Activity"]
    meaning: str


LABELS: tuple[Label, ...] = (
    Label("final_equity", "Final equity", "money", "Return", "Cash plus positions at their last close."),
    Label("total_return", "Total return", "fraction", "Return", "Final equity over initial cash, less 1."),
    Label("benchmark_return", "Buy and hold", "fraction", "Return", "Return of holding all symbols in equal parts."),
    Label("cagr", "CAGR", "fraction", "Return", "Yearly growth rate in calendar time (365.25 days)."),
    Label("max_drawdown", "Max drawdown", "fraction", "Risk", "Deepest fall below the highest equity so far."),
    Label("max_drawdown_start", "Drawdown from", "instant", "Risk", "When the deepest drawdown left its peak."),
    Label("max_drawdown_trough", "Drawdown low", "instant", "Risk", "When the deepest drawdown was at its lowest."),
    Label("max_drawdown_end", "Drawdown end", "instant", "Risk", "When its peak was reached again, or the last bar."),
    Label("volatility", "Volatility", "fraction", "Risk", "Annualised standard deviation of bar returns."),
    Label("sharpe", "Sharpe", "ratio", "Ratios", "Mean bar return over its standard deviation, 365 days a year."),
    Label("sortino", "Sortino", "ratio", "Ratios", "Mean bar return over downside deviation, 365 days a year."),
    Label("calmar", "Calmar", "ratio", "Ratios", "CAGR over the deepest drawdown of the full record."),
    Label("trades", "Closed trades", "count", "Trades", "Positions opened and closed again, from flat to flat."),
    Label("open_trades", "Open trades", "count", "Trades", "Positions still open at the end; neither won nor lost."),
    Label("win_rate", "Win rate", "fraction", "Trades", "Share of closed trades that earned money after fees."),
    Label("profit_factor", "Profit factor", "ratio", "Trades", "Money won over money lost, closed trades after fees."),
    Label("expectancy", "Expectancy", "money", "Trades", "Average result of a closed trade after fees."),
    Label("exposure", "Exposure", "fraction", "Activity", "Share of bar closes with a position."),
    Label("turnover", "Turnover", "per_year", "Activity", "Value bought and sold over average equity, per year."),
    Label("orders", "Orders", "count", "Activity", "Orders sent, refused ones included."),
    Label("fills", "Fills", "count", "Activity", "Executions."),
    Label("rejected", "Refused orders", "count", "Activity", "Orders refused by the venue's or the risk rules."),
    Label("fee", "Fees", "money", "Activity", "Paid to the venue."),
    Label("spread", "Spread", "money", "Activity", "Paid to the half-spread."),
    Label("slippage", "Slippage", "money", "Activity", "Paid to slippage."),
    Label("impact", "Market impact", "money", "Activity", "Paid to our own market impact."),
)

FINER_LABELS: tuple[Label, ...] = (
    Label("time_above_start", "Above start", "fraction", "Return", "Share of bars with more than the initial capital."),
    Label("stability", "Stability", "ratio", "Return", "R² of log equity against time: 1 is a straight line."),
    Label("ulcer_index", "Ulcer index", "fraction", "Risk", "Root mean square of the drawdown over all bars."),
    Label("value_at_risk", "VaR 95%", "fraction", "Risk", "Return of a bar that 5% of bars fall short of."),
    Label("expected_shortfall", "CVaR 95%", "fraction", "Risk", "Mean return of the worst 5% of bars."),
    Label("skewness", "Skewness", "ratio", "Risk", "Lopsidedness of bar returns; 0 for a normal law."),
    Label("kurtosis", "Kurtosis", "ratio", "Risk", "Heaviness of the tails of bar returns; 3 for a normal law."),
    Label(
        "drawdown_luck", "As deep by chance", "fraction", "Risk", "Probability that a random walk alike falls as deep."
    ),
    Label("omega", "Omega", "ratio", "Ratios", "Sum of positive over sum of negative bar returns."),
    Label("tail_ratio", "Tail ratio", "ratio", "Ratios", "95% quantile of bar returns over the 5% quantile."),
    Label(
        "sharpe_confidence", "Sharpe above 0", "fraction", "Ratios", "Probability that the true Sharpe is above zero."
    ),
    Label("payoff_ratio", "Payoff ratio", "ratio", "Trades", "Average win over average loss."),
    Label(
        "kelly", "Kelly fraction", "fraction", "Trades", "Share of capital that would have grown fastest; not advice."
    ),
)
"""The labels of `distribution.Distribution`, shown after the others of their group."""
