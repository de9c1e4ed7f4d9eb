"""Candle files as columns of text, before anything is understood of them.

CSV (also gzipped, or alone in a zip), Parquet, Feather, JSON lists of rows, and NumPy arrays of six columns.
Invariants: what a file is, is told by its first bytes, not by its name; a row keeps its place ("line 17" of a text,
"row 17" of anything else) so that every later sentence can name it; nothing is converted on the way, so no digit is
lost. A float64 of a Parquet or Feather file becomes its shortest text; where that needs more than the 15 digits a
float64 can promise, it is read at 15 digits (0.0036409999999999997 is 0.003641), and a note says so.
Known limits: a text that is cut inside its very last number cannot be told from a whole one; a file larger than
`LARGEST_BYTES` unpacked is refused.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet as pq

from tickwright.adapters.storage.files.row_order import row_columns
from tickwright.domain.bars import Int64Array
from tickwright.domain.errors import DataError
from tickwright.ports import RefusedRow

LARGEST_BYTES = 2 * 1024**3

BINANCE_COLUMNS = {
    "nnnnnnnnnnnn": "open_time open high low close volume close_time quote_volume count taker_buy_volume "
    "taker_buy_quote_volume ignore",
    "nnnnnff": "id price qty quote_qty time is_buyer_maker is_best_match",
    "nnnnnf": "id price qty quote_qty time is_buyer_maker",
    "nnnnnnff": "agg_trade_id price quantity first_trade_id last_trade_id transact_time is_buyer_maker is_best_match",
    "nnnnnnf": "agg_trade_id price quantity first_trade_id last_trade_id transact_time is_buyer_maker",
}
"""The columns of Binance's public archives that have no header, told by which of them are numbers (n) and flags (f)."""

_ROW_VALUES = 6
_WHOLE_FLOATS = 2.0**53
"""Below this every whole number is a float64 of its own."""
_DELIMITERS = ",;\t"
_SURE_DIGITS = 15


@dataclass(frozen=True, slots=True)
class TextTable:
    """Columns of text by name (as written in the file), the place of each row, and rows that had no such columns.

    `place_word` is "line" or "row"; `places` counts from 1.
    """

    columns: dict[str, pa.Array]
    place_word: str
    places: Int64Array
    refused: tuple[RefusedRow, ...] = ()
    notes: tuple[str, ...] = ()

    def backwards(self) -> TextTable:
        """The same rows from the last to the first."""
        columns = {name: column.take(pa.array(range(len(column) - 1, -1, -1))) for name, column in self.columns.items()}
        return replace(self, columns=columns, places=self.places[::-1])

    def where(self, mask: pa.Array) -> TextTable:
        """The rows that a mask keeps, without the refused ones, which no mask knows."""
        columns = {name: column.filter(mask) for name, column in self.columns.items()}
        keep = mask.to_numpy(zero_copy_only=False)
        return replace(self, columns=columns, places=self.places[keep], refused=())

    def place(self, row: int) -> str:
        """Where a row stands in the file."""
        return f"{self.place_word} {self.places[row]}"


def read_text_table(path: Path) -> TextTable:
    """The columns of a file; raises `DataError` where it is not a table."""
    content = _content(path)
    if content[:4] == b"PAR1":
        return _from_arrow(lambda: pq.ParquetFile(pa.BufferReader(content)).read(), "Parquet", path)
    if content[:6] == b"\x93NUMPY":
        return _from_array(content, path)
    if content[:6] == b"ARROW1":
        return _from_arrow(lambda: pyarrow.feather.read_table(pa.BufferReader(content)), "Feather", path)
    unpacked = _unpacked(content, path)
    if unpacked.lstrip()[:1] == b"[":
        return _from_rows(unpacked, path)
    return _from_text(_text(unpacked, path), path)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise _no_table(path, f"the file has {path.stat().st_size} bytes", f"at most {LARGEST_BYTES}")
        content = path.read_bytes()
    except OSError as failure:
        raise _no_table(path, f"the file cannot be read ({failure.strerror})", "a readable file") from failure
    if not content:
        raise _no_table(path, "the file is empty", "a header and at least one row")
    return content


def _unpacked(content: bytes, path: Path) -> bytes:
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06"):  # a zip archive, or an empty one
        return _only_member(content, path)
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            text = stream.read(LARGEST_BYTES + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as failure:
        raise _no_table(path, f"the gzip stream is cut short or damaged ({failure})", "a whole .gz file") from failure
    if len(text) > LARGEST_BYTES:
        raise _no_table(path, "the gzip stream is larger than can be read", f"at most {LARGEST_BYTES} bytes unpacked")
    return text


def _only_member(content: bytes, path: Path) -> bytes:
    """The one file of a zip archive, as exchanges publish their history."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) != 1:
                raise _no_table(path, f"the zip archive holds {len(members)} files", "one CSV file per archive")
            if members[0].file_size > LARGEST_BYTES:
                sentence = "the zip archive is larger than can be read"
                raise _no_table(path, sentence, f"at most {LARGEST_BYTES} bytes unpacked")
            return archive.read(members[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as failure:
        raise _no_table(path, f"the zip archive is cut short or damaged ({failure})", "a whole .zip file") from failure


def _text(content: bytes, path: Path) -> bytes:
    """The text without a byte order mark and without blank lines at its end, if it looks like CSV at all."""
    content = content.removeprefix(b"\xef\xbb\xbf").rstrip()
    start = content[:200].lstrip().lower()
    if not start:
        raise _no_table(path, "the file is empty", "a header and at least one row")
    if start.startswith(b"<"):
        raise _no_table(
            path, "the file is an HTML or XML page, not candles", "CSV, CSV.gz or Parquet", "Download it again."
        )
    if start.startswith(b"{"):
        raise _no_table(path, "the file is a JSON object, not candles", "rows of candles")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as failure:
        raise _no_table(path, f"byte {failure.start} is not UTF-8 text", "CSV, CSV.gz or Parquet") from None
    return content


def _from_text(content: bytes, path: Path) -> TextTable:
    names, delimiter, before, ticker = _header(content, path)
    if all(_is_number(name) for name in names):
        raise _no_table(path, "the first line holds numbers, not the names of columns", "a header line")
    _demand_once(names, path)
    if content.count(b"\n") < before:
        return TextTable({name: pa.array([], pa.string()) for name in names}, "line", np.arange(0))
    short: list[RefusedRow] = []
    skipped: list[int] = []

    def on_invalid(row: Any) -> str:
        sentence = f"it has {row.actual_columns} columns where the header names {row.expected_columns}"
        short.append(RefusedRow(f"line {row.number}", sentence))
        skipped.append(row.number)
        return "skip"

    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(content),
            read_options=pyarrow.csv.ReadOptions(use_threads=False, column_names=names, skip_rows=before),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter, ignore_empty_lines=False, invalid_row_handler=on_invalid
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[], strings_can_be_null=False
            ),
        )
    except (pa.ArrowException, KeyError) as failure:
        raise _no_table(
            path, f"the text is no CSV table ({str(failure).splitlines()[0]})", "CSV with a header"
        ) from None
    lines = np.setdiff1d(np.arange(1, 1 + table.num_rows + len(skipped)) + before, skipped)
    columns = _by_name(names, table, path)
    if ticker:
        columns["Ticker"] = pa.array([ticker] * table.num_rows, pa.string())
    return TextTable(columns, "line", lines, tuple(short))


def _header(content: bytes, path: Path) -> tuple[list[str], str, int, str]:
    """The names of a text's columns, its delimiter, how many lines stand before the first row, and a ticker.

    A line that only names a web site may stand before the header; Binance's archives have no header at all; yfinance
    writes three lines, of which the second names the ticker of each column.
    """
    lines = [line.decode().strip() for line in content.split(b"\n", 3)[:3]]
    if len(lines) == 3 and lines[0].startswith("Price,") and lines[1].startswith("Ticker,"):
        tickers = set(lines[1].split(",")[1:])
        if len(tickers) != 1:
            raise _no_table(path, f"the table holds {len(tickers)} tickers beside each other", "one ticker per file")
        return [lines[2].split(",")[0], *lines[0].split(",")[1:]], ",", 3, tickers.pop()
    before = 1 if lines[0].lower().startswith(("http://", "https://")) and len(lines) > 1 else 0
    delimiter = max(_DELIMITERS, key=lines[before].count)
    names = [name.strip().strip('"') for name in lines[before].split(delimiter)]
    form = "".join("n" if _is_number(name) else "f" if name.lower() in ("true", "false") else "?" for name in names)
    if form in BINANCE_COLUMNS:
        return BINANCE_COLUMNS[form].split(), delimiter, before, ""
    return names, delimiter, before + 1, ""


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _from_rows(content: bytes, path: Path) -> TextTable:
    """A JSON list of rows of six values, as ccxt answers and freqtrade keeps."""
    try:
        rows = json.loads(content, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as failure:
        raise _no_table(path, f"the JSON is cut short or damaged ({failure})", "a list of rows") from None
    if not all(isinstance(row, list) for row in rows):
        raise _no_table(path, "the JSON is no list of rows", "[[time, open, high, low, close, volume], …]")
    whole = [place for place, row in enumerate(rows) if len(row) == _ROW_VALUES]
    short = tuple(
        RefusedRow(f"row {place + 1}", f"it has {len(row)} values where {_ROW_VALUES} make a candle")
        for place, row in enumerate(rows)
        if len(row) != _ROW_VALUES
    )
    values = [
        pa.array(["" if rows[place][index] is None else str(rows[place][index]) for place in whole], pa.string())
        for index in range(_ROW_VALUES)
    ]
    names, note = row_columns(values)
    places = np.array(whole, np.int64) + 1
    return TextTable(dict(zip(names, values, strict=True)), "row", places, short, note)


def _from_array(content: bytes, path: Path) -> TextTable:
    """A NumPy array of candles, as jesse's research functions give them."""
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, OSError) as failure:
        sentence = f"the NumPy file is cut short or damaged ({str(failure).splitlines()[0]})"
        raise _no_table(path, sentence, "a whole array of numbers") from None
    if array.ndim != 2 or array.shape[1] != _ROW_VALUES or array.dtype.kind not in "fi":
        sentence = f"the array has the shape {array.shape} of {array.dtype}"
        raise _no_table(path, sentence, "rows of six numbers")
    columns, noisy = [], {}
    for place in range(_ROW_VALUES):
        text, noisy[f"column {place + 1}"] = _as_text(
            pa.array(array[:, place].astype(np.float64)), path, f"{place + 1}"
        )
        columns.append(text)
    names, note = row_columns(columns)
    table = dict(zip(names, columns, strict=True))
    return TextTable(table, "row", np.arange(1, len(array) + 1), (), (*_noise_note(noisy), *note))


def _from_arrow(read: Callable[[], pa.Table], kind: str, path: Path) -> TextTable:
    try:
        table = read()
    except (pa.ArrowException, OSError) as failure:
        sentence = f"the {kind} file is cut short or damaged ({str(failure).splitlines()[0]})"
        raise _no_table(path, sentence, f"a whole {kind} file") from failure
    columns, noisy = {}, {}
    for name, column in _by_name(table.column_names, table, path).items():
        columns[name], noisy[name] = _as_text(column, path, name)
    return TextTable(columns, "row", np.arange(1, table.num_rows + 1), (), _noise_note(noisy))


def _noise_note(noisy: Mapping[str, int]) -> tuple[str, ...]:
    """One sentence about the values of all columns that were read at the digits a float can promise."""
    told = ", ".join(f"{count:,} of {name}" for name, count in noisy.items() if count)
    return (f"values with binary noise beyond 15 digits were read at 15 digits: {told}",) if told else ()


def _by_name(names: list[str], table: pa.Table, path: Path) -> dict[str, pa.Array]:
    _demand_once(names, path)
    return {name: _whole(table.column(place)) for place, name in enumerate(names)}


def _demand_once(names: list[str], path: Path) -> None:
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise _no_table(path, f"the column {twice!r} is there twice", "each column once")


def _whole(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array


def _as_text(column: pa.Array, path: Path, name: str) -> tuple[pa.Array, int]:
    """A column's values as text, and how many carried binary noise; timestamps become nanoseconds."""
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        instants = column.cast(pa.timestamp("ns")).cast(pa.int64())
        return instants.cast(pa.string()), 0
    try:
        text = column.cast(pa.string())
    except pa.ArrowException:
        raise _no_table(path, f"the column {name!r} holds {kind} values", "numbers or text") from None
    if not pa.types.is_float64(kind):
        return text, 0
    return _without_noise(column, _whole_numbers_plain(column, text))


def _whole_numbers_plain(column: pa.Array, text: pa.Array) -> pa.Array:
    """Whole numbers in digits alone: a time that was kept as a float is written with an exponent."""
    values = column.to_numpy(zero_copy_only=False)
    large = pc.fill_null(pc.match_substring(text, "e+"), False).to_numpy(zero_copy_only=False)
    whole = large & (np.abs(values) < _WHOLE_FLOATS) & (np.floor(values) == values)
    if not whole.any():
        return text
    digits = pa.array(np.where(whole, values, 0).astype(np.int64)).cast(pa.string())
    return pc.if_else(pa.array(whole), digits, text)


def _without_noise(column: pa.Array, text: pa.Array) -> tuple[pa.Array, int]:
    lengths = pc.fill_null(pc.utf8_length(text), 0).to_numpy(zero_copy_only=False)
    suspects = np.flatnonzero(lengths > _SURE_DIGITS + 1)
    values = column.to_numpy(zero_copy_only=False)
    sure = {int(row): format(values[row], f".{_SURE_DIGITS}g") for row in suspects}
    noisy = {row: written for row, written in sure.items() if float(written) != values[row]}
    if not noisy:
        return text, 0
    corrected = text.to_pylist()
    for row, written in noisy.items():
        corrected[row] = written
    return pa.array(corrected, pa.string()), len(noisy)


def _no_table(path: Path, message: str, expected: str, hint: str = "") -> DataError:
    return DataError(message, where=str(path), expected=expected, hint=hint or "Nothing was stored.")
