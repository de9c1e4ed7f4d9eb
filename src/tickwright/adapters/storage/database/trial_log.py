"""The trial log: every parameter set ever tried on a range of data with its result, so that a search can be judged.

Invariants: a search (one backtest or sweep) is recorded in one transaction, all its trials or none; its key is a hash
of everything that makes its result, so the same search made again adds no row and says it was made once more; a trial
is counted once however often it is run. Searches are never removed with a run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, func, select, update

from tickwright.adapters.storage.database.bulk_insert import insert_new, insert_rows
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.models import Search, SearchSymbol, Table, Trial

_TABLES = Table.metadata.tables


@dataclass(frozen=True, slots=True)
class TrialRange:
    """What trials are compared on: symbols (with their exchange), timeframe and [start, end) in UTC nanoseconds."""

    symbols: tuple[str, ...]
    timeframe: str
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class TriedSet:
    """One parameter set and the measures of its result."""

    parameters: Mapping[str, Any]
    metrics: Mapping[str, Any]


@dataclass(frozen=True)
class SearchRecord:
    """One backtest or sweep: what was searched where, and every trial.

    `context` is what the trials share and their results depend on: the strategy's source, cash, costs, limits, seed and
    the hashes of the data.
    """

    created_ns: int
    strategy: str
    looked_at: TrialRange
    context: Mapping[str, Any]
    trials: Sequence[TriedSet]

    @property
    def data_hash(self) -> str:
        """One hash for the candles of every symbol."""
        return _hash(self.context.get("data"))

    def fingerprints(self) -> list[str]:
        """Of each trial: the same for the same parameters of a strategy on a timeframe, whatever the range."""
        return [trial_fingerprint(self.strategy, self.looked_at.timeframe, one.parameters) for one in self.trials]


class TrialLog:
    """The trial log in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, search: SearchRecord) -> int:
        """Log the trials of one search; returns how many different trials that data has now seen."""
        fingerprints = search.fingerprints()
        looked_at = search.looked_at
        key = _hash([search.strategy, looked_at, search.context, sorted(set(fingerprints))])

        def work(connection: Connection) -> int:
            if not _inserted(connection, key, search, fingerprints):
                unseen = Search.last_ns != search.created_ns  # else it is this very search, sent twice
                again = update(Search).where(Search.search_id == key, unseen)
                connection.execute(again.values(times=Search.times + 1, last_ns=search.created_ns))
            return _count(connection, looked_at)

        return self._database.write(work)

    def count(self, looked_at: TrialRange) -> int:
        """How many different trials have been run on overlapping data."""
        return self._database.read(lambda connection: _count(connection, looked_at))

    def adopt(self, fingerprints: Sequence[str], created_ns: int, strategy: str, looked_at: TrialRange) -> None:
        """Take in a search of which only the fingerprints of its trials are known; once, however often it is called."""
        key = _hash([strategy, looked_at, created_ns, list(fingerprints)])
        search = SearchRecord(created_ns, strategy, looked_at, {}, [TriedSet({}, {}) for _ in fingerprints])

        self._database.write(lambda connection: _inserted(connection, key, search, fingerprints))


def trial_fingerprint(strategy: str, timeframe: str, parameters: Mapping[str, Any]) -> str:
    """Sixteen hexadecimal digits that name a parameter set of a strategy on a timeframe."""
    return _hash([strategy, timeframe, parameters])[:16]


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
        "document": _json(search.context),
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
        "parameters": [_json(trial.parameters) for trial in different.values()],
        "metrics": [_json(trial.metrics) for trial in different.values()],
    }
    insert_rows(connection, _TABLES["trials"], columns)
    return True


def _count(connection: Connection, looked_at: TrialRange) -> int:
    overlapping = (
        select(Search.search_id)
        .join(SearchSymbol, SearchSymbol.search_id == Search.search_id)
        .where(SearchSymbol.symbol.in_(looked_at.symbols))
        .where(Search.start_ns < looked_at.end_ns, Search.end_ns > looked_at.start_ns)
    )
    seen = select(func.count(Trial.fingerprint.distinct())).where(Trial.search_id.in_(overlapping))
    return int(connection.execute(seen).scalar_one())


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY, default=str).decode()


def _hash(value: object) -> str:
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY, default=str)
    return hashlib.sha256(text).hexdigest()
