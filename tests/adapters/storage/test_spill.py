"""Arrays on disk while a run needs them: same values, nothing left behind, no memory kept."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import numpy as np
import pytest

from tickwright.adapters.storage.spill import DiskSpill
from tickwright.domain.errors import StoreWriteFailed


@pytest.mark.parametrize("dtype", [np.int64, np.float64, np.uint8, np.bool_])
def test_values_come_back_as_they_were_and_cannot_be_changed(tmp_path: Path, dtype: type) -> None:
    spill, draw = DiskSpill(tmp_path, extent_bytes=4096), np.random.default_rng(1)
    arrays = [draw.integers(0, 2, size).astype(dtype) for size in (1, 7, 100, 5000, 3)]  # 5000 exceed an extent
    kept = [spill.keep(array) for array in arrays]
    for array, one in zip(arrays, kept, strict=True):
        assert one.dtype == array.dtype
        assert one.tolist() == array.tolist()
        assert not one.flags.writeable


def test_a_table_keeps_its_shape_and_a_strided_column_its_values(tmp_path: Path) -> None:
    spill, table = DiskSpill(tmp_path), np.arange(12.0).reshape(4, 3)
    assert spill.keep(table).tolist() == table.tolist()
    assert spill.keep(table[:, 1]).tolist() == [1.0, 4.0, 7.0, 10.0]
    assert len(spill.keep(np.empty(0))) == 0


def test_values_are_there_again_after_a_release(tmp_path: Path) -> None:
    spill = DiskSpill(tmp_path)
    kept = spill.keep(np.arange(100_000))
    before = kept.sum()
    spill.release()
    assert kept.sum() == before


def test_nothing_of_it_has_a_name_so_nothing_is_left_by_a_killed_process(tmp_path: Path) -> None:
    spill = DiskSpill(tmp_path / "runs" / ".spill")
    kept = spill.keep(np.arange(1000))
    assert os.listdir(tmp_path / "runs" / ".spill") == []
    assert kept[-1] == 999


def test_many_arrays_take_few_handles(tmp_path: Path) -> None:
    spill, before = DiskSpill(tmp_path), len(os.listdir("/dev/fd"))
    kept = [spill.keep(np.full(10, number)) for number in range(500)]
    assert len(os.listdir("/dev/fd")) - before <= 2
    assert [int(one[0]) for one in kept] == list(range(500))


def test_a_disk_that_takes_no_more_is_one_sentence(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    spill = DiskSpill(tmp_path, extent_bytes=1 << 20)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(StoreWriteFailed, match="full"):
            spill.keep(np.zeros(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
