"""A column of text as instants, only where it can be read in one way.

The rules: whole numbers are seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size,
because only one of these puts a number between 2009 (before that there were no candles of ours) and 2100; anything else
must be ISO 8601, UTC where no offset is written. One file has one form: the form of most rows is the file's, and a row
in another is refused. Days before months or months before days ("01/02/2024") are never guessed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tickwright.domain.bars import Int64Array
from tickwright.domain.errors import UsageError
from tickwright.domain.timestamp import MICROSECOND, MILLISECOND, NANOSECOND, SECOND, parse_instant

_UNITS = {"seconds": SECOND, "milliseconds": MILLISECOND, "microseconds": MICROSECOND, "nanoseconds": NANOSECOND}
_EARLIEST_NS, _LATEST_NS = parse_instant("2009-01-01"), parse_instant("2100-01-01")
_ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?)?$"
_WHOLE = r"^\d{1,19}(\.0+)?$"

UNCLEAR = (
    "is not a time that can be read in one way (seconds, milliseconds, microseconds or nanoseconds between 2009 and "
    "2100, or ISO 8601)"
)


@dataclass(frozen=True, slots=True)
class Instants:
    """Open times in nanoseconds; rows in `problems` have none (their value is 0). `form` is how the file has them."""

    ns: Int64Array
    form: str
    problems: dict[int, str]


def instants(column: pa.Array) -> Instants:
    """The instants of a column of text; every row that has none is named.

    >>> instants(pa.array(["1704067200", "1704070800", "01/02/2024"])).form
    'seconds'
    """
    text = pc.fill_null(pc.utf8_trim_whitespace(column.cast(pa.string())), "")
    whole = pc.match_substring_regex(text, _WHOLE).to_numpy(zero_copy_only=False)
    iso = pc.match_substring_regex(text, _ISO).to_numpy(zero_copy_only=False)
    if iso.sum() > whole.sum():
        return _from_iso(text, iso)
    return _from_numbers(text, whole)


def _from_numbers(text: pa.Array, whole: np.ndarray) -> Instants:
    digits = pc.if_else(pa.array(whole), pc.replace_substring_regex(text, r"\.0+$", ""), "0")
    numbers = digits.cast(pa.uint64()).to_numpy().astype(np.float64)
    forms = np.full(len(text), "", object)
    for name, unit in _UNITS.items():
        forms[(numbers * unit >= _EARLIEST_NS) & (numbers * unit < _LATEST_NS)] = name
    counts = Counter(form for form in forms if form)
    form = counts.most_common(1)[0][0] if counts else ""
    fits = (forms == form) & (forms != "")
    exact = pc.if_else(pa.array(fits), digits, "0").cast(pa.int64()).to_numpy()
    problems = {
        int(row): f"the timestamp {_shown(text, row)} is in {forms[row]} while the file's are in {form}"
        if forms[row]
        else f"the timestamp {_shown(text, row)} {UNCLEAR}"
        for row in np.flatnonzero(~fits)
    }
    return Instants(exact * _UNITS.get(form, 1), form, problems)


def _from_iso(text: pa.Array, iso: np.ndarray) -> Instants:
    ns = np.zeros(len(text), np.int64)
    problems: dict[int, str] = {}
    for row, written in enumerate(text.to_pylist()):
        try:
            if not iso[row]:
                raise UsageError(written)
            ns[row] = parse_instant(written.replace(" UTC", "Z").replace("UTC", "Z"))
            if not _EARLIEST_NS <= ns[row] < _LATEST_NS:
                raise UsageError(written)
        except UsageError:
            ns[row] = 0
            problems[row] = f"the timestamp {_shown(text, row)} {UNCLEAR}"
    return Instants(ns, "ISO 8601", problems)


def _shown(text: pa.Array, row: int | np.integer[Any]) -> str:
    return repr(text[int(row)].as_py()[:40])
