"""A run's folder and rows stay in step, whatever is killed; the next call finishes every state a kill can leave."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.models import FillRow, OrderRow, Run, RunManifest
from tickwright.adapters.storage.database.run_rows import FINISHED, INTERRUPTED, REMOVING, WRITING, RunRows
from tickwright.adapters.storage.run_store import RunStore
from tickwright.domain.errors import RunNotFound

from .test_run_folder import NOON_NS, a_run

MANIFEST: dict[str, Any] = {
    "name": "Sma Cross!", "mode": "vector", "strategy": "SmaCross", "params": {"fast": 10},
    "symbols": ["binance:BTC/USDT", "binance:SHIB/USDT"], "timeframe": "1h", "digest": "ab", "account_digest": "cd",
    "statistics": {"total_return": 0.25, "sharpe": None, "max_drawdown": -0.5, "trades": 1},
}  # fmt: skip
TRADES = pl.DataFrame({"pnl": [1.0]})


@pytest.fixture
def store(relational: Database, tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs", RunRows(relational))


def keep(store: RunStore, *, created_ns: int = NOON_NS) -> str:
    folder, manifest = store.save("Sma Cross!", created_ns, "seed", a_run(), TRADES, MANIFEST)
    assert folder.name == manifest["run_id"]
    return folder.name


def counts(database: Database) -> tuple[int, ...]:
    def work(connection: sa.Connection) -> tuple[int, ...]:
        models = (Run, RunManifest, OrderRow, FillRow)
        return tuple(connection.execute(sa.select(sa.func.count()).select_from(one)).scalar_one() for one in models)

    return database.read(work)


def state(store: RunStore) -> list[tuple[str, str]]:
    return [(run.row.status, run.place) for run in store.all()]


def test_a_kept_run_has_its_folder_and_all_its_rows(relational: Database, store: RunStore) -> None:
    run_id = keep(store)
    assert run_id.startswith("2024-01-01-sma-cross-")
    assert counts(relational) == (1, 1, 2, 2)
    (kept,) = store.all()
    assert (kept.place, kept.row.status, kept.row.digest) == ("here", FINISHED, "ab")
    assert (kept.row.total_return, kept.row.sharpe, kept.row.trades) == (0.25, None, 1)
    assert (kept.row.params, kept.row.symbols) == ({"fast": 10}, ("binance:BTC/USDT", "binance:SHIB/USDT"))
    result, _, manifest, folder = store.load(run_id)
    assert (result.digest, manifest["run_id"], folder.name) == (a_run().digest, run_id, run_id)


def test_rows_of_orders_and_fills_hold_the_exact_amounts(relational: Database, store: RunStore) -> None:
    run_id = keep(store)
    asked = sa.select(FillRow).order_by(FillRow.trade_id).with_only_columns(*FillRow.__table__.columns)
    first, second = relational.read(lambda connection: connection.execute(asked).all())
    assert (first.exchange, first.account, first.symbol, first.side) == ("binance", run_id, "BTC/USDT", "buy")
    assert (Decimal(first.price), Decimal(second.price)) == (Decimal("42000.001"), Decimal("0.000009000001"))
    assert (Decimal(first.quantity), Decimal(first.fee)) == (Decimal("0.015"), Decimal("0.00063"))
    assert (first.ts_ns, second.ts_ns, second.fee_asset) == (NOON_NS, NOON_NS + 1, "USDT")
    orders = sa.select(OrderRow).order_by(OrderRow.client_id).with_only_columns(*OrderRow.__table__.columns)
    filled, working = relational.read(lambda connection: connection.execute(orders).all())
    assert (filled.client_id, filled.status, filled.tag, filled.ended_ns) == (
        first.client_id,
        "filled",
        "rung",
        NOON_NS,
    )
    assert (working.status, working.tag, working.ended_ns, working.price) == ("working", "", None, None)


def test_without_orders_only_the_run_and_its_manifest_are_rows(relational: Database, tmp_path: Path) -> None:
    keep(RunStore(tmp_path / "runs", RunRows(relational, with_orders=False)))
    assert counts(relational) == (1, 1, 0, 0)


def test_two_runs_of_one_instant_have_two_ids(store: RunStore) -> None:
    assert keep(store) != keep(store)


def test_an_id_taken_in_the_database_alone_is_not_used_again(relational: Database, store: RunStore) -> None:
    root = store.folders.root
    one, other = (RunStore(place, RunRows(relational), shared=True) for place in (root, root.parent / "elsewhere"))
    assert keep(one) != keep(other)
    assert state(one) == state(other) == [(FINISHED, "here")]
    assert sorted(run.place for run in one.all(everywhere=True)) == ["elsewhere", "here"]


def test_keeping_a_run_sweeps_what_a_killed_one_left(store: RunStore) -> None:
    left = store.folders.root / ".2024-01-01-x-0000.77.draft"
    left.mkdir(parents=True)
    keep(store)
    assert not left.exists()


def test_a_failure_while_files_are_written_leaves_nothing(relational: Database, store: RunStore) -> None:
    with pytest.raises(TypeError):
        store.save("x", NOON_NS, "seed", a_run(), TRADES, MANIFEST | {"costs": object()})
    assert counts(relational) == (0, 0, 0, 0)
    assert list(store.folders.root.iterdir()) == []


def test_killed_before_the_folder_has_its_name_is_interrupted(relational: Database, store: RunStore) -> None:
    run_id = keep(store)
    store.folders.path(run_id).rename(store.folders.root / f".{run_id}.77.draft")
    RunRows(relational).mark(run_id, WRITING)
    settled = store.settle()
    assert settled.interrupted == (run_id,)
    assert state(store) == [(INTERRUPTED, "gone")]
    assert list(store.folders.root.iterdir()) == []
    with pytest.raises(RunNotFound, match="it is interrupted"):
        store.load(run_id)
    assert store.remove(run_id) == run_id
    assert counts(relational) == (0, 0, 0, 0)


def test_killed_between_the_folder_and_the_rows_is_finished(relational: Database, store: RunStore) -> None:
    run_id = keep(store)
    RunRows(relational).mark(run_id, WRITING)
    with relational.engine.begin() as connection:
        for model in (FillRow, OrderRow, RunManifest):
            connection.execute(sa.delete(model))
    assert store.settle().adopted == (run_id,)
    assert counts(relational) == (1, 1, 2, 2)
    assert store.settle().adopted == ()


def test_a_run_that_another_process_is_keeping_is_left_alone(relational: Database, store: RunStore) -> None:
    run_id = keep(store)
    RunRows(relational).mark(run_id, WRITING)
    with store.folders.claimed(run_id):
        assert state(store) == [(WRITING, "here")]
    other = "2024-01-01-x-0000"
    with store.folders.draft(other) as draft:
        manifest = MANIFEST | {"created": "2024-01-01T12:00:00Z"}
        assert RunRows(relational).reserve(other, str(store.folders.root), manifest, draft.path.name)
        assert RunRows(relational).reserve(other, str(store.folders.root), manifest, draft.path.name)  # sent twice
        assert not RunRows(relational).reserve(other, str(store.folders.root), manifest, ".other.draft")
        assert store.settle().interrupted == ()
    assert store.settle().interrupted == (other,)


def test_folders_without_rows_are_adopted_once(relational: Database, store: RunStore, tmp_path: Path) -> None:
    ids = {keep(store), keep(store)}
    fresh = Database(tmp_path / "fresh.sqlite")
    fresh.make_ready()
    again = RunStore(store.folders.root, RunRows(fresh))
    seen: list[tuple[int, int]] = []
    assert set(again.settle(lambda done, total: seen.append((done, total))).adopted) == ids
    assert seen == [(1, 2), (2, 2)]
    assert counts(fresh) == counts(relational) == (2, 2, 4, 4)
    assert again.settle().adopted == ()


def test_a_folder_that_cannot_be_read_is_named_and_hides_no_other(store: RunStore) -> None:
    run_id = keep(store)
    broken = store.folders.root / "2024-01-01-broken-0000"
    shutil.copytree(store.folders.path(run_id), broken)
    (broken / "manifest.json").write_bytes(b"{")
    ((name, reason),) = store.settle().unreadable
    assert name == broken.name
    assert "JSONDecodeError" in reason
    assert state(store) == [(FINISHED, "here")]


@pytest.mark.parametrize("left", ["the folder", "the hidden folder", "the rows"])
def test_a_removal_that_was_killed_is_finished_by_the_next_call(
    relational: Database, store: RunStore, left: str
) -> None:
    run_id = keep(store)
    RunRows(relational).mark(run_id, REMOVING)
    if left == "the hidden folder":
        store.folders.path(run_id).rename(store.folders.root / f".{run_id}.removed")
    elif left == "the rows":
        store.folders.remove(run_id)
    assert store.all() == []
    assert counts(relational) == (0, 0, 0, 0)
    assert list(store.folders.root.iterdir()) == []


def test_a_run_whose_folder_was_deleted_by_hand_says_so(store: RunStore) -> None:
    run_id = keep(store)
    shutil.rmtree(store.folders.path(run_id))
    assert state(store) == [(FINISHED, "gone")]
    with pytest.raises(RunNotFound, match="its files are gone"):
        store.load(run_id)


def test_a_project_that_was_moved_keeps_its_runs(relational: Database, store: RunStore, tmp_path: Path) -> None:
    keep(store)
    (tmp_path / "runs").rename(tmp_path / "moved")
    for shared in (False, True):
        assert state(RunStore(tmp_path / "moved", RunRows(relational), shared=shared)) == [(FINISHED, "here")]


def test_a_run_is_found_by_its_id_a_unique_part_of_it_or_latest(store: RunStore) -> None:
    older, newer = keep(store, created_ns=NOON_NS - 86_400 * 10**9), keep(store)
    assert store.find("latest").row.run_id == newer
    assert store.find(older).row.run_id == store.find(older[:10]).row.run_id == older
    for name, sentence in (("2025", "no run called"), ("../runs", "no run called"), ("20", "2 runs called")):
        with pytest.raises(RunNotFound, match=sentence):
            store.find(name)
