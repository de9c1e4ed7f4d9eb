"""The trial log counts different trials on overlapping data, once each, and survives a cut line."""

from __future__ import annotations

from pathlib import Path

from tickwright.adapters.storage.trial_log import TrialLog, TrialRange

YEAR = TrialRange(("binance:BTC/USDT",), "1h", 0, 100)
NOON = "2024-01-01T12:00:00Z"


def test_a_trial_run_again_counts_once(tmp_path: Path) -> None:
    log = TrialLog(tmp_path / "trials.jsonl")
    assert log.record(NOON, "SmaCross", [{"fast": 5}, {"fast": 10}], YEAR) == 2
    assert log.record(NOON, "SmaCross", [{"fast": 10}, {"fast": 15}], YEAR) == 3


def test_data_nobody_looked_at_has_seen_no_trial(tmp_path: Path) -> None:
    log = TrialLog(tmp_path / "trials.jsonl")
    log.record(NOON, "SmaCross", [{"fast": 5}], YEAR)
    assert log.count(TrialRange(("binance:ETH/USDT",), "1h", 0, 100)) == 0
    assert log.count(TrialRange(YEAR.symbols, "1h", 100, 200)) == 0
    assert log.count(TrialRange(YEAR.symbols, "1h", 99, 200)) == 1


def test_a_line_cut_off_by_a_crash_is_passed_over_and_the_next_one_stands_alone(tmp_path: Path) -> None:
    log = TrialLog(tmp_path / "trials.jsonl")
    log.record(NOON, "SmaCross", [{"fast": 5}], YEAR)
    with log.path.open("ab") as file:
        file.write(b'{"created": "2024-')
    assert log.count(YEAR) == 1
    assert log.record(NOON, "SmaCross", [{"fast": 6}], YEAR) == 2
