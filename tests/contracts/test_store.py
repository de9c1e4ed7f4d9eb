"""Every market store through the exam of `checks.store`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.adapters.storage.place import place_of
from tickwright.checks.store import QUESTIONS


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_lake_keeps_every_promise_of_a_store(question: str, tmp_path: Path) -> None:
    QUESTIONS[question](lambda name: ParquetLake(tmp_path / name), question)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_database_keeps_every_promise_of_a_store(question: str, database: Callable[[str], str]) -> None:
    from tickwright.adapters.storage.postgres.postgres_store import PostgresStore

    QUESTIONS[question](lambda name: PostgresStore(database(name)), question)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_lake_in_a_bucket_keeps_every_promise_of_a_store(question: str, bucket: Callable[[str], str]) -> None:
    QUESTIONS[question](lambda name: ParquetLake(place_of(bucket(name))), question)
