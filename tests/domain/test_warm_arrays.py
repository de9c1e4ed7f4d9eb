"""Memory is used again only when nothing looks at it any more, and little of it lies idle."""

from __future__ import annotations

import numpy as np
import pytest

from tickwright.domain import warm_arrays
from tickwright.domain.warm_arrays import LEAST, MOST_IDLE, idle_bytes, warm_empty, warm_zeros

LENGTH = LEAST // 4  # twice the least size in float64


@pytest.fixture(autouse=True)
def _cold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_arrays, "_idle", {})


def place_of(array: np.ndarray) -> int:
    return array.ctypes.data


def test_memory_is_used_again_once_its_array_is_gone() -> None:
    first = warm_empty(LENGTH)
    place = place_of(first)
    del first
    assert idle_bytes() >= LENGTH * 8
    assert place_of(warm_empty(LENGTH)) == place


def test_a_view_of_a_view_keeps_the_memory() -> None:
    first = warm_empty((LENGTH // 2, 2))
    first[:] = 7.0
    column = first[10:][:, 1].view(np.int64)
    expected = column.copy()
    del first
    assert idle_bytes() == 0
    other = warm_empty((LENGTH // 2, 2))
    other[:] = 8.0
    np.testing.assert_array_equal(column, expected)
    del column
    assert idle_bytes() > 0


def test_a_sealed_array_stays_sealed() -> None:
    array = warm_empty(LENGTH)
    array.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        array[:1][0] = 1.0


def test_memory_of_another_kind_serves_where_the_size_fits() -> None:
    place = place_of(warm_empty(LENGTH, np.float64))
    records = warm_empty(LENGTH, np.dtype([("a", "i4"), ("b", "f4")]))
    assert place_of(records) == place
    records["a"] = np.arange(LENGTH)
    assert records["a"].sum() == LENGTH * (LENGTH - 1) // 2


def test_zeros_are_zeros_on_used_memory() -> None:
    used = warm_empty(LENGTH)
    used.fill(3.0)
    del used
    assert not warm_zeros(LENGTH).any()


def test_small_arrays_are_not_kept() -> None:
    array = warm_empty(LEAST // 8 - 1)
    del array
    assert idle_bytes() == 0


def test_what_has_no_room_is_let_go() -> None:
    arrays = [warm_empty(MOST_IDLE // 4, np.uint8) for _ in range(6)]
    arrays.clear()
    assert idle_bytes() == MOST_IDLE
    large = warm_empty(MOST_IDLE + 1, np.uint8)
    del large
    assert idle_bytes() == MOST_IDLE


def test_while_the_interpreter_ends_memory_is_not_taken_back() -> None:
    """The names a lease would need may be gone by then."""
    before = idle_bytes()
    lease = warm_arrays._Lease(np.empty(LEAST, np.uint8))
    lease.__del__(over=lambda: True)
    assert idle_bytes() == before
    del lease
    assert idle_bytes() == before + LEAST
