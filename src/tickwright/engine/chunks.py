"""A run over more candles than fit into memory: the kernel sees a few rows at a time, under their own numbers.

Invariants: rows and decisions keep the numbers they have in the whole run, since arrays that hold a part of them are
bound as if they began at row 0; a chunk also holds the rows of the trailing window before it, so volume and volatility
are the same bits; therefore a result does not depend on how many rows are held at a time.
Known limits: what grows with the rows alone (open times and the curve, 40 bytes a row) and what a run leaves (orders,
fills) stay in memory, and so do a strategy's own arrays of one symbol while it computes them; weights are computed over
the whole panel. Runs in chunks go row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tickwright.domain.costs import CostModel
from tickwright.domain.errors import UsageError
from tickwright.domain.market import Market
from tickwright.engine.memory import Memory
from tickwright.engine.perpetual_rows import MARKS
from tickwright.engine.rows import PRICES_AND_VOLUME

Array = npt.NDArray[Any]

CELL_BYTES: Final = 192
"""What one candle of one instrument takes while it is held: prices, volume, the window, target and exits as the kernel
reads them, and the pieces they are put together from."""

CELLS: Final = ("presence", *PRICES_AND_VOLUME, "decision_presence")


def cells_of(market: Market) -> tuple[str, ...]:
    """The arrays of rows × instruments that events are written to."""
    return (*CELLS, *MARKS) if market.has_marks else CELLS


@dataclass(frozen=True)
class Streaming:
    """How a run reads its market in chunks: `rows` at a time, further arrays handed to `keep`.

    `keep` gives back an array of the same values wherever it wants it to lie; `release` is called when what was read
    may leave memory.
    """

    rows: int
    keep: Callable[[Array], Array] = lambda array: array
    release: Callable[[], None] = lambda: None


def rows_that_fit(market: Market, costs: CostModel, budget: int) -> int:
    """How many new rows at a time keep a run's chunks within `budget` bytes; raises `UsageError` for too few."""
    row_bytes = CELL_BYTES * len(market.instruments)
    window = _window_rows(market, costs)
    rows = budget // row_bytes - window
    if rows < max(window, 1):
        least = row_bytes * max(2 * window, 1)
        raise UsageError(
            f"{budget:,} bytes for {len(market.instruments)} instruments",
            where="memory budget",
            expected=f"at least {least:,} bytes: the trailing window of {window} rows, and as many new ones",
        )
    return rows


def _window_rows(market: Market, costs: CostModel) -> int:
    """The most rows that the trailing window of volume and volatility can reach back."""
    return costs.statistics_window_ns // market.finest[0].timeframe.length_ns + 2 if costs.uses_statistics else 0


def chunks(memory: Memory, streaming: Streaming) -> Iterator[tuple[int, int]]:
    """Show a memory its rows from the history anchor on; each span of traded rows that may now be run."""
    rows = memory.rows
    show_history(memory, streaming)
    for first in range(rows.first_row, rows.end_row, streaming.rows):
        end = min(first + streaming.rows, rows.end_row)
        _show(memory, first, end)
        yield first, end
        streaming.release()


def show_history(memory: Memory, streaming: Streaming) -> int:
    """Let the trailing window see the rows before the first traded one; the first traded row."""
    rows = memory.rows
    for first in range(0, rows.first_row, streaming.rows):
        _show(memory, first, min(first + streaming.rows, rows.first_row))
        streaming.release()
    return rows.first_row


def _show(memory: Memory, first: int, end: int) -> None:
    """Show a memory these rows, and the earlier ones that its trailing window looks at."""
    held = min(first, memory.oldest_row_needed())
    memory.show(memory.rows.chunk(held, end), held)
    memory.prepare_statistics(end)


def blank_chunk(memory: Memory, held: int, end: int) -> dict[str, Array]:
    """The rows from `held` to `end`, of which only those shown before are known, for events to be written to."""
    rows, count = memory.rows, memory.rows.instruments
    cells: dict[str, Array] = {}
    for name in cells_of(rows.market):
        old, span = memory.arrays[name], (memory.shown_from, held, end)
        began, start, after = map(rows.decisions_before, span) if name == "decision_presence" else span
        cells[name] = new = np.zeros((after - start) * count, old.dtype)
        known = old[(start - began) * count :]
        new[: len(known)] = known
    if rows.uses_statistics:
        size = (end - held) * count
        cells |= {"open_budget": np.empty(size, np.int64), "sigma": np.empty(size), "daily_volume": np.empty(size)}
    return cells
