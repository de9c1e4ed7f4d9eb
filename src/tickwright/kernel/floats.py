"""Columns of whole numbers as one panel of floats, time-major: what a strategy over all symbols reads.

Invariant: a cell is `units / divisor`, rounded once. Four columns are taken at a time and some rows of them, so that
the lines being written stay near until they are full; the extremes of each column are noted on the way.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tickwright.kernel.layout import Record
from tickwright.kernel.reach import view_float64, view_int64
from tickwright.machine_code.compilation import entry, rule
from tickwright.machine_code.views import view_of

FLOATS: Final = np.dtype(
    [
        ("columns", "i8"),  # the address of each column
        ("divisors", "i8"),  # float64 per column
        ("lowest", "i8"),  # int64 per column: what is noted
        ("highest", "i8"),
        ("panel", "i8"),  # float64 row × column: what is written
        ("rows", "i8"),
        ("count", "i8"),
    ],
    align=True,
)
_view_floats = view_of(FLOATS)
_ROWS: Final = 256


@entry
def lay_floats(address: int, unused: int) -> int:
    """Fill the panel of a `FLOATS` record at an address."""
    job = _view_floats(address, 1)[0]
    rows, count = job["rows"], job["count"]
    fours = count - count % 4
    for first in range(0, rows, _ROWS):
        end = min(first + _ROWS, rows)
        for place in range(0, fours, 4):
            _lay_four(job, place, first, end)
        for place in range(fours, count):
            _lay_one(job, place, first, end)
        for place in range(count):
            _note_extremes(job, place, first, end)
    return 0


@rule
def _column(job: Record, place: int, end: int):  # type: ignore[no-untyped-def]
    return view_int64(view_int64(job["columns"], job["count"])[place], end)


@rule
def _lay_four(job: Record, place: int, first: int, end: int) -> None:
    divisors, panel = view_float64(job["divisors"], job["count"]), view_float64(job["panel"], end * job["count"])
    one, two = _column(job, place, end), _column(job, place + 1, end)
    three, four = _column(job, place + 2, end), _column(job, place + 3, end)
    by_one, by_two, by_three, by_four = (
        divisors[place], divisors[place + 1], divisors[place + 2], divisors[place + 3],
    )  # fmt: skip
    index = first * job["count"] + place
    for row in range(first, end):
        panel[index], panel[index + 1] = one[row] / by_one, two[row] / by_two
        panel[index + 2], panel[index + 3] = three[row] / by_three, four[row] / by_four
        index += job["count"]


@rule
def _lay_one(job: Record, place: int, first: int, end: int) -> None:
    panel, column = view_float64(job["panel"], end * job["count"]), _column(job, place, end)
    divisor = view_float64(job["divisors"], job["count"])[place]
    for row in range(first, end):
        panel[row * job["count"] + place] = column[row] / divisor


@rule
def _note_extremes(job: Record, place: int, first: int, end: int) -> None:
    """The lowest and highest units so far, as long as the rows are near."""
    lowest, highest = view_int64(job["lowest"], job["count"]), view_int64(job["highest"], job["count"])
    column, least, most = _column(job, place, end), lowest[place], highest[place]
    for row in range(first, end):
        least, most = min(least, column[row]), max(most, column[row])
    lowest[place], highest[place] = least, most
