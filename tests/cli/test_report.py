"""Writing the report of a kept run."""

from __future__ import annotations

import pytest


@pytest.fixture
def kept(tickwright, market) -> str:
    return str(tickwright("backtest", "SmaCross", "--symbol", "BTC/USDT", "--json").document["run_id"])


def test_the_report_stands_beside_its_run(tickwright, market, kept) -> None:
    outcome = tickwright("report")
    path = market / "runs" / kept / "report.html"
    assert (outcome.code, outcome.out) == (0, f"{path}\n")
    assert path.read_text("utf-8").lstrip().lower().startswith("<!doctype html>")


def test_it_can_be_written_elsewhere(tickwright, market, kept) -> None:
    document = tickwright("report", kept, "--out", market / "mine.html", "--json").document
    assert document == {"schema": "tickwright.report/1", "run_id": kept, "report": str(market / "mine.html")}
    assert (market / "mine.html").is_file()


def test_a_backtest_can_write_it_at_once(tickwright, market) -> None:
    out = tickwright("backtest", "SmaCross", "--symbol", "BTC/USDT", "--report").out
    assert "report.html" in out


def test_without_a_run_it_is_one_sentence(tickwright, project) -> None:
    outcome = tickwright("report")
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err.startswith("error RUN_NOT_FOUND: ")


def test_a_place_that_cannot_be_written_is_one_sentence(tickwright, market, kept) -> None:
    (market / "file").write_text("")
    outcome = tickwright("report", "--out", market / "file" / "mine.html")
    assert outcome.code == 1
    assert outcome.err.startswith(f"error SYSTEM_REFUSED: {market / 'file' / 'mine.html'}: ")
    assert len(outcome.err.splitlines()) == 1
