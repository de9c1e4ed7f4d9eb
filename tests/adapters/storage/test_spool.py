"""What the database could not be told of waits in files, inside a bound, and leaves them only when it was taken."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.trial_log import TrialLog
from tickwright.adapters.storage.search_record import SearchRecord, TrialRange, TriedSet
from tickwright.adapters.storage.spool import Spool
from tickwright.domain.errors import StoreUnreachable, StoreWriteFailed

LOOKED_AT = TrialRange(("binance:BTC/USDT",), "1h", 0, 100)


def search(number: int, created_ns: int = 0) -> SearchRecord:
    trial = TriedSet({"fast": number, "fraction": Decimal("0.5")}, {"sharpe": np.float64(1.5), "sortino": float("nan")})
    return SearchRecord(created_ns or number, "SmaCross", LOOKED_AT, {"cash": Decimal(100), "seed": 7}, [trial])


def test_what_waits_is_given_oldest_first_and_forgotten(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    for number in (12, 3, 7):
        spool.keep(search(number))
    assert spool.waiting() == 3
    taken: list[SearchRecord] = []
    assert spool.drain(taken.append) == 3
    assert [one.created_ns for one in taken] == [3, 7, 12]
    assert (spool.waiting(), spool.drain(taken.append)) == (0, 0)


def test_the_log_takes_a_search_from_the_spool_for_the_search_it_was(relational: Database, tmp_path: Path) -> None:
    log, spool = TrialLog(relational), Spool(tmp_path)
    log.record(search(1, created_ns=50))
    spool.keep(search(1, created_ns=60))
    spool.drain(log.record)
    found = log.best("sharpe", 9)
    assert (found.different, [trial.times for trial in found.trials]) == (1, [2])


def test_a_search_that_is_sent_twice_is_counted_once(relational: Database, tmp_path: Path) -> None:
    """A process killed after the database had the search and before the file was gone."""
    log = TrialLog(relational)
    for _ in range(2):
        spool = Spool(tmp_path)
        spool.keep(search(1))
        spool.drain(log.record)
    assert [trial.times for trial in log.best("sharpe", 9).trials] == [1]


def test_what_the_database_does_not_take_stays(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for number in (1, 2, 3):
        spool.keep(search(number))

    def lost_after_one(one: SearchRecord) -> None:
        if one.created_ns == 2:
            raise StoreUnreachable("gone")

    with pytest.raises(StoreUnreachable):
        spool.drain(lost_after_one)
    assert spool.waiting() == 2


def test_a_full_spool_takes_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit_bytes=400)
    spool.keep(search(1))
    with pytest.raises(StoreWriteFailed, match="bytes of searches wait for the database already"):
        spool.keep(search(2))
    assert spool.waiting() == 1


@pytest.mark.parametrize("content", [b"", b'{"created_ns": 1', b"[]", b'{"created_ns": 1}'])
def test_a_file_that_is_no_search_is_set_aside_and_stops_no_other(tmp_path: Path, content: bytes) -> None:
    spool = Spool(tmp_path)
    (tmp_path / "00000000000000000000-abc.search.json").write_bytes(content)
    spool.keep(search(5))
    taken: list[SearchRecord] = []
    assert spool.drain(taken.append) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["00000000000000000000-abc.search.json.unreadable"]
