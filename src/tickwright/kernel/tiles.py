"""A few rows of all instruments laid side by side out of their columns, while they are about to be read.

Invariants: a tile holds what the whole market's tables would hold at its rows, and is bound as if it began at row 0;
tiles follow each other in order and may share one row, so every close is read once; the cells of an instrument that
has a bar in every row hold `TRADES` from the start, and its opens are brought when somebody is about to trade there.
Known limit: only opens and closes are laid, for markets in which volume is not consulted.
"""

from __future__ import annotations

import numpy as np

from tickwright.kernel.layout import Record
from tickwright.kernel.open_step import TRADES
from tickwright.kernel.reach import column_of, view_float64, view_int64, view_uint8
from tickwright.machine_code.compilation import rule
from tickwright.machine_code.views import fetch


@rule
def lay_tile(context: Record, row: int, end: int) -> None:
    """Have the rows from this one on lie side by side: a tile of them, or all before `end`."""
    count, known = context["instruments"], context["tile_end"]
    last = min(row + context["tile_rows"], end)
    if known > row:
        _carry(context, row, known)
    else:
        known = row
    context["open"] = context["tile_open"] - 8 * row * count
    context["close"] = context["tile_close"] - 8 * row * count
    context["presence"] = context["tile_presence"] - row * count
    context["decision_presence"] = context["presence"] + context["first_row"] * count
    if context["float_closes"] != 0:
        _lay_floats(context, known, last)
    else:
        _lay_columns(context, known, last)
    context["tile_end"] = last


@rule
def _lay_floats(context: Record, first: int, end: int) -> None:
    """Closes back from the floats that a strategy has read: each lies next to the whole number it was made from."""
    count = context["instruments"]
    factors = view_float64(context["close_factors"], count)
    for row in range(first, end):
        values = view_float64(context["float_closes"] + 8 * row * count, count)
        close = view_int64(context["close"] + 8 * row * count, count)
        for instrument in range(count):
            close[instrument] = int(np.rint(values[instrument] * factors[instrument]))


@rule
def _lay_columns(context: Record, first: int, end: int) -> None:
    count, instrument = context["instruments"], 0
    while instrument < count:
        if instrument + 4 <= count and _are_whole(context, instrument, 4):
            _lay_four(context, instrument, first, end)
            instrument += 4
            continue
        if _are_whole(context, instrument, 1):
            _lay_one(context, instrument, first, end)
        else:
            _lay_with_holes(context, instrument, first, end)
        instrument += 1


@rule
def _are_whole(context: Record, instrument: int, many: int) -> bool:
    """Whether so many instruments from this one on have a bar in every row."""
    whole = 0
    for place in range(instrument, instrument + many):
        whole += 1 if column_of(context, place)["bars"] == context["rows"] else 0
    return whole == many


@rule
def _carry(context: Record, row: int, known: int) -> None:
    """Move the cells from a row on, the last ones of a tile, to its beginning."""
    count, cells = context["instruments"], context["tile_rows"] * context["instruments"]
    presence = view_uint8(context["tile_presence"], cells)
    opened, close = view_int64(context["tile_open"], cells), view_int64(context["tile_close"], cells)
    first = row * count - (context["tile_close"] - context["close"]) // 8
    for place in range((known - row) * count):
        old = first + place
        presence[place], opened[place], close[place] = presence[old], opened[old], close[old]


@rule
def _closes_from(context: Record, instrument: int, row: int, rows: int):  # type: ignore[no-untyped-def]
    """A column's closes from a row on, of an instrument that has a bar in every row."""
    return view_int64(column_of(context, instrument)["close"] + 8 * row, rows)


@rule
def _lay_four(context: Record, instrument: int, first: int, end: int) -> None:
    """Four columns at a time: half a line of the tile is written at once."""
    rows, count = end - first, context["instruments"]
    close = view_int64(context["close"] + 8 * (first * count + instrument), rows * count)
    one, two = _closes_from(context, instrument, first, rows), _closes_from(context, instrument + 1, first, rows)
    three, four = _closes_from(context, instrument + 2, first, rows), _closes_from(context, instrument + 3, first, rows)
    index = 0
    for row in range(rows):
        close[index], close[index + 1], close[index + 2], close[index + 3] = one[row], two[row], three[row], four[row]
        index += count
    for place in range(instrument, instrument + 4):
        _raise_highest(context, place, first, rows)


@rule
def _lay_one(context: Record, instrument: int, first: int, end: int) -> None:
    rows, count = end - first, context["instruments"]
    close = view_int64(context["close"] + 8 * (first * count + instrument), rows * count)
    closes = _closes_from(context, instrument, first, rows)
    for row in range(rows):
        close[row * count] = closes[row]
    _raise_highest(context, instrument, first, rows)


@rule
def _raise_highest(context: Record, instrument: int, first: int, rows: int) -> None:
    highest, closes = (
        view_int64(context["highest_closes"], context["instruments"]),
        _closes_from(context, instrument, first, rows),
    )
    most = highest[instrument]
    for row in range(rows):
        most = max(most, closes[row])
    highest[instrument] = most


@rule
def fetch_open(context: Record, instrument: int, row: int) -> None:
    """Have an instrument's open brought near: it may soon be asked for."""
    if context["columns"] == 0:
        fetch(context["open"] + 8 * (row * context["instruments"] + instrument))
    else:
        fetch(column_of(context, instrument)["open"] + 8 * row)


@rule
def bring_open(context: Record, instrument: int, row: int) -> None:
    """Put the open of an instrument that has a bar in every row where it is read."""
    if context["columns"] == 0 or not _are_whole(context, instrument, 1):
        return
    opens = view_int64(column_of(context, instrument)["open"] + 8 * row, 1)
    index = row * context["instruments"] + instrument
    view_int64(context["open"] + 8 * index, 1)[0] = opens[0]


@rule
def bring_opens(context: Record, row: int) -> None:
    """The same for all instruments."""
    for instrument in range(context["instruments"]):
        bring_open(context, instrument, row)


@rule
def _lay_with_holes(context: Record, instrument: int, first: int, end: int) -> None:
    column, count = column_of(context, instrument), context["instruments"]
    bars, bar = column["bars"], column["next"]
    times, row_times = view_int64(column["open_ns"], bars), view_int64(context["open_ns"], end)
    opens, closes = view_int64(column["open"], bars), view_int64(column["close"], bars)
    opened, close = view_int64(context["open"], end * count), view_int64(context["close"], end * count)
    presence, highest = view_uint8(context["presence"], end * count), view_int64(context["highest_closes"], count)
    for row in range(first, end):
        index = row * count + instrument
        presence[index] = 0
        if bar < bars and times[bar] == row_times[row]:
            opened[index], close[index], presence[index] = opens[bar], closes[bar], TRADES
            highest[instrument] = max(highest[instrument], closes[bar])
            bar += 1
    column["next"] = bar
