"""COPY BINARY by columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwright.adapters.storage.postgres.binary_copy import from_copy, to_copy
from tickwright.domain.errors import StoreDamaged

numbers = st.integers(-(2**63), 2**63 - 1)


@given(st.integers(0, 20).flatmap(lambda rows: st.tuples(*[st.lists(numbers, min_size=rows, max_size=rows)] * 3)))
def test_what_is_packed_is_unpacked(columns: tuple[list[int], ...]) -> None:
    arrays = [np.array(column, np.int64) for column in columns]
    assert [column.tolist() for column in from_copy(to_copy(arrays), 3)] == [list(column) for column in columns]


def test_a_row_is_the_documented_bytes() -> None:
    assert to_copy([np.array([258])]) == (
        b"PGCOPY\n\xff\r\n\0" + bytes(8) + b"\x00\x01" + b"\x00\x00\x00\x08" + b"\0\0\0\0\0\0\x01\x02" + b"\xff\xff"
    )


@pytest.mark.parametrize("content", [b"", b"x" * 35, to_copy([np.array([1]), np.array([2])])])
def test_another_answer_is_refused(content: bytes) -> None:
    with pytest.raises(StoreDamaged):
        from_copy(content, 1)
