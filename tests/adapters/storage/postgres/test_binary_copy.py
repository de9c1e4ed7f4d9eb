"""COPY BINARY by columns."""

from __future__ import annotations

import numpy as np
import pytest

from tickwright.adapters.storage.postgres import binary_copy
from tickwright.adapters.storage.postgres.binary_copy import copy_pieces


def test_a_row_is_the_documented_bytes() -> None:
    assert b"".join(copy_pieces([np.array([258])])) == (
        b"PGCOPY\n\xff\r\n\0" + bytes(8) + b"\x00\x01" + b"\x00\x00\x00\x08" + b"\0\0\0\0\0\0\x01\x02" + b"\xff\xff"
    )


@pytest.mark.parametrize("rows", [0, 1, 4, 5, 8, 9])
def test_the_cut_into_pieces_changes_no_byte(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = [3, np.arange(rows) * -(2**40), np.arange(rows)]
    whole = b"".join(copy_pieces(columns))
    monkeypatch.setattr(binary_copy, "PIECE_ROWS", 4)
    assert b"".join(copy_pieces(columns)) == whole
    assert len(whole) == 19 + rows * (2 + 3 * 12) + 2
