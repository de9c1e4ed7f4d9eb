"""Trials that a former version kept in a file are counted in the database, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.trial_log import TrialLog
from tickwright.adapters.storage.search_record import SearchRecord, TrialRange, TriedSet, trial_fingerprint
from tickwright.adapters.storage.trial_file import adopt_trial_file

YEAR = TrialRange(("binance:BTC/USDT",), "1h", 0, 100)
LINE = (
    b'{"created":"2024-01-01T12:00:00Z","strategy":"SmaCross","symbols":["binance:BTC/USDT"],"timeframe":"1h",'
    b'"start_ns":0,"end_ns":100,"trials":[%s]}\n'
)


@pytest.fixture
def log(tmp_path: Path) -> TrialLog:
    database = Database(tmp_path / "tickwright.sqlite")
    database.make_ready()
    return TrialLog(database)


def test_each_line_is_taken_in_and_the_file_set_aside(log: TrialLog, tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    content = LINE % b'"aaaa","bbbb"' + LINE % b'"bbbb","cccc"' + b'{"created": "2024-'
    path.write_bytes(content)
    assert adopt_trial_file(log, path) == 2
    assert log.count(YEAR) == 3
    assert not path.exists()
    assert (tmp_path / "trials.jsonl.imported").read_bytes() == content
    assert adopt_trial_file(log, path) == 0


def test_a_file_taken_in_again_after_a_kill_adds_nothing(log: TrialLog, tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    for _ in range(2):
        path.write_bytes(LINE % b'"aaaa","bbbb"')
        adopt_trial_file(log, path)
    assert log.count(YEAR) == 2


def test_a_trial_of_the_file_that_is_run_again_counts_once(log: TrialLog, tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    path.write_bytes(LINE % f'"{trial_fingerprint("SmaCross", "1h", {"fast": 5})}"'.encode())
    adopt_trial_file(log, path)
    assert log.record(SearchRecord(1, "SmaCross", YEAR, {}, [TriedSet({"fast": 5}, {})])) == 1
