"""Questions to a lake in SQL, answered by DuckDB from the files themselves.

There is one table, `candles`: exchange, symbol, kind, timeframe, time (UTC), open_time_ns, open, high, low, close,
volume.

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
        raise DataMissing("no candles are stored", where=str(root), hint="`tickwright data fetch` fetches some.")
    try:
        statements = duckdb.extract_statements(question)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise UsageError("that is not one question", where="data sql", expected="a single select from candles")
        with duckdb.connect(":memory:") as engine:
            engine.execute(f"create view candles as {' union all '.join(_select(*part) for part in parts)}")
            engine.execute("set allowed_directories = [" + _text(str(root)) + "]")
            engine.execute("set enable_external_access = false")
            engine.execute("set lock_configuration = true")
            answer = engine.execute(question)
            names = tuple(str(column[0]) for column in answer.description or ())
            rows = answer.fetchmany(most + 1)
            return SqlAnswer(names, tuple(tuple(row) for row in rows[:most]), len(rows) > most)
    except duckdb.Error as failure:
        sentence = str(failure).splitlines()[0]
        raise UsageError(sentence, where="data sql", expected="a select from candles") from None


def _parts(root: Path) -> Iterator[tuple[SeriesKey, tuple[int, int], list[Path]]]:
    """The files of every series, those of one scale together."""
    for path in sorted(root.glob(f"*/*/*/{MANIFEST}")):
        key = series_key(root, path.parent)
        manifest = None if key is None or key.timeframe is None else read_manifest(path.parent, key)
        if key is None or manifest is None:
            continue
        directory = series_directory(root, key)
        for scales, group in groupby(sorted(manifest.parts, key=_scales), key=_scales):
            yield key, scales, [Path(str(directory)) / part.file.name for part in group]


def _scales(part: Part) -> tuple[int, int]:
    return part.price_scale, part.volume_scale


def _select(key: SeriesKey, scales: tuple[int, int], files: list[Path]) -> str:
    price, volume = (f"1e{scale}" for scale in scales)
    prices = ", ".join(f"{name} / {price} as {name}" for name in ("open", "high", "low", "close"))
    names = (key.instrument.exchange, key.instrument.symbol, key.kind, str(key.timeframe))
    exchange, symbol, kind, timeframe = map(_text, names)
    return (
        f"select {exchange} as exchange, {symbol} as symbol, {kind} as kind, {timeframe} as timeframe, "
        f"make_timestamp(open_time_ns // 1000) as time, open_time_ns, {prices}, volume / {volume} as volume "
        f"from read_parquet([{', '.join(_text(str(file)) for file in files)}])"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
