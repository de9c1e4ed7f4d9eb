"""Which store a location means."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.adapters.storage.opening import open_store
from tickwright.domain.errors import SettingsError


def test_a_directory_is_a_lake(tmp_path: Path) -> None:
    assert isinstance(open_store(tmp_path), ParquetLake)
    assert isinstance(open_store(str(tmp_path / "data")), ParquetLake)


def test_an_address_no_store_has_is_named() -> None:
    with pytest.raises(SettingsError, match="'mongodb' is not a kind of store"):
        open_store("mongodb://localhost/x")
