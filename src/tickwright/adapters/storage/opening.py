"""Which store a location means: a directory or `s3://…` is a Parquet lake, `postgresql://…` a database.

A store is imported when it is asked for: a command that only lists runs waits for none. The database driver and the
client for object storage come with the extras `postgres` and `s3`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tickwright.adapters.storage.catalogue import FileCatalogue
from tickwright.adapters.storage.place import place_of
from tickwright.domain.errors import SettingsError
from tickwright.ports import InstrumentCatalogue, MarketStore

if TYPE_CHECKING:
    from tickwright.adapters.storage.postgres.capabilities import Capabilities


STATEMENT_TIMEOUT_S = 300.0


def open_store(location: str | Path, *, statement_timeout_s: float = STATEMENT_TIMEOUT_S) -> MarketStore:
    """The market store at a location; raises `SettingsError` for a kind of address that no store has.

    `statement_timeout_s` bounds what a database may take for one statement.

    >>> type(open_store("/no/such/place/yet")).__name__
    'ParquetLake'
    """
    scheme, separator, _ = str(location).partition("://")
    if not separator or scheme == "s3":
        from tickwright.adapters.storage.lake.lake import ParquetLake

        return ParquetLake(place_of(location))
    if scheme in ("postgresql", "postgres"):
        return _postgres(str(location), statement_timeout_s)
    raise _no_store(scheme)


def open_catalogue(location: str | Path) -> InstrumentCatalogue:
    """The instrument catalogue beside the market store at a location; raises `SettingsError` as `open_store` does."""
    scheme, separator, _ = str(location).partition("://")
    if not separator or scheme == "s3":
        return FileCatalogue(place_of(location))
    if scheme in ("postgresql", "postgres"):
        _demand_driver()
        from tickwright.adapters.storage.postgres.catalogue import PostgresCatalogue

        return PostgresCatalogue(str(location))
    raise _no_store(scheme)


def shown_location(location: str | Path) -> str:
    """A location without what nobody should read: no user, no password, no options.

    >>> shown_location("postgresql://desk:hunter2@db.lan:5432/market?sslmode=require")
    'postgresql://db.lan:5432/market'
    """
    parts = urlsplit(str(location))
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else str(location)


def database_server(store: MarketStore) -> Capabilities | None:
    """What the server of a store offers, None for a store that has no server; raises `StoreUnreachable`."""
    return store.capabilities() if hasattr(store, "capabilities") else None


def _no_store(scheme: str) -> SettingsError:
    expected = "a directory, s3://BUCKET/PREFIX, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
    return SettingsError(f"{scheme!r} is not a kind of store", where="store", expected=expected)


def _postgres(url: str, statement_timeout_s: float) -> MarketStore:
    _demand_driver()
    from tickwright.adapters.storage.postgres.postgres_store import PostgresStore

    return PostgresStore(url, statement_timeout_s=statement_timeout_s)


def _demand_driver() -> None:
    try:
        import psycopg  # noqa: F401 - only whether it is there
    except ImportError as missing:
        hint = "Install it: pip install 'tickwright[postgres]'"
        raise SettingsError(
            f"the database driver is not installed ({missing.name})", where="store", expected="psycopg 3", hint=hint
        ) from None
