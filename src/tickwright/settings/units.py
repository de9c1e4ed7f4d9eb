"""Rates, spans of time and amounts as people write them, in exact numbers.

Invariants: a rate is a fraction (`0.0005`), with `5bp` and `0.05%` as other spellings of the same number; no float
takes part in reading text. A number that is already a float is read by its shortest decimal text. Every reader raises
`ValueError` whose text is the expectation.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from tickwright.domain.timestamp import DAY, HOUR, MILLISECOND, MINUTE, SECOND

RATE = "a fraction such as 0.0005, or the same as 5bp or 0.05%"
SPAN = "a span of time such as 500ms, 30s, 15m, 4h, 90d or 2w"
SIZE = "an amount of memory such as 512MB or 4GB"
AMOUNT = "an amount of money such as 100_000 or 2500.50"

_RATE_UNITS = {"bps": Decimal("1e-4"), "bp": Decimal("1e-4"), "%": Decimal("1e-2")}
_SPAN_UNITS = {"ms": MILLISECOND, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_SIZE_UNITS = {"kb": 1024, "mb": 1024**2, "gb": 1024**3, "tb": 1024**4}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(kb|mb|gb|tb)")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")


def read_rate(value: object) -> Decimal:
    """A rate as an exact fraction.

    >>> read_rate("5bp"), read_rate("0.05%"), read_rate(0.0005)
    (Decimal('0.0005'), Decimal('0.0005'), Decimal('0.0005'))
    """
    if isinstance(value, str):
        text = value.strip().lower()
        unit = next((unit for unit in _RATE_UNITS if text.endswith(unit)), None)
        if unit is not None:
            # normalised, so that 0.05% and 5bp are the same text as well as the same number
            return _shortest(_number(text.removesuffix(unit), RATE) * _RATE_UNITS[unit])
    return _number(value, RATE)


def read_amount(value: object) -> Decimal:
    """An amount of money; underscores group digits.

    >>> read_amount("100_000"), read_amount(2500.5)
    (Decimal('100000'), Decimal('2500.5'))
    """
    return _number(value, AMOUNT)


def read_span(value: object) -> int:
    """A span of time in nanoseconds.

    >>> read_span("90d") // 10**9, read_span("1.5h") // 10**9
    (7776000, 5400)
    """
    match = _SPAN.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(SPAN)
    return int(Decimal(match[1]) * _SPAN_UNITS[match[2]])


def read_size(value: object) -> int:
    """An amount of memory in bytes; 1 MB is 1024² bytes.

    >>> read_size("512MB"), read_size("1.5gb")
    (536870912, 1610612736)
    """
    match = _SIZE.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    size = 0 if match is None else int(Decimal(match[1]) * _SIZE_UNITS[match[2]])
    if size <= 0:
        raise ValueError(SIZE)
    return size


def size_text(size: int) -> str:
    """Bytes in the largest unit that keeps them whole.

    >>> size_text(1610612736), size_text(2**30)
    ('1536MB', '1GB')
    """
    unit = next((unit for unit in ("tb", "gb", "mb", "kb") if size % _SIZE_UNITS[unit] == 0), "")
    return f"{size // _SIZE_UNITS[unit]}{unit.upper()}" if unit else str(size)


def span_text(span_ns: int) -> str:
    """A span in its largest exact unit.

    >>> span_text(7776000 * 10**9), span_text(0)
    ('90d', '0s')
    """
    if span_ns == 0:
        return "0s"
    unit = next((unit for unit in ("d", "h", "m", "s", "ms") if span_ns % _SPAN_UNITS[unit] == 0), None)
    return f"{span_ns}ns" if unit is None else f"{span_ns // _SPAN_UNITS[unit]}{unit}"


def _number(value: object, expected: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(expected)
    try:
        number = Decimal(str(value).strip().replace("_", ""))
    except InvalidOperation:
        raise ValueError(expected) from None
    if not number.is_finite():
        raise ValueError(expected)
    return number


def _shortest(number: Decimal) -> Decimal:
    return Decimal(f"{number.normalize():f}")
