"""Every instrument catalogue through the exam of `checks.catalogue`, and what each kind adds to it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tickwright.adapters.storage.durable_file import write_file
from tickwright.adapters.storage.opening import open_catalogue
from tickwright.checks.catalogue import CATALOGUE_QUESTIONS, example_instrument
from tickwright.domain.errors import DataError, StoreBusy, StoreDamaged
from tickwright.domain.instrument import InstrumentId


@pytest.mark.parametrize("question", CATALOGUE_QUESTIONS)
def test_a_catalogue_in_a_directory_keeps_every_promise(question: str, tmp_path: Path) -> None:
    CATALOGUE_QUESTIONS[question](lambda name: open_catalogue(tmp_path / name), question)


@pytest.mark.parametrize("question", CATALOGUE_QUESTIONS)
def test_a_catalogue_in_a_database_keeps_every_promise(question: str, database: Callable[[str], str]) -> None:
    CATALOGUE_QUESTIONS[question](lambda name: open_catalogue(database(name)), question)


@pytest.mark.parametrize("question", CATALOGUE_QUESTIONS)
def test_a_catalogue_in_a_bucket_keeps_every_promise(question: str, bucket: Callable[[str], str]) -> None:
    CATALOGUE_QUESTIONS[question](lambda name: open_catalogue(bucket(name)), question)


def test_processes_that_record_in_a_database_at_once_lose_nothing(database: Callable[[str], str]) -> None:
    url = database("together")
    open_catalogue(url).record([example_instrument()], 1)

    def record(number: int) -> int:
        mine = replace(example_instrument(), id=InstrumentId.parse(f"exam:C{number}/USDT"))
        return open_catalogue(url).record([mine, example_instrument("0.01")], 100)

    with ThreadPoolExecutor(4) as pool:
        news = sum(pool.map(record, range(8)))
    assert news == 9  # eight of their own, and one changed tick that only the first of them saw as new
    assert len(open_catalogue(url).instruments("exam")) == 9


def test_of_two_who_record_in_a_bucket_at_once_the_second_is_refused(bucket: Callable[[str], str]) -> None:
    from tickwright.adapters.storage.catalogue import FileCatalogue

    catalogue = open_catalogue(bucket("contested"))
    assert isinstance(catalogue, FileCatalogue)
    catalogue.record([example_instrument()], 1)
    with catalogue._turn("exam") as place:
        catalogue._load(place, "exam")
        open_catalogue(bucket("contested")).record([example_instrument("0.01")], 2)
        with pytest.raises(StoreBusy):
            write_file(place / "exam.json", b"{}")


@pytest.mark.parametrize(
    ("document", "failure", "sentence"),
    [
        ("{}", StoreDamaged, "an instrument is not readable"),
        ('{"format": 99}', DataError, "an instrument has format 99"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(
    database: Callable[[str], str], document: str, failure: type[DataError], sentence: str
) -> None:
    import psycopg

    url = database("damaged")
    open_catalogue(url).record([example_instrument()], 1)
    with psycopg.connect(url) as other:
        other.execute("update market.instruments set document = %s", (document,))
    with pytest.raises(failure, match=sentence):
        open_catalogue(url).find(example_instrument().id)
