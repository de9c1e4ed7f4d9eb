"""The trial log counts different trials on overlapping data, once each, and keeps their results."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.models import Search, Trial
from tickwright.adapters.storage.database.trial_log import TrialLog
from tickwright.adapters.storage.search_record import SearchRecord, TrialRange, TriedSet, trial_fingerprint

YEAR = TrialRange(("binance:BTC/USDT",), "1h", 0, 100)


def search(*fasts: int, looked_at: TrialRange = YEAR, created_ns: int = 1, cash: str = "100000") -> SearchRecord:
    trials = [TriedSet({"fast": fast}, {"sharpe": fast / 2, "calmar": float("nan")}) for fast in fasts]
    return SearchRecord(created_ns, "SmaCross", looked_at, {"cash": cash, "data": ["ab"]}, trials)


def rows(database: Database, model: type) -> int:
    return database.read(lambda connection: connection.execute(sa.select(sa.func.count()).select_from(model)).scalar())


def test_a_trial_run_again_counts_once(relational: Database) -> None:
    log = TrialLog(relational)
    assert log.record(search(5, 10)) == 2
    assert log.record(search(10, 15)) == 3


def test_data_nobody_looked_at_has_seen_no_trial(relational: Database) -> None:
    log = TrialLog(relational)
    log.record(search(5))
    assert log.count(replace(YEAR, symbols=("binance:ETH/USDT",))) == 0
    assert log.count(replace(YEAR, start_ns=100, end_ns=200)) == 0
    assert log.count(replace(YEAR, start_ns=99, end_ns=200)) == 1
    assert log.count(replace(YEAR, symbols=("binance:ETH/USDT", "binance:BTC/USDT"))) == 1


def test_every_trial_is_kept_with_its_parameters_and_its_result(relational: Database) -> None:
    TrialLog(relational).record(search(5, 10))
    asked = sa.select(Trial.parameters, Trial.metrics, Trial.fingerprint).order_by(Trial.id)
    first, second = relational.read(lambda connection: connection.execute(asked).all())
    assert (json.loads(first.parameters), json.loads(first.metrics)) == ({"fast": 5}, {"calmar": None, "sharpe": 2.5})
    assert second.fingerprint == trial_fingerprint("SmaCross", "1h", {"fast": 10})


def test_the_same_search_made_again_adds_no_row_and_is_counted_as_made_again(relational: Database) -> None:
    log = TrialLog(relational)
    for created_ns in (1, 2, 2):  # the last one is the second, sent twice because its answer was lost
        assert log.record(search(5, 10, created_ns=created_ns)) == 2
    assert (rows(relational, Search), rows(relational, Trial)) == (1, 2)
    held = relational.read(lambda connection: connection.execute(sa.select(Search.times, Search.last_ns)).one())
    assert tuple(held) == (2, 2)


def test_the_same_parameters_with_other_cash_are_another_search_and_the_same_trial(relational: Database) -> None:
    log = TrialLog(relational)
    assert log.record(search(5)) == 1
    assert log.record(search(5, cash="1")) == 1
    assert (rows(relational, Search), rows(relational, Trial)) == (2, 2)


def test_the_best_trials_come_first_with_what_they_looked_at(relational: Database) -> None:
    log = TrialLog(relational)
    log.record(search(5, 20, 10))
    log.record(search(40, looked_at=replace(YEAR, symbols=("binance:ETH/USDT", "binance:BTC/USDT"))))
    log.adopt(["aaaa"], 7, "Other", YEAR)
    found = log.best("sharpe", 3)
    assert found.different == 5
    assert [one.parameters["fast"] for one in found.trials] == [40, 20, 10]
    assert found.trials[0].looked_at == replace(YEAR, symbols=("binance:BTC/USDT", "binance:ETH/USDT"))
    assert found.trials[0].metrics["sharpe"] == 20.0
    assert [one.parameters["fast"] for one in log.best("sharpe", 2, ascending=True).trials] == [5, 10]
    assert [one.parameters["fast"] for one in log.best("sharpe", 9, symbol="binance:ETH/USDT").trials] == [40]
    assert [one.strategy for one in log.best("sharpe", 9, strategy="Other").trials] == ["Other"]  # without a result
    assert (log.best("sharpe", 9, strategy="Nobody").different, log.best("calmar", 9).trials[0].metrics["calmar"]) == (
        0,
        None,
    )


def test_a_parameter_set_that_a_search_holds_twice_is_one_trial(relational: Database) -> None:
    assert TrialLog(relational).record(search(5, 5)) == 1


def test_adopting_fingerprints_twice_counts_them_once(relational: Database) -> None:
    log = TrialLog(relational)
    for _ in range(2):
        log.adopt(["aa", "bb"], 7, "SmaCross", YEAR)
    assert log.count(YEAR) == 2


def test_every_trial_of_a_large_search_is_counted(relational: Database) -> None:
    assert TrialLog(relational).record(search(*range(20_000))) == 20_000


@pytest.mark.parametrize("parameters", [{"a": 1, "b": 2.5}, {"b": 2.5, "a": 1}])
def test_a_fingerprint_does_not_depend_on_the_order_of_parameters(parameters: dict[str, float]) -> None:
    assert trial_fingerprint("X", "1h", parameters) == "bf5838ed92c6a995"
