"""What a connection pool is doing and how its statements behave: counts, times, and a log of the slow ones.

Invariants: a slow statement is logged and kept as its text with placeholders, never with its values; literals in the
text are blanked, so that no secret leaves this way. Counting costs two clock readings per statement. On SQLite, which
has no time limit of its own, a statement that outlives its limit is interrupted here.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

from tickwright.adapters.storage.database.pool_options import PoolOptions

LOG = logging.getLogger("tickwright.database")
KEPT_SLOW = 20
_STARTED = "tickwright_started"
_LIMIT = "tickwright_limit_s"
_STEPS_BETWEEN_LOOKS = 10_000
_LITERAL = re.compile(r"'(?:[^']|'')*'")

UNLIMITED = "tickwright_unlimited"
"""The execution option of statements without a time limit: a change of schema takes as long as it takes."""


@dataclass(frozen=True, slots=True)
class SlowStatement:
    """A statement that took longer than the threshold: its text without values, its seconds, when it ended."""

    text: str
    seconds: float
    ended_ns: int


@dataclass(frozen=True, slots=True)
class PoolMetrics:
    """A pool at one instant: connections by what they do, and what happened since it was opened.

    `waited_s` is the time callers waited for a connection, `repeats` how often a unit of work was done again after a
    failure, `discarded` how many connections were found dead.
    """

    size: int
    in_use: int
    idle: int
    opened: int
    discarded: int
    lent: int
    waited_s: float
    exhausted: int
    statements: int
    statement_s: float
    slow: int
    repeats: int
    slowest: tuple[SlowStatement, ...]


class PoolWatch:
    """Listens to one engine; `metrics()` is what it saw."""

    def __init__(self, engine: Engine, options: PoolOptions) -> None:
        self._engine, self._options = engine, options
        self._guard = threading.Lock()
        self._counts = dict.fromkeys(("opened", "discarded", "lent", "exhausted", "statements", "slow", "repeats"), 0)
        self._waited_s = self._statement_s = 0.0
        self._slow: deque[SlowStatement] = deque(maxlen=KEPT_SLOW)
        event.listen(engine, "connect", self._opened)
        event.listen(engine, "invalidate", self._discarded)
        event.listen(engine, "checkout", self._lent)
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)
        event.listen(engine, "handle_error", self._failed)

    def metrics(self) -> PoolMetrics:
        """The pool as it is now."""
        pool: Any = self._engine.pool
        size = int(pool.size()) if hasattr(pool, "size") else 1
        in_use = int(pool.checkedout()) if hasattr(pool, "checkedout") else 0
        idle = int(pool.checkedin()) if hasattr(pool, "checkedin") else 0
        with self._guard:
            slowest = tuple(sorted(self._slow, key=lambda one: -one.seconds))
            return PoolMetrics(
                size=size, in_use=in_use, idle=idle, waited_s=self._waited_s, statement_s=self._statement_s,
                slowest=slowest, **self._counts,
            )  # fmt: skip

    def waited(self, seconds: float, *, exhausted: bool = False) -> None:
        """A caller waited for a connection, in vain where the pool was exhausted."""
        with self._guard:
            self._waited_s += seconds
            self._counts["exhausted"] += exhausted

    def repeated(self) -> None:
        """A unit of work is done again."""
        self._count("repeats")

    def took(self, statement: str, seconds: float) -> None:
        """A statement ended."""
        slow = seconds >= self._options.slow_s
        text = shown_statement(statement)
        with self._guard:
            self._counts["statements"] += 1
            self._statement_s += seconds
            if slow:
                self._counts["slow"] += 1
                self._slow.append(SlowStatement(text, seconds, time.time_ns()))
        if slow:
            LOG.warning("slow statement, %.3f s: %s", seconds, text)

    def _count(self, name: str) -> None:
        with self._guard:
            self._counts[name] += 1

    def _opened(self, connection: Any, record: object) -> None:
        self._count("opened")
        if self._engine.dialect.name == "sqlite":
            limit_s = self._options.statement_s

            def outlived() -> bool:
                info: Any = getattr(record, "info", {})
                started = info.get(_STARTED)
                return started is not None and time.monotonic() - started > info.get(_LIMIT, limit_s)

            connection.set_progress_handler(outlived, _STEPS_BETWEEN_LOOKS)

    def _discarded(self, connection: Any, record: object, failure: object) -> None:
        self._count("discarded")

    def _lent(self, connection: Any, record: object, proxy: object) -> None:
        self._count("lent")

    def _before(self, connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
        unlimited = connection.get_execution_options().get(UNLIMITED)
        connection.info[_LIMIT] = float("inf") if unlimited else self._options.statement_s
        connection.info[_STARTED] = time.monotonic()

    def _after(self, connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
        started = connection.info.pop(_STARTED, None)
        if started is not None:
            self.took(statement, time.monotonic() - started)

    def _failed(self, context: Any) -> None:
        if context.connection is not None:
            context.connection.info.pop(_STARTED, None)


def shown_statement(text: str) -> str:
    """A statement in one line of at most 400 characters, its literals blanked.

    >>> shown_statement("select *\\n from runs where name = 'it''s mine'")
    "select * from runs where name = '…'"
    """
    return " ".join(_LITERAL.sub("'…'", text).split())[:400]
