"""A folder of files into a store: real candles, one row per file, the same end whichever way it was reached."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.data import xrp_eth
from tickwright.adapters.storage.files.identification import Wish
from tickwright.bootstrap.import_tree import import_tree
from tickwright.bootstrap.project import Project
from tickwright.domain.errors import DataError
from tickwright.domain.events import event_key, trades_of
from tickwright.domain.timestamp import DAY, parse_instant
from tickwright.ingest.candles_from_trades import candles_from_trades

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


def tardis_day(day: int) -> str:
    """The real trades of XRP/ETH of an October day of 2019, as Tardis writes them; some arrive after midnight."""
    trades = xrp_eth.trades()
    start = parse_instant("2019-10-11") + day * DAY
    arrived = trades.ts_ns + 40_000_000
    rows = np.flatnonzero((arrived >= start) & (arrived < start + DAY))
    lines = ["exchange,symbol,timestamp,local_timestamp,id,side,price,amount"]
    for place in rows.tolist():
        side = "buy" if trades.taker_buys[place] else "sell"
        price = f"{trades.price[place] / 10**trades.price_scale:.7f}"
        times = f"{trades.ts_ns[place] // 1000},{arrived[place] // 1000}"
        lines.append(f"binance,XRPETH,{times},{trades.trade_id[place]},{side},{price},{trades.quantity[place]}")
    return "\n".join(lines)


def test_days_of_tardis_trades_become_one_series_that_makes_the_exchange_s_own_candles(tmp_path: Path) -> None:
    root = tmp_path / "tardis"
    root.mkdir()
    for day in range(3):
        name = f"binance_trades_2019-10-{11 + day}_XRPETH.csv.gz"
        (root / name).write_bytes(gzip.compress(tardis_day(day).encode()))
    project, rows = imported(root, tmp_path / "home")
    assert [row["status"] for row in rows.values()] == ["imported"] * 3
    assert {row["series"] for row in rows.values()} == {"binance:XRP/ETH trades"}
    assert sum(int(str(row["inserted"])) for row in rows.values()) == len(xrp_eth.trades())
    stored = project.store.read_events(event_key(xrp_eth.XRP_ETH, "trades"))
    made = candles_from_trades(trades_of(stored), xrp_eth.ONE_MINUTE)
    assert made.content_hash() == xrp_eth.candles().content_hash()


def test_kinds_lie_side_by_side_in_a_folder_and_contradictions_among_events_are_found(tmp_path: Path) -> None:
    root = tmp_path / "binance"
    root.mkdir()
    trades = "timestamp,id,side,price,amount\n1704067200000,1,buy,10,1\n1704067201000,2,sell,10,1\n"
    (root / "BTC_USDT-trades.csv").write_text(trades)
    (root / "BTC_USDT-trades.csv.gz").write_bytes(gzip.compress(trades.replace("sell,10,1", "sell,10,2").encode()))
    (root / "BTC_USDT_USDT-8h-funding_rate.csv").write_text("timestamp,funding_rate\n1704067200000,0.0001\n")
    (root / "BTC_USDT-1h.json").write_text("[[1704067200000, 10, 12, 9, 11, 1], [1704070800000, 10, 12, 9, 11, 1]]")
    project, rows = imported(root, tmp_path / "home")
    assert {name: (row["series"], row["status"]) for name, row in rows.items()} == {
        "BTC_USDT-1h.json": ("binance:BTC/USDT candles 1h", "imported"),
        "BTC_USDT-trades.csv": ("binance:BTC/USDT trades", "imported"),
        "BTC_USDT-trades.csv.gz": ("binance:BTC/USDT trades", "in doubt"),
        "BTC_USDT_USDT-8h-funding_rate.csv": ("binance:BTC/USDT:USDT funding", "imported"),
    }
    assert rows["BTC_USDT-trades.csv.gz"]["reason"] == "it contradicts BTC_USDT-trades.csv about 2024-01-01T00:00:01Z"
    assert len(project.store.keys()) == 3


def test_a_folder_without_data_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "README.md").write_text("x")
    with pytest.raises(DataError, match="the folder holds no data file"):
        import_tree(Project(tmp_path / "home"), tmp_path / "words", Wish())
