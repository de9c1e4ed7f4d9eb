"""The instrument catalogue in PostgreSQL: a row per instrument, with every rule that ever held and from when.

Invariants: those of `instrument_documents`; what is recorded of an exchange is one transaction, and processes that
record at the same time take turns.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import psycopg

from tickwright.adapters.storage.instrument_documents import (
    FORMAT_VERSION,
    instrument_document,
    merged_instrument,
    parsed_instrument,
)
from tickwright.adapters.storage.postgres.connection import Connection
from tickwright.adapters.storage.postgres.schema import ensure_schema
from tickwright.domain.errors import DataError, StoreDamaged
from tickwright.domain.instrument import Instrument, InstrumentId


class PostgresCatalogue:
    """Instruments in one database; the first that is kept makes the tables."""

    def __init__(self, url: str) -> None:
        self._server = Connection(url)
        self._ready = False

    def close(self) -> None:
        """Give the connection back."""
        self._server.close()

    def record(self, instruments: Sequence[Instrument], observed_ns: int) -> int:
        """Keep what exchanges say now, all or nothing; returns how many instruments are new or changed."""
        if not instruments:
            return 0
        self._prepare()
        turns = sorted_by_id(instruments)

        def recorded(cursor: psycopg.Cursor) -> int:
            # Whoever waited for its turn must see what was committed meanwhile, which one snapshot would not show.
            cursor.execute("set transaction isolation level read committed")
            return sum(self._recorded(cursor, one, observed_ns) for one in turns)

        return self._server.run(recorded)

    def keep(self, instrument: Instrument) -> None:
        """Keep an instrument exactly as it is given, in place of what was known."""
        self._prepare()
        self._server.run(lambda cursor: _put(cursor, instrument))

    def find(self, instrument: InstrumentId) -> Instrument | None:
        """What is known of an instrument, or None."""
        return self._server.run(lambda cursor: self._known(cursor, instrument) if _is_there(cursor) else None)

    def instruments(self, exchange: str) -> Sequence[Instrument]:
        """Every instrument known of an exchange, sorted."""

        def known(cursor: psycopg.Cursor) -> list[Instrument]:
            if not _is_there(cursor):
                return []
            cursor.execute("select exchange, document from market.instruments where exchange = %s", (exchange,))
            return [self._parsed(*row) for row in cursor.fetchall()]

        return sorted_by_id(self._server.run(known))

    def _prepare(self) -> None:
        if not self._ready:
            self._server.run(ensure_schema)
            self._ready = True

    def _recorded(self, cursor: psycopg.Cursor, instrument: Instrument, observed_ns: int) -> bool:
        identity = str(instrument.id)
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7417))", (identity,))
        known = self._known(cursor, instrument.id)
        after = merged_instrument(known, instrument, observed_ns)
        if after == known:
            return False
        _put(cursor, after)
        return True

    def _known(self, cursor: psycopg.Cursor, instrument: InstrumentId) -> Instrument | None:
        cursor.execute(
            "select exchange, document from market.instruments where exchange = %s and symbol = %s",
            (instrument.exchange, instrument.symbol),
        )
        row = cursor.fetchone()
        return None if row is None else self._parsed(*row)

    def _parsed(self, exchange: str, document: str) -> Instrument:
        where = f"{self._server.place} market.instruments"
        try:
            entry = orjson.loads(document)
            if entry["format"] > FORMAT_VERSION:
                raise DataError(
                    f"an instrument has format {entry['format']}", where=where, expected=f"format {FORMAT_VERSION}"
                )
            return parsed_instrument(exchange, entry)
        except (ValueError, LookupError, TypeError, ArithmeticError) as failure:
            hint = "Remove the row; the next `tickwright data fetch` writes a new one, without the older rules."
            raise StoreDamaged(
                "an instrument is not readable", where=where, expected="a document as the catalogue wrote it", hint=hint
            ) from failure


def sorted_by_id(instruments: Sequence[Instrument]) -> list[Instrument]:
    """Instruments in the order of their names, in which all who record take their turns."""
    return sorted(instruments, key=lambda instrument: instrument.id)


def _is_there(cursor: psycopg.Cursor) -> bool:
    cursor.execute("select to_regclass('market.instruments') is not null")
    return bool((cursor.fetchone() or (False,))[0])


def _put(cursor: psycopg.Cursor, instrument: Instrument) -> None:
    document = orjson.dumps({"format": FORMAT_VERSION, **instrument_document(instrument)}).decode()
    cursor.execute(
        "insert into market.instruments (exchange, symbol, document) values (%s, %s, %s) "
        "on conflict (exchange, symbol) do update set document = excluded.document",
        (instrument.id.exchange, instrument.id.symbol, document),
    )
