"""Numbers as text on a page: true minus signs, a dash for what is undefined, tones for gains and losses."""

from __future__ import annotations

import math

from tickwright.adapters.reports.markup import Markup, element

UNDEFINED = "–"


def percent(value: float, digits: int = 2, *, sign: bool = False) -> str:
    """A fraction in percent.

    >>> percent(-0.1234), percent(0.5, 0, sign=True), percent(float("nan"))
    ('−12.34%', '+50%', '–')
    """
    return f"{number(100.0 * value, digits, sign=sign)}%" if math.isfinite(value) else UNDEFINED


def number(value: float, digits: int = 2, *, sign: bool = False) -> str:
    """A number with grouped thousands.

    >>> number(1234567.891), number(-3.0, 1), number(12, 0, sign=True)
    ('1,234,567.89', '−3.0', '+12')
    """
    if not math.isfinite(value):
        return UNDEFINED
    return f"{value:{'+' if sign and value else ''}z,.{digits}f}".replace("-", "−")


def toned(value: float, text: str) -> Markup:
    """A table cell that is green above zero and red below."""
    tone = " up" if value > 0.0 else " down" if value < 0.0 else ""
    return element("td", text, class_=f"n{tone}")


def days(length_ns: int) -> str:
    """A length of time in days, or hours below two days.

    >>> days(36 * 3600 * 10**9), days(90 * 86400 * 10**9)
    ('36 h', '90 d')
    """
    hours = length_ns / 3.6e12
    return f"{number(hours / 24.0, 0)} d" if hours >= 48.0 else f"{number(hours, 0)} h"
