"""Tardis' derivative tickers as funding rates: what was announced last before each payment, once it was due.

A ticker names the next funding time and the rate that would be paid then. The rate of a payment is the last one told
before its time; a payment that no later ticker proves to have come due is left out, as its rate may still change.
Invariants: pure; rows keep the text of the file, so no digit is lost; the mark price of a rate is the one told with it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from tickwright.adapters.storage.files.text_table import TextTable
from tickwright.adapters.storage.files.time_text import instants

_NEEDED = ("timestamp", "funding_timestamp", "funding_rate", "mark_price")


def is_ticker(table: TextTable) -> bool:
    """Whether a table has the columns of a derivative ticker."""
    return all(name in table.columns for name in _NEEDED)


def funding_of_ticker(table: TextTable) -> TextTable:
    """A ticker's funding rates as a table of timestamp, rate and mark, one row per payment that came due."""
    told, due = instants(table.columns["timestamp"]), instants(table.columns["funding_timestamp"])
    rate = np.array([bool(text) for text in table.columns["funding_rate"].to_pylist()], np.bool_)
    known = np.setdiff1d(np.arange(len(table.places)), [*told.problems, *due.problems, *np.flatnonzero(~rate)])
    latest = int(told.ns[known].max()) if len(known) else 0
    before = known[(told.ns[known] < due.ns[known]) & (due.ns[known] <= latest)]
    order = before[np.lexsort((told.ns[before], due.ns[before]))]
    last = order[np.append(due.ns[order][1:] != due.ns[order][:-1], True)] if len(order) else order
    rows = pa.array(last)
    columns = {
        "timestamp": table.columns["funding_timestamp"].take(rows),
        "rate": table.columns["funding_rate"].take(rows),
        "mark": table.columns["mark_price"].take(rows),
    }
    note = f"{len(last)} funding rates out of {len(table.places)} tickers: the last told before each payment"
    return replace(table, columns=columns, places=table.places[last], notes=(*table.notes, note))
