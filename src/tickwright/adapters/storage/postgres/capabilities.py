"""What a server offers, and whether its versions are safe to rely on.

Source of the unsafe TimescaleDB releases: those before 2.27.3, 2.28.4 and 2.31.2 fail every scheduled job on the
PostgreSQL minor releases of November 2026.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from tickwright.adapters.storage.postgres.timescale import failed_jobs

_SAFE = {(2, 27): 3, (2, 28): 4, (2, 31): 2}
_OLDEST_SERVER = 15
_TIMESCALE_SERVERS = (16, 17, 18)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """A server's version, the installed TimescaleDB version (empty where there is none), and what it cannot do."""

    server: str
    timescaledb: str
    warnings: tuple[str, ...]

    @property
    def risks(self) -> tuple[str, ...]:
        """The warnings that call for something to be done; a missing extension does not."""
        return tuple(warning for warning in self.warnings if "is not installed" not in warning)

    def sentence(self) -> str:
        """What was found and what is done with it, in one line for `doctor`."""
        tables = f"hypertables of TimescaleDB {self.timescaledb}" if self.timescaledb else "native partitions by year"
        return f"PostgreSQL {self.server} with {tables}" + "".join(f"; {warning}" for warning in self.warnings)


def probe(cursor: psycopg.Cursor) -> Capabilities:
    """Ask a server what it is."""
    cursor.execute("show server_version_num")
    (number,) = cursor.fetchone() or ("0",)
    cursor.execute("select extversion from pg_extension where extname = 'timescaledb'")
    (timescaledb,) = cursor.fetchone() or ("",)
    major, minor = divmod(int(number), 10_000)
    warnings = _warnings(major, timescaledb) + (failed_jobs(cursor) if timescaledb else [])
    return Capabilities(f"{major}.{minor}", timescaledb, tuple(warnings))


def _warnings(major: int, timescaledb: str) -> list[str]:
    warnings = []
    if major < _OLDEST_SERVER:
        warnings.append(f"versions before {_OLDEST_SERVER} are not tested")
    if not timescaledb:
        warnings.append("TimescaleDB is not installed, so there is no compression and no continuous aggregate")
    elif major not in _TIMESCALE_SERVERS:
        warnings.append(f"TimescaleDB {timescaledb} is not known to work on PostgreSQL {major}: use 16, 17 or 18")
    elif not is_safe(timescaledb):
        warnings.append(
            f"TimescaleDB {timescaledb} fails its scheduled jobs on current servers: install 2.31.2 or newer"
        )
    return warnings


def is_safe(version: str) -> bool:
    """Whether a TimescaleDB release runs its scheduled jobs on current PostgreSQL releases.

    >>> is_safe("2.31.2"), is_safe("2.31.1"), is_safe("2.28.4"), is_safe("2.30.0"), is_safe("2.32.0")
    (True, False, True, False, True)
    """
    parts = [int(part) for part in version.split("-")[0].split(".")[:3]]
    major, minor, patch = [*parts, 0, 0, 0][:3]
    if (major, minor) in _SAFE:
        return patch >= _SAFE[major, minor]
    return (major, minor) > max(_SAFE)
