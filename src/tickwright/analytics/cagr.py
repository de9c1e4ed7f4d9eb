"""Compound annual growth rate: the constant yearly rate that leads from the first capital to the last."""

from __future__ import annotations


def cagr(total_return: float, years: float) -> float:
    """(1 + total return)^(1 / years) - 1, as a fraction per calendar year.

    -1 after a wipe-out (never a complex number); NaN when the record has no length or the return is NaN.

    >>> round(cagr(0.21, 2.0), 12)
    0.1
    >>> cagr(-1.3, 2.0)
    -1.0
    """
    if not years > 0.0 or total_return != total_return:
        return float("nan")
    if total_return <= -1.0:
        return -1.0
    try:
        return float((1.0 + total_return) ** (1.0 / years) - 1.0)
    except OverflowError:
        return float("inf")
