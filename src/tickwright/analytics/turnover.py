"""Turnover: how often a year the average equity was traded."""

from __future__ import annotations


def turnover(traded_value: float, average_equity: float, years: float) -> float:
    """(value bought + value sold) / average equity / years; 2 per year is one full round trip of the account.

    NaN when the record has no length or the average equity is not positive.

    >>> turnover(400_000.0, 100_000.0, 2.0)
    2.0
    """
    return traded_value / average_equity / years if years > 0.0 and average_equity > 0.0 else float("nan")
