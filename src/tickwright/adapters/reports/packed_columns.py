"""Columns of numbers as short text for a page: integers on a decimal scale, delta-coded, base64.

Invariants: what a page decodes equals `round(value · 10^scale)` of what was packed; NaN is kept as stretches of rows.
The script `page/columns.js` is the other half of this file. Coding: the difference to the row before (or the value),
zigzag (sign in the lowest bit), seven bits a byte with the highest bit set on all but the last.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array, Int64Array

SHORT_RUN = 8
"""Instants in a run on average below which a column is shorter."""


def packed_integers(values: Int64Array, *, scale: int = 0, delta: bool = True) -> dict[str, Any]:
    """A column of integers that stand for `value / 10^scale`.

    >>> packed_integers(np.array([100, 101, 99]))
    {'scale': 0, 'delta': True, 'bytes': 'yAECAw=='}
    """
    steps = np.diff(values, prepend=0) if delta else np.asarray(values, np.int64)
    zigzag = ((steps << 1) ^ (steps >> 63)).astype(np.uint64)
    return {"scale": scale, "delta": delta, "bytes": base64.b64encode(_seven_bits(zigzag)).decode()}


def packed_numbers(values: Float64Array, *, scale: int, delta: bool = False) -> dict[str, Any]:
    """A column of floats rounded to `scale` decimals; NaN and infinite rows become null."""
    known = np.isfinite(values)
    units = np.round(np.where(known, values, 0.0) * 10.0**scale).astype(np.int64)
    column = packed_integers(units, scale=scale, delta=delta)
    return column if known.all() else column | {"nulls": _runs(~known)}


def packed_instants(ts_ns: Int64Array) -> dict[str, Any]:
    """Instants in whole milliseconds as runs of even steps, `[first, step, count]`; as a column where runs are short.

    >>> packed_instants(np.arange(10) * 60_000_000_000)
    {'runs': [[0, 60000, 10]]}
    """
    milliseconds = ts_ns // 1_000_000
    if len(milliseconds) < 2:
        return {"runs": [[int(instant), 1, 1] for instant in milliseconds]}
    steps = np.diff(milliseconds)
    usual = int(np.median(steps))
    firsts = np.concatenate(([0], np.flatnonzero(steps != usual) + 1))
    if len(firsts) * SHORT_RUN > len(milliseconds):
        return {"column": packed_integers(milliseconds)}
    counts = np.diff(np.append(firsts, len(milliseconds)))
    return {"runs": [[int(milliseconds[at]), usual, int(count)] for at, count in zip(firsts, counts, strict=True)]}


def packed_magnitudes(values: Float64Array) -> dict[str, Any]:
    """Values ≥ 0 on a logarithmic scale of 65,535 steps (for a bar chart of volumes); 0 stays 0."""
    positive = values > 0.0
    if not positive.any():
        return {"low": 0.0, "step": 0.0, "bytes": base64.b64encode(np.zeros(len(values), "<u2").tobytes()).decode()}
    logs = np.log(np.where(positive, values, 1.0))
    low, high = float(logs[positive].min()), float(logs[positive].max())
    step = max(high - low, 1e-9) / 65_534
    codes = np.where(positive, 1 + np.round((logs - low) / step), 0).astype("<u2")
    return {"low": low, "step": step, "bytes": base64.b64encode(codes.tobytes()).decode()}


def _runs(chosen: npt.NDArray[np.bool_]) -> list[list[int]]:
    """The stretches that are true, as [first, count] each."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], chosen.astype(np.int8), [0]))))
    return [[int(first), int(end - first)] for first, end in zip(edges[::2], edges[1::2], strict=True)]


def _seven_bits(values: npt.NDArray[np.uint64]) -> bytes:
    """Every value as one to ten bytes, seven bits each, the lowest first."""
    lengths = np.ones(len(values), np.int64)
    for size in range(1, 10):
        lengths += values >= np.uint64(1 << (7 * size))
    places = np.concatenate(([0], np.cumsum(lengths)))
    stream = np.zeros(places[-1], np.uint8)
    for size in range(int(lengths.max(initial=0))):
        rows = np.flatnonzero(lengths > size)
        bits = (values[rows] >> np.uint64(7 * size)) & np.uint64(127)
        stream[places[rows] + size] = bits | np.where(lengths[rows] > size + 1, 128, 0).astype(np.uint64)
    return stream.tobytes()
