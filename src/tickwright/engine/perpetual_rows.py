"""What perpetuals bring to a market's rows: mark prices beside the candles, and funding in order of time.

Invariants: a mark is 0 where its series has no candle for a row; mark candles are of the timeframe that orders meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Bars, Int64Array
from tickwright.domain.errors import UsageError
from tickwright.domain.market import Market
from tickwright.kernel.layout import FUNDING

MARKS: Final = ("mark_open", "mark_high", "mark_low", "mark_close")


def check_marks(market: Market) -> None:
    """Raise `UsageError` where mark candles are not of the timeframe that orders meet."""
    for series, traded in zip(market.marks, market.finest, strict=True):
        if series is not None and series.timeframe != traded.timeframe:
            raise UsageError(
                f"{series.key} stands beside {traded.key}",
                where="market",
                expected=f"mark prices in {traded.timeframe.name} candles",
            )


def mark_cells(marks: Sequence[Bars | None], open_ns: Int64Array) -> dict[str, Int64Array]:
    """The mark series at these rows, rows × instruments."""
    cells = {name: np.zeros((len(open_ns), len(marks)), np.int64) for name in MARKS}
    for instrument, series in enumerate(marks):
        if series is not None:
            inside = np.isin(series.open_time_ns, open_ns)
            rows = np.searchsorted(open_ns, series.open_time_ns[inside])
            for name, panel in cells.items():
                panel[rows, instrument] = getattr(series, name.removeprefix("mark_"))[inside]
    return {name: panel.reshape(-1) for name, panel in cells.items()}


def no_marks() -> dict[str, Int64Array]:
    """The same where no instrument has a mark series."""
    return dict.fromkeys(MARKS, np.empty(0, np.int64))


def funding_rows(market: Market, start_ns: int) -> npt.NDArray[np.void]:
    """All payments from a start on, by time, those of one instant in order of instruments: layout `FUNDING`."""
    parts = [np.zeros(0, FUNDING)]
    for instrument, own in enumerate(market.funding):
        if own is not None:
            due = own.ts_ns >= start_ns
            part = np.zeros(int(due.sum()), FUNDING)
            part["ts_ns"], part["rate_ppb"], part["instrument"] = own.ts_ns[due], own.rate_ppb[due], instrument
            parts.append(part)
    table = np.concatenate(parts)
    return np.ascontiguousarray(table[np.lexsort((table["instrument"], table["ts_ns"]))])
