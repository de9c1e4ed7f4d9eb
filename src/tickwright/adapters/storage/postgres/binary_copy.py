"""Rows as the bytes of PostgreSQL's COPY BINARY, and back, by columns.

Invariants: every field is an int8 that is never null, so a row has one length and NumPy can write and read all rows at
once; numbers are big endian; the header has no extensions. Source: PostgreSQL documentation, COPY, "Binary Format".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tickwright.domain.bars import Int64Array
from tickwright.domain.errors import StoreDamaged

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"


def to_copy(columns: Sequence[Int64Array]) -> bytes:
    """The bytes that COPY … FROM STDIN (FORMAT BINARY) takes for these columns.

    >>> [column.tolist() for column in from_copy(to_copy([np.array([1, -2]), np.array([3, 4])]), 2)]
    [[1, -2], [3, 4]]
    """
    rows = np.empty(len(columns[0]), _layout(len(columns)))
    rows["fields"] = len(columns)
    for place, column in enumerate(columns):
        rows[f"length{place}"] = 8
        rows[f"value{place}"] = column
    return _HEADER + rows.tobytes() + _TRAILER


def from_copy(content: bytes, columns: int) -> list[Int64Array]:
    """The columns that COPY … TO STDOUT (FORMAT BINARY) sent; raises `StoreDamaged` for anything but int8 columns."""
    layout = _layout(columns)
    rows, rest = divmod(len(content) - len(_HEADER) - len(_TRAILER), layout.itemsize)
    if rest or content[:11] != _HEADER[:11]:
        raise StoreDamaged("the server's answer is no table of 64-bit integers", where="COPY", expected="int8 columns")
    table = np.frombuffer(content, layout, rows, len(_HEADER))
    if np.any(table["fields"] != columns):
        raise StoreDamaged("the server's answer has rows of another width", where="COPY", expected=f"{columns} columns")
    return [table[f"value{place}"].astype(np.int64) for place in range(columns)]


def _layout(columns: int) -> np.dtype[np.void]:
    fields = [("fields", ">i2")]
    for place in range(columns):
        fields += [(f"length{place}", ">i4"), (f"value{place}", ">i8")]
    return np.dtype(fields)
