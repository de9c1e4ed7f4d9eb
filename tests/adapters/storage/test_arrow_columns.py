"""Columns made over NumPy's bytes are those pyarrow itself makes, and making them imports nothing else."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from tickwright.adapters.storage.arrow_columns import numbers, texts, texts_at, truths

EDGES = [0, 1, 7, 8, 9, 1000]


@pytest.mark.parametrize("count", EDGES)
def test_columns_equal_pyarrows_own(count: int) -> None:
    random = np.random.default_rng(count)
    values, known = random.integers(-(2**62), 2**62, count), random.integers(0, 2, count).astype(bool)
    utc = pa.timestamp("ns", "UTC")
    assert numbers(values).equals(pa.array(values))
    assert numbers(values[::2]).equals(pa.array(values[::2].copy()))
    assert numbers(values, utc, known=known).equals(pa.array(values, utc, mask=~known))
    assert numbers(values / 7).equals(pa.array(values / 7))
    assert truths(known).equals(pa.array(known))
    words = [f"ä{value}" for value in values.tolist()]
    assert texts(words).equals(pa.array(words, pa.string()))
    places = random.integers(-1, max(count, 1), count)
    wanted = [None if place < 0 else words[place] for place in places.tolist()]
    assert texts_at(places, words).equals(pa.array(wanted, pa.string()))


def test_no_table_library_is_imported() -> None:
    code = (
        "import sys, numpy as np; from tickwright.adapters.storage.arrow_columns import numbers, texts_at;"
        "numbers(np.arange(3)); texts_at(np.array([0, -1]), ['a']); print('pandas' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"
