"""A few rows of all instruments laid side by side out of their columns, while they are about to be read.

Invariants: a tile holds what the whole market's tables would hold at its rows, and is bound as if it began at row 0;
tiles follow each other in order and may share one row, so every column is read once; the cells of an instrument that
has a bar in every row hold `TRADES` from the start.
Known limit: only opens and closes are laid, for markets in which volume is not consulted.
"""

from __future__ import annotations

from tickwright.kernel.compilation import rule
from tickwright.kernel.layout import Record, column_of, view_int64, view_uint8
from tickwright.kernel.open_step import TRADES


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
    for instrument in range(count):
        if column_of(context, instrument)["bars"] == context["rows"]:
            _lay_whole(context, instrument, known, last)
        else:
            _lay_with_holes(context, instrument, known, last)
    context["tile_end"] = last


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
def _lay_whole(context: Record, instrument: int, first: int, end: int) -> None:
    column, count = column_of(context, instrument), context["instruments"]
    opens, closes = view_int64(column["open"], end), view_int64(column["close"], end)
    opened, close = view_int64(context["open"], end * count), view_int64(context["close"], end * count)
    highest = view_int64(context["highest_closes"], count)
    most = highest[instrument]
    for row in range(first, end):
        opened[row * count + instrument] = opens[row]
        close[row * count + instrument] = closes[row]
        most = max(most, closes[row])
    highest[instrument] = most


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
