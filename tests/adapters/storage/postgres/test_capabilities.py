"""What a server offers."""

from __future__ import annotations

from tickwright.adapters.storage.postgres.capabilities import Capabilities, is_safe
from tickwright.adapters.storage.postgres.postgres_store import PostgresStore


def test_a_plain_server_says_what_it_does_instead(database) -> None:
    found = PostgresStore(database("plain")).capabilities()
    assert found.timescaledb == ""
    assert found.sentence().startswith("PostgreSQL 18.")
    assert "native partitions by year; TimescaleDB is not installed" in found.sentence()


def test_the_sentence_names_hypertables_where_there_are_some() -> None:
    assert Capabilities("18.6", "2.31.2", ()).sentence() == "PostgreSQL 18.6 with hypertables of TimescaleDB 2.31.2"


def test_releases_that_fail_their_jobs_are_known() -> None:
    safe = ["2.27.3", "2.28.4", "2.28.5", "2.31.2", "2.32.0", "3.0.0", "2.31.2-dev"]
    unsafe = ["2.14.0", "2.27.2", "2.28.3", "2.29.9", "2.30.0", "2.31.1"]
    assert [version for version in safe + unsafe if is_safe(version)] == safe
