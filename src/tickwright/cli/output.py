"""The one place that prints: a JSON document for programs, tables and lines for people.

Invariants: with `--json` stdout carries exactly one document with `schema`; everything else goes to stderr. Times are
UTC ISO 8601, an undefined number is null, rates are fractions, exact money is decimal text. A table is drawn by Rich on
a terminal and is plain aligned text anywhere else, so it can be piped, compared and grepped.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TextIO

SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say.

    `name` becomes the document's `schema` (`tickwright.NAME/1`); `document` is everything the command knows, in plain
    values, dataclasses or NumPy scalars; `text` writes the same for a person. `exit_code` is 1 where a check ran to its
    end and its verdict is no.
    """

    name: str
    document: Mapping[str, object]
    text: Callable[[Paper], None]
    exit_code: int = 0


class Paper:
    """Where a command's text is written: lines, facts and tables, drawn to suit the reader."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.is_terminal = stream.isatty()

    def line(self, text: str = "") -> None:
        """One line of text."""
        self._stream.write(f"{text}\n")

    def facts(self, pairs: Iterable[tuple[str, object]], *, indent: int = 0) -> None:
        """Names and values under each other, values aligned."""
        rows = [(name, cell(value)) for name, value in pairs]
        width = max((len(name) for name, _ in rows), default=0)
        for name, value in rows:
            self.line(f"{' ' * indent}{name:<{width}}  {value}".rstrip())

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table; numbers are right-aligned, an undefined value is a dash."""
        values = [list(row) for row in rows]
        numeric = [_is_numeric_column([row[i] for row in values]) for i in range(len(columns))]
        cells = [[cell(value) for value in row] for row in values]
        if self.is_terminal:
            self._rich_table(columns, cells, numeric)
            return
        widths = [
            max(len(name), *(len(row[i]) for row in cells)) if cells else len(name) for i, name in enumerate(columns)
        ]
        for row in [list(columns), *cells]:
            parts = [f"{t:>{w}}" if right else f"{t:<{w}}" for t, w, right in zip(row, widths, numeric, strict=True)]
            self.line("  ".join(parts).rstrip())

    def _rich_table(self, columns: Sequence[str], cells: list[list[str]], numeric: list[bool]) -> None:
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for name, right in zip(columns, numeric, strict=True):
            table.add_column(name, justify="right" if right else "left", overflow="fold")
        for row in cells:
            table.add_row(*(Text(value) for value in row))
        Console(file=self._stream).print(table)


def cell(value: object) -> str:
    """A value as text for people: a dash where it is undefined, ISO times, numbers with thousands separators.

    >>> cell(1234567), cell(0.123456), cell(float("nan")), cell(True)
    ('1,234,567', '0.1235', '–', 'yes')
    """
    value = plain(value)
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) >= 1000 else f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(cell(item) for item in value) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{name}={cell(item)}" for name, item in value.items())
    return str(value)


def percent(fraction: float | None, decimals: int = 2) -> str:
    """A fraction as a percentage for people; a dash where it is undefined.

    >>> percent(0.1234), percent(None), percent(float("nan"))
    ('12.34%', '–', '–')
    """
    return "–" if fraction is None or not math.isfinite(fraction) else f"{fraction:.{decimals}%}"


def plain(value: Any) -> Any:
    """A value in JSON's own types: NaN and infinities are None, Decimals are text, instants are ISO text.

    >>> plain({"sharpe": float("nan"), "fee": Decimal("0.10"), "days": (1, 2)})
    {'sharpe': None, 'fee': '0.10', 'days': [1, 2]}
    """
    if isinstance(value, Enum):
        return value.name
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else None
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [plain(item) for item in items]
    if hasattr(value, "tolist"):  # NumPy arrays and scalars, without importing NumPy for a help page
        return plain(value.tolist())
    if is_dataclass(value) and not isinstance(value, type) and "__str__" not in vars(type(value)):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return str(value)


def document_text(name: str, document: Mapping[str, object]) -> str:
    """A document as JSON text with its `schema` first."""
    body = {"schema": f"tickwright.{name}/{SCHEMA_VERSION}", **plain(document)}
    return json.dumps(body, indent=2, ensure_ascii=not _speaks_utf8(sys.stdout), allow_nan=False)


def print_answer(answer: Answer, *, as_json: bool) -> None:
    """Print an answer on stdout, whole, and flush it."""
    if as_json:
        sys.stdout.write(document_text(answer.name, answer.document) + "\n")
    else:
        answer.text(Paper(sys.stdout))
    sys.stdout.flush()


def note(text: str) -> None:
    """Tell something on the side, on stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _is_numeric_column(values: Sequence[object]) -> bool:
    known = [value for value in map(plain, values) if value is not None and value != "–"]
    return bool(known) and all(_is_number(value) for value in known)


def _is_number(value: object) -> bool:
    if isinstance(value, int | float):
        return not isinstance(value, bool)
    return isinstance(value, str) and value.lstrip("+-").rstrip("%").replace(",", "").replace(".", "", 1).isdigit()


def _speaks_utf8(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "").startswith("utf")
