"""The trial log: every parameter set ever tried on a range of data with its result, so that a search can be judged.

Invariants: a search (one backtest or sweep) is recorded in one transaction, all its trials or none; its key is a hash
of everything that makes its result, so the same search made again adds no row and says it was made once more; a trial
is counted once however often it is run. Searches are never removed with a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select, update

from tickwright.adapters.storage.database.bulk_insert import insert_new, insert_rows
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.models import Search, SearchSymbol, Table, Trial
from tickwright.adapters.storage.search_record import SearchRecord, TrialRange, TriedSet, hash_of, json_of

_TABLES = Table.metadata.tables


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


def _count(connection: Connection, looked_at: TrialRange) -> int:
    overlapping = (
        select(Search.search_id)
        .join(SearchSymbol, SearchSymbol.search_id == Search.search_id)
        .where(SearchSymbol.symbol.in_(looked_at.symbols))
        .where(Search.start_ns < looked_at.end_ns, Search.end_ns > looked_at.start_ns)
    )
    seen = select(func.count(Trial.fingerprint.distinct())).where(Trial.search_id.in_(overlapping))
    return int(connection.execute(seen).scalar_one())
