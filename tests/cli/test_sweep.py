"""`sweep` as a user and as a program types it."""

from __future__ import annotations

import pytest

SWEEP = ["sweep", "SmaCross", "--symbol", "BTC/USDT", "--grid", "fast=5:20:5", "--grid", "slow=10,40"]


def test_every_valid_combination_has_a_row_and_the_others_are_counted(tickwright, market) -> None:
    document = tickwright(*SWEEP, "--json").document
    tried = {(row["params"]["fast"], row["params"]["slow"]) for row in document["rows"]}
    assert tried == {(5, 10), (5, 40), (10, 40), (15, 40), (20, 40)}  # fast < slow
    assert (document["trials"], document["invalid"]) == (5, 3)


def test_a_sweep_walks_detail_as_a_single_run_does(tickwright, coarse_market) -> None:
    document = tickwright(*SWEEP, "--timeframe", "4h", "--detail", "1h", "--json").document
    params = [word for name, value in document["rows"][0]["params"].items() for word in ("--param", f"{name}={value}")]
    words = ["backtest", "SmaCross", "--symbol", "BTC/USDT", "--timeframe", "4h", "--detail", "1h"]
    run = tickwright(*words, *params, "--json").document
    assert (document["detail"], run["fills"]) == ("1h", document["rows"][0]["fills"])
    assert run["final_equity"] == pytest.approx(document["rows"][0]["final_equity"], abs=1e-6)


def test_the_best_row_is_first(tickwright, market) -> None:
    for measure in ("sharpe", "total_return", "max_drawdown"):
        rows = tickwright(*SWEEP, "--sort", measure, "--json").document["rows"]
        values = [row[measure] for row in rows]
        assert values == sorted(values, reverse=True)


def test_a_row_is_what_a_single_run_of_it_reports(tickwright, market) -> None:
    row = tickwright(*SWEEP, "--json").document["rows"][0]
    params = [word for name, value in row["params"].items() for word in ("--param", f"{name}={value}")]
    run = tickwright("backtest", "SmaCross", "--symbol", "BTC/USDT", *params, "--json").document
    assert run["final_equity"] == pytest.approx(row["final_equity"], abs=1e-6)
    assert (run["trades"], run["fills"]) == (row["trades"], row["fills"])
    assert run["sharpe"] == pytest.approx(row["sharpe"])


def test_the_text_shows_the_best_rows_and_how_many_were_tried(tickwright, market) -> None:
    out = tickwright(*SWEEP, "--top", "2").out
    assert "5 trials, 3 invalid combinations skipped; best sharpe first" in out
    table = [line for line in out.splitlines() if line.strip()[:1].isdigit()]
    assert len([line for line in table if "%" in line and "trials" not in line]) == 2


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ([], 2, "--grid: a sweep needs a grid; expected NAME=LOW:HIGH:STEP or NAME=a,b,c"),
        (["--grid", "fast"], 2, "--grid: 'fast' is not an assignment"),
        (["--grid", "fst=5:50:5"], 2, "SmaCross has no parameter 'fst'. Did you mean fast?"),
        (["--grid", "fast=9:5:1"], 2, "SmaCross.fast: '9:5:1' is an empty range"),
        (["--grid", "fast=5:500:5"], 2, "SmaCross.fast: 205 does not fit; expected a whole number, 2 to 200"),
        (["--grid", "fast=5", "--sort", "luck"], 2, "--sort: 'luck' is not a measure of a sweep; expected one of"),
        (["--grid", "fast=5", "--top", "0"], 2, "invalid value for '--top'; expected at least 1"),
        (["--grid", "fast=5", "--workers", "x"], 2, "invalid value for '--workers'; expected a whole number"),
        (["--grid", "fast=5", "--symbol", "SOL/USDT"], 4, "no 1h candles of binance:SOL/USDT are stored"),
    ],
)
def test_what_does_not_fit_is_one_sentence(tickwright, market, words, code, sentence) -> None:
    outcome = tickwright("sweep", "SmaCross", *words)
    assert (outcome.code, outcome.out) == (code, "")
    assert sentence in outcome.err
    assert len(outcome.err.splitlines()) == 1
