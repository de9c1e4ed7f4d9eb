"""NumPy's columns as Arrow's, over the same bytes.

Invariant: the result is that of `pyarrow.array`, which imports pandas where it is installed: that takes longer than
writing a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bools = npt.NDArray[np.bool_]


def numbers(values: npt.NDArray[Any], kind: pa.DataType | None = None, *, known: Bools | None = None) -> pa.Array:
    """A column of numbers, as another type of the same width where one is given; null where not `known`.

    >>> numbers(np.array([1, 2]), known=np.array([True, False])).to_pylist()
    [1, None]
    """
    whole = np.ascontiguousarray(values)
    mask = None if known is None or known.all() else _bits(known)
    return pa.Array.from_buffers(kind or pa.from_numpy_dtype(whole.dtype), len(whole), [mask, pa.py_buffer(whole)])


def truths(values: npt.NDArray[Any]) -> pa.Array:
    """A column of true and false.

    >>> truths(np.array([0, 1, 1])).to_pylist()
    [False, True, True]
    """
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(np.asarray(values, np.bool_))])


def texts(values: Sequence[str]) -> pa.Array:
    """A column of words.

    >>> texts(["a", "", "bc"]).to_pylist()
    ['a', '', 'bc']
    """
    words = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, words)]).astype(np.int32)
    return pa.Array.from_buffers(pa.string(), len(words), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(words))])


def texts_at(places: npt.NDArray[np.integer[Any]], words: Sequence[str]) -> pa.Array:
    """The words at places, null where a place is negative.

    >>> texts_at(np.array([1, -1, 0]), ["a", "b"]).to_pylist()
    ['b', None, 'a']
    """
    chosen = np.asarray(places, np.int64)
    return texts(words).take(numbers(chosen, known=chosen >= 0))


def _bits(flags: Bools) -> pa.Buffer:
    return pa.py_buffer(np.packbits(flags, bitorder="little"))
