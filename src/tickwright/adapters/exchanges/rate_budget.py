"""The request weight that all processes of a machine share, and the instants before which nobody may call.

Invariants: at most `share` of what an exchange allows is spent in any 60 seconds, whatever number of processes asks;
what one process learns about a ban holds for all of them and after a restart; a refusal to write means no request.

Why a file of our own: the limiters on offer keep one row per unit of weight and know no ban. The file is SQLite in its
write-ahead mode: every decision is one short transaction, and a killed process leaves none behind.

Known limits: processes of other machines behind the same address are seen only through what the exchange says was used;
a clock set back makes what was spent count again, and a ban is never believed for more than three days.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tickwright.adapters.exchanges.venues import WEIGHT_PER_MINUTE
from tickwright.domain.errors import ExchangeUnavailable, SettingsError
from tickwright.domain.timestamp import DAY, MINUTE, SECOND
from tickwright.ports import Clock

DEFAULT_PER_MINUTE = 60
_LONGEST_BAN_NS = 3 * DAY
_WINDOW_NS = MINUTE
_BUSY_S = 5.0
_TABLES = """
CREATE TABLE IF NOT EXISTS spent (venue TEXT NOT NULL, ts_ns INTEGER NOT NULL, weight INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS spent_by_time ON spent (venue, ts_ns);
CREATE TABLE IF NOT EXISTS blocked (venue TEXT PRIMARY KEY, until_ns INTEGER NOT NULL);
"""


BUDGET_FILE = "request-budget.sqlite"


def user_state_directory() -> Path:
    """Where this user's programs keep what they share: `tickwright` in `$XDG_STATE_HOME`, or in `~/.local/state`."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "tickwright"


def open_rate_budget(clock: Clock, directory: Path | None = None) -> SharedRateBudget:
    """The budget of this user on this machine; raises `SettingsError` where the directory cannot be used."""
    try:
        folder = directory or user_state_directory()
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: a user without a home directory
        raise SettingsError(
            f"the folder of the shared request budget cannot be made: {error}",
            where="XDG_STATE_HOME",
            hint="Set it to a folder that can be written",
        ) from error
    return SharedRateBudget(folder / BUDGET_FILE, clock)


@dataclass(frozen=True, slots=True)
class BudgetState:
    """How a venue stands: weight spent in the last 60 seconds and allowed, and until when nobody may call (or 0)."""

    venue: str
    used: int
    allowed: int
    blocked_until_ns: int


class SharedRateBudget:
    """Fulfils the `RateBudget` port with a SQLite file.

    A venue is an exchange's name, or `name@address` where another address than the exchange's own is called; `limits`
    is the weight each exchange allows in a minute.
    """

    def __init__(
        self, path: Path, clock: Clock, *, limits: Mapping[str, int] | None = None, share: float = 0.8
    ) -> None:
        self._path, self._clock = path, clock
        self._limits = WEIGHT_PER_MINUTE if limits is None else limits
        self._share = share
        self._connection: sqlite3.Connection | None = None
        with self._opened() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_TABLES)

    def allowed(self, venue: str) -> int:
        """The weight that may be spent on a venue in 60 seconds."""
        return int(self._limits.get(venue.partition("@")[0], DEFAULT_PER_MINUTE) * self._share)

    async def acquire(self, venue: str, weight: int) -> None:
        """Wait until the weight may be spent, and spend it."""
        if weight > self.allowed(venue):
            raise SettingsError(
                f"one request to {venue} weighs {weight}",
                expected=f"at most its budget of {self.allowed(venue)} a minute",
            )
        while (wait_ns := self._spend_or_wait(venue, weight)) > 0:
            await self._clock.sleep(wait_ns / SECOND)

    def block_until(self, venue: str, ts_ns: int) -> None:
        """Let nobody call the venue before an instant; an earlier instant than the known one changes nothing."""
        with self._opened() as connection:
            connection.execute(
                "INSERT INTO blocked VALUES (?, ?) "
                "ON CONFLICT (venue) DO UPDATE SET until_ns = max(until_ns, excluded.until_ns)",
                (venue, ts_ns),
            )

    def blocked_until(self, venue: str) -> int:
        """The instant before which nobody may call the venue, 0 when it may be called now."""
        with self._opened() as connection:
            return self._blocked_until(connection, venue, self._clock.now_ns())

    def observe(self, venue: str, used: int) -> None:
        """Take over what the venue says was used in its minute, where it is more than is known here."""
        with self._opened() as connection:
            now_ns = self._clock.now_ns()
            unknown = used - sum(weight for _, weight in self._window(connection, venue, now_ns))
            if unknown > 0:
                connection.execute("INSERT INTO spent VALUES (?, ?, ?)", (venue, now_ns, unknown))

    def used(self, venue: str) -> int:
        """The weight spent on a venue in the last 60 seconds."""
        with self._opened() as connection:
            return sum(weight for _, weight in self._window(connection, venue, self._clock.now_ns()))

    def states(self) -> list[BudgetState]:
        """How every venue stands that was asked in the last 60 seconds or may not be asked now, by name."""
        with self._opened() as connection:
            now_ns = self._clock.now_ns()
            names = connection.execute(
                "SELECT venue FROM spent UNION SELECT venue FROM blocked ORDER BY venue"
            ).fetchall()
            stands = [
                BudgetState(
                    venue,
                    sum(weight for _, weight in self._window(connection, venue, now_ns)),
                    self.allowed(venue),
                    self._blocked_until(connection, venue, now_ns),
                )
                for (venue,) in names
            ]
        return [state for state in stands if state.used or state.blocked_until_ns]

    def _spend_or_wait(self, venue: str, weight: int) -> int:
        """Spend and return 0, or return the nanoseconds to wait before asking again."""
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            now_ns = self._clock.now_ns()
            connection.execute("UPDATE spent SET ts_ns = ? WHERE ts_ns > ?", (now_ns, now_ns))  # the clock was set back
            blocked_ns = self._blocked_until(connection, venue, now_ns)
            wait_ns = blocked_ns - now_ns if blocked_ns else self._wait_ns(connection, venue, weight, now_ns)
            if wait_ns == 0:
                connection.execute("DELETE FROM spent WHERE ts_ns <= ?", (now_ns - _WINDOW_NS,))
                connection.execute("INSERT INTO spent VALUES (?, ?, ?)", (venue, now_ns, weight))
            connection.execute("COMMIT")
            return wait_ns

    def _wait_ns(self, connection: sqlite3.Connection, venue: str, weight: int, now_ns: int) -> int:
        window = self._window(connection, venue, now_ns)
        excess = sum(spent for _, spent in window) + weight - self.allowed(venue)
        if excess <= 0:
            return 0
        for ts_ns, spent in window:
            excess -= spent
            if excess <= 0:
                return ts_ns + _WINDOW_NS - now_ns
        raise AssertionError("a request that fits into an empty window fits once the window is empty")

    @staticmethod
    def _window(connection: sqlite3.Connection, venue: str, now_ns: int) -> list[tuple[int, int]]:
        """(instant, weight) of the last 60 seconds, oldest first."""
        return connection.execute(
            "SELECT ts_ns, weight FROM spent WHERE venue = ? AND ts_ns > ? ORDER BY ts_ns", (venue, now_ns - _WINDOW_NS)
        ).fetchall()

    @staticmethod
    def _blocked_until(connection: sqlite3.Connection, venue: str, now_ns: int) -> int:
        row = connection.execute("SELECT until_ns FROM blocked WHERE venue = ?", (venue,)).fetchone()
        until_ns = min(row[0], now_ns + _LONGEST_BAN_NS) if row else 0
        return until_ns if until_ns > now_ns else 0

    def close(self) -> None:
        """Give back the file; safe to call twice, and the next use opens it again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(
                    self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
                )
                self._connection.execute("PRAGMA synchronous = NORMAL")
            yield self._connection
        except sqlite3.Error as error:
            self.close()  # a transaction left open would keep every other process waiting
            raise ExchangeUnavailable(
                f"the shared request budget cannot be used: {error}",
                where=str(self._path),
                hint="Nothing is asked of an exchange without it; make room, or delete the file if it is damaged",
            ) from error
