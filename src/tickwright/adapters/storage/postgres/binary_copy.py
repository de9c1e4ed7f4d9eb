"""Rows as the bytes of PostgreSQL's COPY BINARY, by columns and piece by piece.

Invariants: every field is an int8 that is never null, so a row has one length and NumPy can write all rows of a piece
at once; numbers are big endian; the header has no extensions. Pieces are made while the server works on the one before.
Source: PostgreSQL documentation, COPY, "Binary Format".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tickwright.domain.bars import Int64Array

PIECE_ROWS = 32_768

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"


def copy_pieces(columns: Sequence[Int64Array | int]) -> Iterator[bytes]:
    """The bytes that COPY … FROM STDIN (FORMAT BINARY) takes; a column that is one number is that number in every row.

    >>> len(b"".join(copy_pieces([7, np.array([1, -2])])))
    73
    """
    rows = next(len(column) for column in columns if not isinstance(column, int))
    fields = [("fields", ">i2")]
    for place in range(len(columns)):
        fields += [(f"length{place}", ">i4"), (f"value{place}", ">i8")]
    piece = np.empty(min(rows, PIECE_ROWS), np.dtype(fields))
    piece["fields"] = len(columns)
    for place, column in enumerate(columns):
        piece[f"length{place}"] = 8
        if isinstance(column, int):
            piece[f"value{place}"] = column
    yield _HEADER
    for start in range(0, rows, PIECE_ROWS):
        count = min(PIECE_ROWS, rows - start)
        for place, column in enumerate(columns):
            if not isinstance(column, int):
                piece[f"value{place}"][:count] = column[start : start + count]
        yield piece[:count].tobytes()
    yield _TRAILER
