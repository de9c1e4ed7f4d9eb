"""Questions to a lake in SQL, answered by DuckDB from the files themselves.

The tables: `candles` with exchange, symbol, kind, timeframe, time (UTC), open_time_ns, open, high, low, close and
volume, of mark and index prices too; and `trades`, `quotes`, `funding` and `book` with exchange, symbol, time, ts_ns
and the columns of their kind (`domain.row_layout`). There are those of which the lake holds rows.

Invariants: only one SELECT is answered, and it reaches the files that the manifests name and nothing else: no other
file, no network, no write. Values are the stored integers divided by their scale. Known limits: a lake in a directory
only; the newest versions of rows; hashes are compared by `verify`, not here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from tickwright.adapters.storage.lake.layout import MANIFEST, series_directory, series_key
from tickwright.adapters.storage.lake.manifest import Part, read_manifest
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import DataMissing, SettingsError, UsageError
from tickwright.domain.row_layout import CANDLE_KINDS, layout_of


@dataclass(frozen=True, slots=True)
class SqlAnswer:
    """Rows of an answer under the names of their columns; `more` when there were more than were asked for."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    more: bool


def ask(root: Path, question: str, *, most: int) -> SqlAnswer:
    """The answer to one SELECT; raises `UsageError` for anything else, `SettingsError` where DuckDB is missing."""
    try:
        import duckdb
    except ImportError as missing:
        hint = "Install it: pip install 'tickwright[sql]'"
        raise SettingsError(
            f"the query engine is not installed ({missing.name})", where="data sql", expected="duckdb", hint=hint
        ) from None
    parts = list(_parts(root))
    if not parts:
        raise DataMissing("no rows are stored", where=str(root), hint="`tickwright data fetch` fetches some.")
    tables: dict[str, list[str]] = {}
    for key, scales, files in parts:
        tables.setdefault("candles" if key.kind in CANDLE_KINDS else key.kind, []).append(_select(key, scales, files))
    names = " or ".join(sorted(tables))
    try:
        statements = duckdb.extract_statements(question)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise UsageError(
                "that is not one question", where="data sql", expected=f"a single select from {' or '.join(tables)}"
            )
        with duckdb.connect(":memory:") as engine:
            for name, selects in tables.items():
                engine.execute(f"create view {name} as {' union all '.join(selects)}")
            engine.execute("set allowed_directories = [" + _text(str(root)) + "]")
            engine.execute("set enable_external_access = false")
            engine.execute("set lock_configuration = true")
            answer = engine.execute(question)
            columns = tuple(str(column[0]) for column in answer.description or ())
            rows = answer.fetchmany(most + 1)
            return SqlAnswer(columns, tuple(tuple(row) for row in rows[:most]), len(rows) > most)
    except duckdb.Error as failure:
        sentence = str(failure).splitlines()[0]
        raise UsageError(sentence, where="data sql", expected=f"a select from {names}") from None


def _parts(root: Path) -> Iterator[tuple[SeriesKey, tuple[int, int], list[Path]]]:
    """The files of every series, those of one scale together."""
    for path in sorted(root.glob(f"*/*/*/{MANIFEST}")):
        key = series_key(root, path.parent)
        manifest = None if key is None else read_manifest(path.parent, key)
        if key is None or manifest is None:
            continue
        directory = series_directory(root, key)
        for scales, group in groupby(sorted(manifest.parts, key=_scales), key=_scales):
            yield key, scales, [Path(str(directory)) / part.file.name for part in group]


def _scales(part: Part) -> tuple[int, int]:
    return part.price_scale, part.volume_scale


def _select(key: SeriesKey, scales: tuple[int, int], files: list[Path]) -> str:
    layout = layout_of(key.kind)
    factors = dict.fromkeys(layout.prices, f"1e{scales[0]}") | dict.fromkeys(layout.quantities, f"1e{scales[1]}")
    values = [f"{name} / {factors[name]} as {name}" if name in factors else name for name in layout.columns]
    facts = {"exchange": key.instrument.exchange, "symbol": key.instrument.symbol}
    if key.timeframe is not None:
        facts |= {"kind": key.kind, "timeframe": str(key.timeframe)}
    named = ", ".join(f"{_text(value)} as {name}" for name, value in facts.items())
    return (
        f"select {named}, make_timestamp({layout.time} // 1000) as time, {', '.join(values)} "
        f"from read_parquet([{', '.join(_text(str(file)) for file in files)}])"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
