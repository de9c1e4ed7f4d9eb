"""A folder of files into a store: real candles, one row per file, the same end whichever way it was reached."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tickwright.adapters.storage.files.identification import Wish
from tickwright.bootstrap.import_tree import import_tree
from tickwright.bootstrap.project import Project
from tickwright.domain.errors import DataError

OHLCV = Path(__file__).parent.parent / "data" / "ohlcv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Real files as people keep them, one cut short, one that is no candles, and two that contradict each other."""
    root = tmp_path / "files"
    for place in ("binance", "bitstamp", "coinbase", "other"):
        (root / place).mkdir(parents=True)
    names = ("BTC-USDT_1d", "BTC-USDT_1d_2020_second-source", "XRP-ETH_1m_2019-10")
    for name in names:
        shutil.copy(OHLCV / "binance" / f"{name}.parquet", root / "binance")
    shutil.copy(OHLCV / "bitstamp" / "BTC-USD_1d_2015.parquet", root / "bitstamp")
    shutil.copy(OHLCV / "other" / "ALT-BTC_1m_gappy.parquet", root / "other")
    shutil.copy(OHLCV / "known_gaps.csv", root)
    whole = (OHLCV / "coinbase" / "BTC-USD_1m_2018-04.parquet").read_bytes()
    (root / "coinbase" / "BTC-USD_1m.parquet").write_bytes(whole[:-100])
    candles = pl.read_parquet(OHLCV / "coinbase" / "ETH-USD_1m_2018-04.parquet")
    order = ["timestamp", "open", "close", "high", "low", "volume"]
    np.save(root / "coinbase" / "ETH-USD_1m.npy", candles.select(order).to_numpy().astype(np.float64))
    return root


def imported(folder: Path, home: Path, **choices: object) -> tuple[Project, dict[str, dict[str, object]]]:
    project = Project(home)
    outcome = import_tree(project, folder, Wish(), **choices)  # type: ignore[arg-type]
    return project, {row["file"]: row for row in outcome["files"]}


def state(project: Project) -> dict[str, tuple[str, tuple[object, ...]]]:
    """Every series by its rows and its holes."""
    keys = project.store.keys()
    return {str(key): (project.store.read(key).content_hash(), project.store.coverage(key).gaps) for key in keys}


def test_every_file_gets_a_row_with_what_became_of_it(folder: Path, tmp_path: Path) -> None:
    project, rows = imported(folder, tmp_path / "home")
    assert {name: row["status"] for name, row in rows.items()} == {
        "binance/BTC-USDT_1d.parquet": "imported",
        "binance/BTC-USDT_1d_2020_second-source.parquet": "in doubt",
        "binance/XRP-ETH_1m_2019-10.parquet": "imported",
        "bitstamp/BTC-USD_1d_2015.parquet": "imported",
        "coinbase/BTC-USD_1m.parquet": "refused",
        "coinbase/ETH-USD_1m.npy": "imported",
        "known_gaps.csv": "refused",
        "other/ALT-BTC_1m_gappy.parquet": "in doubt",
    }
    # The two sources of 2020 agree in 365 days and differ in the volume of one.
    second = rows["binance/BTC-USDT_1d_2020_second-source.parquet"]["reason"]
    assert second == "it contradicts binance/BTC-USDT_1d.parquet about 2020-02-29T00:00:00Z"
    assert "cut short or damaged" in str(rows["coinbase/BTC-USD_1m.parquet"]["reason"])
    assert rows["coinbase/ETH-USD_1m.npy"]["notes"][-1].startswith("values in jesse's order")  # type: ignore[index]
    assert rows["bitstamp/BTC-USD_1d_2015.parquet"]["inserted"] == 365
    assert sorted(state(project)) == [
        "binance:BTC/USDT candles 1d", "binance:XRP/ETH candles 1m", "bitstamp:BTC/USD candles 1d",
        "coinbase:ETH/USD candles 1m",
    ]  # fmt: skip


def test_an_array_in_another_order_holds_the_same_candles(folder: Path, tmp_path: Path) -> None:
    original = tmp_path / "original" / "coinbase"
    original.mkdir(parents=True)
    shutil.copy(OHLCV / "coinbase" / "ETH-USD_1m_2018-04.parquet", original)
    here, _ = imported(folder / "coinbase", tmp_path / "here")
    there, _ = imported(original, tmp_path / "there")
    assert state(here) == state(there)


def test_a_second_import_changes_nothing_and_says_the_same(folder: Path, tmp_path: Path) -> None:
    project, first = imported(folder, tmp_path / "home")
    before = state(project)
    project, again = imported(folder, tmp_path / "home")
    assert state(project) == before
    assert [row["status"] for row in again.values()] == [row["status"] for row in first.values()]
    assert sum(int(str(row["inserted"])) + int(str(row["revised"])) for row in again.values()) == 0


def test_an_import_interrupted_after_a_file_and_run_again_ends_the_same(folder: Path, tmp_path: Path) -> None:
    project, rows = imported(folder, tmp_path / "whole")
    for after in (1, 4, 6):
        home = tmp_path / f"cut{after}"

        def interrupt(done: int, _all: int, after: int = after) -> None:
            if done == after:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            imported(folder, home, progress=interrupt)
        resumed, again = imported(folder, home)
        assert state(resumed) == state(project)
        assert [row["status"] for row in again.values()] == [row["status"] for row in rows.values()]


def test_a_dry_run_tells_the_reading_and_stores_nothing(folder: Path, tmp_path: Path) -> None:
    project, rows = imported(folder, tmp_path / "home", dry_run=True)
    assert project.store.keys() == []
    assert rows["binance/XRP-ETH_1m_2019-10.parquet"]["status"] == "readable"
    assert rows["binance/XRP-ETH_1m_2019-10.parquet"]["reading"] == (
        "exchange by the folder binance, symbol and timeframe by its name"
    )


def test_rows_that_are_skipped_go_into_quarantine(tmp_path: Path) -> None:
    root = tmp_path / "files" / "kraken"
    root.mkdir(parents=True)
    rows = [[1704067200000 + 3600000 * n, 10, 12, 9, 11, 1] for n in range(3)]
    rows[1][2] = 8  # a high below everything
    (root / "BTC-USD_1h.json").write_text(json.dumps(rows))
    _, refused = imported(root.parent, tmp_path / "strict")
    assert (refused["kraken/BTC-USD_1h.json"]["status"], refused["kraken/BTC-USD_1h.json"]["refused_rows"]) == (
        "refused", 1,
    )  # fmt: skip
    project, kept = imported(root.parent, tmp_path / "home", skip_bad_rows=True)
    assert (kept["kraken/BTC-USD_1h.json"]["inserted"], kept["kraken/BTC-USD_1h.json"]["refused_rows"]) == (2, 1)
    (key,) = project.store.keys()
    assert [row.source for row in project.store.quarantined(key)] == ["imported from BTC-USD_1h.json"]


def test_a_folder_without_data_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "README.md").write_text("x")
    with pytest.raises(DataError, match="the folder holds no data file"):
        import_tree(Project(tmp_path / "home"), tmp_path / "words", Wish())
