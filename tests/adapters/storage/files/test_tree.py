"""The data files of a folder: in order of their paths, nothing hidden, nothing of a store of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickwright.adapters.storage.files.tree import data_files, speaking_path
from tickwright.domain.errors import DataError


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")


def test_files_are_found_by_their_ending_in_order_of_their_paths(tmp_path: Path) -> None:
    put(tmp_path, "b/2.csv.gz", "b/1.ZIP", "a.parquet", "README.md", "c/deep/er/x.npy", "b/notes")
    found = data_files(tmp_path)
    assert [str(file.relative_to(tmp_path)) for file in found.files] == [
        "a.parquet", "b/1.ZIP", "b/2.csv.gz", "c/deep/er/x.npy",
    ]  # fmt: skip
    assert found.passed_over == 2


def test_hidden_things_and_a_lake_are_passed_over(tmp_path: Path) -> None:
    put(
        tmp_path, ".git/x.csv", ".hidden.csv", "data/lake.json", "data/binance/BTC-USDT/candles-1h/all.parquet", "y.csv"
    )
    assert [file.name for file in data_files(tmp_path).files] == ["y.csv"]


def test_a_folder_that_leads_into_itself_ends(tmp_path: Path) -> None:
    put(tmp_path, "a/x.csv")
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert len(data_files(tmp_path).files) == 1


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone: the folder cannot be read \(No such file or directory\)"):
        data_files(tmp_path / "gone")


def test_the_folder_of_an_import_speaks_and_nothing_above_it(tmp_path: Path) -> None:
    root = tmp_path / "kraken" / "spot"
    put(root, "x/1.csv")
    assert speaking_path(root / "x" / "1.csv", root) == Path("spot/x/1.csv")
    assert speaking_path(root / "x" / "1.csv", None).parts[-4:] == ("kraken", "spot", "x", "1.csv")
