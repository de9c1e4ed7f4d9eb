"""A column of decimal text as exact integers on the coarsest scale that holds every value (or the most of them).

Invariants: no float takes part; plain decimals are read by columns, anything else (exponents, NaN) one by one; a
value that is not a finite number is named with its reason and never becomes a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tickwright.domain.bars import Int64Array

_PLAIN = r"^(?P<sign>[+-]?)(?P<whole>\d*)\.?(?P<rest>\d*)$"
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class ScaledColumn:
    """Values as `units × 10^-scale`; rows in `problems` have no value (their units are 0)."""

    units: Int64Array
    scale: int
    problems: dict[int, str]


def scaled(column: pa.Array, name: str) -> ScaledColumn:
    """The exact integers of a column of text; every value that has none is named.

    >>> scaled(pa.array(["1.50", "2e-3", "nan"]), "close")
    ScaledColumn(units=array([1500,    2,    0]), scale=3, problems={2: 'the close nan is not a finite number'})
    """
    text = pc.fill_null(pc.utf8_trim_whitespace(column.cast(pa.string())), "")
    plain, problems = _only_plain(text, name)
    parts = pc.extract_regex(plain, _PLAIN)
    whole = pc.utf8_ltrim(pc.struct_field(parts, "whole"), "0")
    rest = pc.utf8_rtrim(pc.struct_field(parts, "rest"), "0")
    scale = _scale(whole, rest)
    digits = pc.binary_join_element_wise(whole, pc.utf8_rpad(rest, scale, "0"), "")
    for row in np.flatnonzero((_lengths(rest) > scale) | (_lengths(whole) > _DIGITS - scale)).tolist():
        problems[row] = f"the {name} {text[row].as_py()} does not fit 64 bits beside the column's {scale} decimals"
    digits = pc.if_else(_mask(len(text), problems), "0", digits)
    units = pc.if_else(pc.equal(digits, ""), "0", digits).cast(pa.int64()).to_numpy().copy()
    negative = pc.equal(pc.struct_field(parts, "sign"), "-").to_numpy(zero_copy_only=False)
    units[negative] = -units[negative]
    return ScaledColumn(units, scale, problems)


def _only_plain(text: pa.Array, name: str) -> tuple[pa.Array, dict[int, str]]:
    """The column with every value in plain decimal form, "0" where it has none, and those rows with their reasons."""
    matches = pc.and_(pc.match_substring_regex(text, _PLAIN), pc.match_substring_regex(text, r"\d"))
    odd = np.flatnonzero(~matches.to_numpy(zero_copy_only=False))
    if len(odd) == 0:
        return text, {}
    values = text.to_pylist()
    problems: dict[int, str] = {}
    for row in odd.tolist():
        number = _decimal(values[row])
        if number is None or abs(number.adjusted()) > 2 * _DIGITS:
            problems[row] = _problem(values[row], name)
        values[row] = "0" if row in problems or number is None else f"{number:f}"
    return pa.array(values, pa.string()), problems


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _problem(text: str, name: str) -> str:
    if not text:
        return f"the {name} is empty"
    try:
        finite = Decimal(text).is_finite()
    except InvalidOperation:
        return f"the {name} {text[:40]!r} is not a number"
    return f"the {name} {text[:40]} is {'beyond 64 bits' if finite else 'not a finite number'}"


def _scale(whole: pa.Array, rest: pa.Array) -> int:
    """The decimals at which the fewest values do not fit; the coarsest of several such."""
    if len(rest) == 0:
        return 0
    decimals, width = _lengths(rest), _lengths(whole)
    lost = [int(((decimals > scale) | (width > _DIGITS - scale)).sum()) for scale in range(_DIGITS + 1)]
    return lost.index(min(lost))


def _lengths(text: pa.Array) -> Int64Array:
    lengths: Int64Array = pc.utf8_length(text).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths


def _mask(rows: int, problems: dict[int, str]) -> pa.Array:
    mask = np.zeros(rows, np.bool_)
    mask[list(problems)] = True
    return pa.array(mask)
