"""One connection to a server, renewed when it dies, with the platform's sentences for the server's errors.

Invariants: every unit of work is one transaction that is repeated once when the connection turns out to be dead (units
are idempotent, so a commit whose answer was lost may be repeated); waiting is bounded by a connection and a statement
timeout, and by the limits of `server_line` where the line is dead; no sentence holds a password. One object serves one
thread at a time; others wait their turn.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import psycopg
from psycopg import errors as pg
from psycopg.conninfo import conninfo_to_dict

from tickwright.adapters.storage.server_line import line_limits
from tickwright.domain.errors import DataError, SettingsError, StoreUnreachable, StoreWriteFailed

CONNECT_TIMEOUT_S = 10
STATEMENT_TIMEOUT_S = 300.0

Outcome = TypeVar("Outcome")
Work = Callable[[psycopg.Cursor], Outcome]


class Connection:
    """The connection of one store."""

    def __init__(self, url: str, *, statement_timeout_s: float = STATEMENT_TIMEOUT_S) -> None:
        self._url, self._timeout = url, statement_timeout_s
        self.place = _place(url)
        self._turn = threading.RLock()
        self._open: psycopg.Connection | None = None

    def run(self, work: Work[Outcome]) -> Outcome:
        """Do a unit of work in one transaction on one snapshot; raises the `DataError` family."""
        with self._turn:
            try:
                return self._once(work)
            except StoreUnreachable:
                return self._once(work)

    def close(self) -> None:
        """Give the connection back; safe to call twice."""
        with self._turn:
            if self._open is not None:
                self._open.close()
                self._open = None

    def _once(self, work: Work[Outcome]) -> Outcome:
        try:
            connection = self._connected()
            with connection.transaction(), connection.cursor() as cursor:
                return work(cursor)
        except psycopg.Error as failure:
            if self._open is not None and (self._open.broken or self._open.closed):
                self.close()
                raise self._unreachable(failure) from failure
            raise self._sentence(failure) from failure

    def _connected(self) -> psycopg.Connection:
        if self._open is None or self._open.closed:
            try:
                limit_ms = max(1, round(self._timeout * 1000))
                options = f"-c statement_timeout={limit_ms} -c default_transaction_isolation=repeatable\\ read"
                self._open = psycopg.connect(
                    self._url,
                    autocommit=True,
                    options=options,
                    application_name="tickwright",
                    **line_limits(CONNECT_TIMEOUT_S),
                )
            except psycopg.Error as failure:
                raise self._unreachable(failure) from failure
        return self._open

    def _unreachable(self, failure: psycopg.Error) -> StoreUnreachable:
        return StoreUnreachable(
            f"the database cannot be reached ({type(failure).__name__})",
            where=self.place,
            expected="a running PostgreSQL server that lets this user in",
            hint="Start it, or correct the address, the user or the password; nothing was half written.",
        )

    def _sentence(self, failure: psycopg.Error) -> DataError:
        reason = (failure.diag.message_primary or type(failure).__name__).replace("\n", " ")
        if isinstance(failure, pg.DiskFull | pg.OutOfMemory | pg.TooManyConnections):
            hint = "Nothing was stored; make room and type the command again."
            return StoreWriteFailed(f"the server is full ({reason})", where=self.place, expected="room", hint=hint)
        if isinstance(failure, pg.ReadOnlySqlTransaction | pg.InsufficientPrivilege):
            hint = "Nothing was stored; use a user and a server that may write."
            return StoreWriteFailed(f"the server does not take it ({reason})", where=self.place, hint=hint)
        if isinstance(failure, pg.QueryCanceled):
            expected = f"an answer within {self._timeout:g} s"
            return DataError(
                "the server took too long", where=self.place, expected=expected, hint="Nothing was changed."
            )
        return DataError(f"the server refused ({reason})", where=self.place, expected="the schema of this version")


def _place(url: str) -> str:
    """Host and database of an address, and nothing secret."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        expected = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        raise SettingsError(
            "the address of the database cannot be understood", where="store", expected=expected
        ) from None
    port = f":{parts['port']}" if parts.get("port") else ""
    return f"postgresql://{parts.get('host') or 'localhost'}{port}/{parts.get('dbname') or ''}"
