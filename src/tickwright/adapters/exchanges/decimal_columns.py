"""Decimal text to exact integers, a column at a time.

Invariant: no float takes part; the scale is the coarsest that holds every value; anything that is not a finite decimal
number that fits into 64 bits is refused with its place. Signs pass: whether a price may be negative is judged later.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from tickwright.domain.bars import Int64Array
from tickwright.domain.errors import BadResponse
from tickwright.domain.money import INT64_MAX

_PLAIN_COLUMN = re.compile(r"(?:-?[0-9]{1,24}(?:\.[0-9]{1,24})?\n)*")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,4})?")
_LARGEST_EXPONENT = 40


def scaled(texts: Sequence[str], *, where: str) -> tuple[Int64Array, int]:
    """A column as integers and their common decimal scale; raises `BadResponse`.

    >>> units, scale = scaled(["16570.14000000", "16574.97100000"], where="example")
    >>> units.tolist(), scale
    ([16570140, 16574971], 3)
    """
    plain = _PLAIN_COLUMN.fullmatch("\n".join(texts) + "\n") is not None
    parts = [_split(text) if plain else _split_any(text, place, where) for place, text in enumerate(texts)]
    scale = max((places for _, places in parts), default=0)
    units = [digits * 10 ** (scale - places) for digits, places in parts]
    while scale > 0 and all(unit % 10 == 0 for unit in units):
        units, scale = [unit // 10 for unit in units], scale - 1
    for place, unit in enumerate(units):
        if abs(unit) > INT64_MAX:
            raise BadResponse(f"{texts[place]} is too large at {scale} decimals", where=f"{where}, row {place}")
    return np.array(units, np.int64), scale


def _split(text: str) -> tuple[int, int]:
    """Digits and decimals of plain text, without trailing zeros: `1.50` is (15, 1)."""
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    return int(whole + decimals), len(decimals)


def _split_any(text: str, place: int, where: str) -> tuple[int, int]:
    """As `_split` for text that is not plain: exponents are read, anything else is refused."""
    value = Decimal(text) if _NUMBER.fullmatch(text) else Decimal("NaN")
    if not value.is_finite() or abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise BadResponse(
            f"{text[:40]!r} is not a price or an amount",
            where=f"{where}, row {place}",
            expected="a decimal number",
        )
    return _split(f"{value:f}")
