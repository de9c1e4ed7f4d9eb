"""Runs on disk: what is saved comes back with the same digests, and a half-written run is never visible."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tickwright.adapters.storage.run_folder import RunFolder
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.records import ACCOUNT_EVENT, FILL, ORDER, OrderState
from tickwright.domain.run import RunResult

BTC, SHIB = InstrumentId("binance", "BTC", "USDT"), InstrumentId("binance", "SHIB", "USDT")
NOON_NS = 1_704_110_400_000_000_000


def a_run() -> RunResult:
    """Two fills on instruments of different scales, one order each, two instants of equity, one transfer."""
    fills = np.zeros(2, FILL)
    fills["ts_ns"], fills["order_id"], fills["sequence"] = (NOON_NS, NOON_NS + 1), (0, 1), (0, 0)
    fills["instrument"], fills["side"], fills["price"] = (0, 1), (1, -1), (42_000_001, 9_000_001)
    fills["quantity"], fills["fee"], fills["tag"] = (1_500_000, 2_000), (63_000, 5), (0, -1)
    orders = np.zeros(2, ORDER)
    orders["order_id"], orders["instrument"], orders["side"] = (0, 1), (0, 1), (1, -1)
    orders["ts_sent_ns"], orders["ts_end_ns"] = NOON_NS, (NOON_NS, 0)
    orders["state"], orders["cost"], orders["tag"] = (OrderState.FILLED, OrderState.WORKING), (10**12, 0), (0, -1)
    events = np.zeros(1, ACCOUNT_EVENT)
    events["ts_ns"], events["amount"], events["instrument"] = NOON_NS, -7, -1
    return RunResult(
        instruments=(BTC, SHIB), price_scales=(3, 12), quantity_scales=(8, 2), assets=("USDT",), asset_scales=(8,),
        cash_asset=0, initial_cash=10**13, bars=2, orders=orders, fills=fills, account_events=events,
        equity_ts_ns=np.array([NOON_NS, NOON_NS + 1]), equity=np.array([10**13, -5]), exposure=np.array([0, 3]),
        cash=np.array([10**13, -8]), last_price=np.array([1, 2]), position=np.array([3, -4]), tags=("rung",),
        warnings=("cap off",), plots={"centre": np.array([np.nan, 1.5])},
    )  # fmt: skip


def saved(tmp_path: Path) -> tuple[RunFolder, str]:
    folder = RunFolder(tmp_path / "runs")
    run_id = next(folder.free_ids("Sma Cross!", NOON_NS, "seed"))
    with folder.draft(run_id) as draft:
        draft.write(a_run(), pl.DataFrame({"pnl": [1.0]}), {"created": "2024-01-01T12:00:00Z", "run_id": run_id})
        draft.publish()
    return folder, run_id


def test_a_saved_run_comes_back_with_the_same_records_and_digests(tmp_path: Path) -> None:
    folder, run_id = saved(tmp_path)
    before, (after, trades, manifest) = a_run(), folder.load(run_id)
    assert after.digest == before.digest
    assert after.account_digest == before.account_digest
    for name in ("orders", "fills", "account_events"):
        assert getattr(after, name).tolist() == getattr(before, name).tolist()
    assert after.equity.tolist() == [10**13, -5]
    assert (after.tags, after.warnings, after.position.tolist()) == (("rung",), ("cap off",), [3, -4])
    np.testing.assert_array_equal(after.plots["centre"], [np.nan, 1.5])
    assert trades["pnl"].to_list() == [1.0]
    assert manifest["run_id"] == run_id


def test_ids_are_readable_and_never_used_twice(tmp_path: Path) -> None:
    folder, run_id = saved(tmp_path)
    assert run_id.startswith("2024-01-01-sma-cross-")
    assert next(folder.free_ids("Sma Cross!", NOON_NS, "seed")) != run_id


def test_exact_decimals_are_readable_without_the_manifest(tmp_path: Path) -> None:
    folder, run_id = saved(tmp_path)
    fills = pl.read_parquet(folder.path(run_id) / "fills.parquet")
    assert [str(price.normalize()) for price in fills["price"]] == ["42000.001", "0.000009000001"]
    assert fills["tag"].to_list() == ["rung", None]


def test_a_draft_that_fails_leaves_no_run_and_no_draft(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "runs")
    with pytest.raises(TypeError), folder.draft("2024-01-01-x-0000") as draft:
        draft.write(a_run(), pl.DataFrame({"pnl": [1.0]}), {"created": object()})
    assert folder.names() == set()
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_folder_that_is_being_written_is_held_until_the_block_ends(tmp_path: Path) -> None:
    folder, other = saved(tmp_path)
    with folder.draft("2024-01-01-x-0000") as draft:
        assert folder.is_being_written("2024-01-01-x-0000")
        folder.sweep()
        draft.write(a_run(), pl.DataFrame({"pnl": [1.0]}), {})
        draft.publish()
        with folder.claimed("2024-01-01-x-0000") as mine, folder.claimed(other) as free:
            assert (mine, free) == (False, True)
    assert not folder.is_being_written("2024-01-01-x-0000")
    assert folder.names() == {"2024-01-01-x-0000", other}


def test_what_killed_processes_left_is_swept(tmp_path: Path) -> None:
    folder, run_id = saved(tmp_path)
    for name in (".2024-01-01-x-0000.77.draft", ".2024-01-01-y-0000.removed"):
        (tmp_path / "runs" / name).mkdir()
    folder.sweep()
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [run_id]


def test_a_removed_folder_is_gone_and_may_be_removed_again(tmp_path: Path) -> None:
    folder, run_id = saved(tmp_path)
    for _ in range(2):
        folder.remove(run_id)
        assert list((tmp_path / "runs").iterdir()) == []
    with folder.claimed(run_id) as mine:
        assert not mine
