"""The trial log: every parameter set ever tried on a range of data with its result, so that a search can be judged.

Invariants: a search (one backtest or sweep) is recorded in one transaction, all its trials or none; its key is a hash
of everything that makes its result, so the same search made again adds no row and says it was made once more; a trial
is counted once however often it is run. Searches are never removed with a run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import JSON, ColumnElement, Connection, Double, cast, func, select, update

from tickwright.adapters.storage.database.bulk_insert import insert_new, insert_rows
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.models import Search, SearchSymbol, Table, Trial
from tickwright.adapters.storage.search_record import SearchRecord, TrialRange, TriedSet, hash_of, json_of

_TABLES = Table.metadata.tables


@dataclass(frozen=True, slots=True)
class LoggedTrial:
    """A trial as it was kept: what was tried where, what came of it, and how often its search was made."""

    strategy: str
    parameters: Mapping[str, Any]
    metrics: Mapping[str, Any]
    created_ns: int
    times: int
    looked_at: TrialRange


@dataclass(frozen=True, slots=True)
class LoggedTrials:
    """Some trials of a log, and how many different ones there are of their kind."""

    different: int
    trials: tuple[LoggedTrial, ...]


class TrialLog:
    """The trial log in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, search: SearchRecord) -> int:
        """Log the trials of one search; returns how many different trials that data has now seen."""
        fingerprints = search.fingerprints()
        looked_at = search.looked_at
        key = hash_of([search.strategy, looked_at, search.context, sorted(set(fingerprints))])

        def work(connection: Connection) -> int:
            if not _inserted(connection, key, search, fingerprints):
                unseen = Search.last_ns < search.created_ns  # else it is this very search, sent twice or late
                again = update(Search).where(Search.search_id == key, unseen)
                connection.execute(again.values(times=Search.times + 1, last_ns=search.created_ns))
            return _count(connection, looked_at)

        return self._database.write(work)

    def count(self, looked_at: TrialRange) -> int:
        """How many different trials have been run on overlapping data."""
        return self._database.read(lambda connection: _count(connection, looked_at))

    def best(
        self, measure: str, most: int, *, strategy: str = "", symbol: str = "", ascending: bool = False
    ) -> LoggedTrials:
        """The trials with the largest values of a measure (the smallest with `ascending`), of all that fit.

        `measure` is a name in the metrics of a trial; trials without it come last. An empty name fits everything.
        """
        chosen = [Trial.strategy == strategy] if strategy else []
        if symbol:
            looked_at = select(SearchSymbol.search_id).where(SearchSymbol.symbol == symbol)
            chosen.append(Trial.search_id.in_(looked_at))
        value = _measure(self._database.engine.dialect.name, measure)
        ordered = (value.asc() if ascending else value.desc()).nulls_last()
        asked = select(Trial, Search).join(Search, Search.search_id == Trial.search_id).where(*chosen)
        columns = asked.with_only_columns(
            Trial.strategy, Trial.parameters, Trial.metrics, Trial.search_id, Trial.created_ns, Search.timeframe,
            Search.start_ns, Search.end_ns, Search.times,
        )  # fmt: skip
        counted = select(func.count(Trial.fingerprint.distinct())).where(*chosen)

        def work(connection: Connection) -> LoggedTrials:
            rows = connection.execute(columns.order_by(ordered, Trial.id).limit(most)).all()
            ids = {row.search_id for row in rows}
            symbols: dict[str, list[str]] = {}
            known = select(SearchSymbol.search_id, SearchSymbol.symbol).where(SearchSymbol.search_id.in_(ids))
            for row in connection.execute(known):
                symbols.setdefault(row.search_id, []).append(row.symbol)
            found = [
                LoggedTrial(
                    row.strategy, orjson.loads(row.parameters), orjson.loads(row.metrics), row.created_ns, row.times,
                    TrialRange(tuple(sorted(symbols[row.search_id])), row.timeframe, row.start_ns, row.end_ns),
                )
                for row in rows
            ]  # fmt: skip
            return LoggedTrials(int(connection.execute(counted).scalar_one()), tuple(found))

        return self._database.read(work)

    def adopt(self, fingerprints: Sequence[str], created_ns: int, strategy: str, looked_at: TrialRange) -> None:
        """Take in a search of which only the fingerprints of its trials are known; once, however often it is called."""
        key = hash_of([strategy, looked_at, created_ns, list(fingerprints)])
        search = SearchRecord(created_ns, strategy, looked_at, {}, [TriedSet({}, {}) for _ in fingerprints])

        self._database.write(lambda connection: _inserted(connection, key, search, fingerprints))


def _inserted(connection: Connection, key: str, search: SearchRecord, fingerprints: Sequence[str]) -> bool:
    """Insert a search, its symbols and each different trial; False where the search is there already."""
    looked_at = search.looked_at
    different = dict(zip(fingerprints, search.trials, strict=True))
    row = {
        "search_id": key,
        "created_ns": search.created_ns,
        "last_ns": search.created_ns,
        "times": 1,
        "strategy": search.strategy,
        "timeframe": looked_at.timeframe,
        "start_ns": looked_at.start_ns,
        "end_ns": looked_at.end_ns,
        "document": json_of(search.context),
    }
    if not insert_new(connection, _TABLES["searches"], row):
        return False
    symbols = sorted(set(looked_at.symbols))
    insert_rows(connection, _TABLES["search_symbols"], {"symbol": symbols, "search_id": [key] * len(symbols)})
    count = len(different)
    columns: dict[str, list[Any]] = {
        "search_id": [key] * count,
        "fingerprint": list(different),
        "created_ns": [search.created_ns] * count,
        "strategy": [search.strategy] * count,
        "data_hash": [search.data_hash] * count,
        "parameters": [json_of(trial.parameters) for trial in different.values()],
        "metrics": [json_of(trial.metrics) for trial in different.values()],
    }
    insert_rows(connection, _TABLES["trials"], columns)
    return True


def _measure(dialect: str, name: str) -> ColumnElement[float]:
    """A number in the metrics of a trial, null where there is none."""
    if dialect == "postgresql":
        return func.json_extract_path_text(cast(Trial.metrics, JSON), name).cast(Double)
    return func.json_extract(Trial.metrics, f'$."{name}"').cast(Double)


def _count(connection: Connection, looked_at: TrialRange) -> int:
    overlapping = (
        select(Search.search_id)
        .join(SearchSymbol, SearchSymbol.search_id == Search.search_id)
        .where(SearchSymbol.symbol.in_(looked_at.symbols))
        .where(Search.start_ns < looked_at.end_ns, Search.end_ns > looked_at.start_ns)
    )
    seen = select(func.count(Trial.fingerprint.distinct())).where(Trial.search_id.in_(overlapping))
    return int(connection.execute(seen).scalar_one())
