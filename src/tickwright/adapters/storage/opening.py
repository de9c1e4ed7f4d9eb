"""Which store a location means.

A directory is a Parquet lake. Known limit: this is the one place to extend when another kind of store arrives.
"""

from __future__ import annotations

from pathlib import Path

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.errors import SettingsError
from tickwright.ports import MarketStore


def open_store(location: str | Path) -> MarketStore:
    """The market store at a location; raises `SettingsError` for a kind of address that no store has.

    >>> type(open_store("/no/such/place/yet")).__name__
    'ParquetLake'
    """
    scheme, separator, _ = str(location).partition("://")
    if not separator:
        return ParquetLake(Path(location).expanduser())
    raise SettingsError(f"{scheme!r} is not a kind of store", where="store", expected="a directory")
