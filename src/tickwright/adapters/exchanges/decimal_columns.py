"""Decimal text to exact integers, a column at a time.

Invariant: no float takes part; the scale is the coarsest that holds every value; anything that is not a finite decimal
number that fits into 64 bits is refused with its place. Signs pass: whether a price may be negative is judged later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from tickwright.domain.bars import Int64Array
from tickwright.domain.errors import BadResponse
from tickwright.domain.money import INT64_MAX, amount_text

_PLAIN_COLUMN = re.compile(r"(?:-?[0-9]{1,24}(?:\.[0-9]{1,24})?\n)*")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,4})?")
_LARGEST_EXPONENT = 40


def scaled(texts: Sequence[str], *, where: str) -> tuple[Int64Array, int]:
    """A column as integers and their common decimal scale; raises `BadResponse` that names the place in it.

    >>> units, scale = scaled(["16570.14000000", "16574.97100000"], where="example")
    >>> units.tolist(), scale
    ([16570140, 16574971], 3)
    """
    joined = "\n".join(texts)
    if _PLAIN_COLUMN.fullmatch(joined + "\n") is None:
        texts = [_plain(text, place, where) for place, text in enumerate(texts)]
        joined = "\n".join(texts)
    decimals = [len(text) - text.find(".") - 1 if "." in text else 0 for text in texts]
    scale = max(decimals, default=0)
    units = [int(digits) for digits in joined.replace(".", "").split("\n")] if texts else []
    if any(places != scale for places in decimals):
        units = [unit * 10 ** (scale - places) for unit, places in zip(units, decimals, strict=True)]
    return _coarsest(units, scale, where)


def scaled_together(columns: Mapping[str, Sequence[str]], *, where: str) -> tuple[list[Int64Array], int]:
    """Several columns as integers of one scale, the coarsest that holds them all; raises `BadResponse`.

    >>> columns, scale = scaled_together({"open": ["1.5"], "close": ["1.25"]}, where="example")
    >>> [column.tolist() for column in columns], scale
    ([[150], [125]], 2)
    """
    alone = {name: scaled(texts, where=f"{where}, {name}") for name, texts in columns.items()}
    scale = max(own for _, own in alone.values())
    for name, (units, own) in alone.items():
        if len(units) and int(np.abs(units).max()) > INT64_MAX // 10 ** (scale - own):
            raise BadResponse(f"the {name} is too large at {scale} decimals", where=where)
    return [units * 10 ** (scale - own) for units, own in alone.values()], scale


def _coarsest(units: list[int], scale: int, where: str) -> tuple[Int64Array, int]:
    """The same values on the coarsest scale that holds them, in 64 bits."""
    while scale > 0 and not _fit(units) and not any(unit % 10 for unit in units):
        units, scale = [unit // 10 for unit in units], scale - 1
    if not _fit(units):
        place = next(place for place, unit in enumerate(units) if abs(unit) > INT64_MAX)
        value = amount_text(units[place], scale)
        raise BadResponse(f"{value} is too large at {scale} decimals", where=f"{where}, row {place}")
    column = np.array(units, np.int64)
    while scale > 0 and not np.any(column % 10):
        column, scale = column // 10, scale - 1
    return column, scale


def _fit(units: list[int]) -> bool:
    return not units or (max(units) <= INT64_MAX and min(units) >= -INT64_MAX)


def _plain(text: str, place: int, where: str) -> str:
    """A number with an exponent or a sign as plain decimal text; anything else is refused."""
    value = Decimal(text) if _NUMBER.fullmatch(text) else Decimal("NaN")
    if not value.is_finite() or abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise BadResponse(
            f"{text[:40]!r} is not a price or an amount", where=f"{where}, row {place}", expected="a decimal number"
        )
    return f"{value:f}"
