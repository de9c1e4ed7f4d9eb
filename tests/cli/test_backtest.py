"""`backtest` as a user and as a program types it."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace

import pytest

from tickwright.domain.timestamp import iso

RUN = ["backtest", "SmaCross", "--symbol", "BTC/USDT"]
DOCUMENTED = {
    "schema", "run_id", "strategy", "params", "symbols", "timeframe", "start", "end", "bars", "orders", "fills",
    "trades", "rejected", "final_equity", "total_return", "cagr", "volatility", "sharpe", "sortino", "calmar",
    "max_drawdown", "max_drawdown_start", "max_drawdown_end", "win_rate", "profit_factor",
    "expectancy", "exposure", "turnover",
    "benchmark_return", "costs", "digest", "account_digest", "data", "trials", "warnings",
}  # fmt: skip


def test_the_document_has_every_documented_field(tickwright, market) -> None:
    document = tickwright(*RUN, "--json").document
    assert set(document) >= DOCUMENTED
    assert set(document["costs"]) >= {"fee", "spread", "slippage", "impact"}
    assert set(document["data"]) >= {"rows", "gaps", "hash"}
    assert document["schema"] == "tickwright.backtest/1"
    assert (document["bars"], document["data"]["gaps"]) == (1434, 2)
    assert document["max_drawdown"] <= 0


def test_the_same_words_give_the_same_digest(tickwright, market) -> None:
    documents = [tickwright(*RUN, "--json").document for _ in range(2)]
    assert documents[0]["digest"] == documents[1]["digest"]
    assert documents[0]["run_id"] != documents[1]["run_id"]


@pytest.mark.parametrize("mode", ["event", "replay"])
def test_every_mode_trades_alike(tickwright, market, mode) -> None:
    vector = tickwright(*RUN, "--mode", "vector", "--json").document
    assert tickwright(*RUN, "--mode", mode, "--json").document["digest"] == vector["digest"]


@pytest.mark.parametrize("mode", ["vector", "event", "replay"])
def test_a_memory_budget_changes_nothing_but_the_memory(tickwright, market, mode) -> None:
    whole = tickwright(*RUN, "--json").document
    chunks = tickwright(*RUN, "--mode", mode, "--memory-budget", "300KB", "--json").document
    assert chunks["digest"] == whole["digest"]
    assert chunks["final_equity"] == whole["final_equity"]
    assert chunks["data"]["hash"] == whole["data"]["hash"]


@pytest.mark.parametrize("budget", ["200KB", "plenty"])
def test_a_memory_budget_that_cannot_be_is_refused_with_what_could(tickwright, market, budget) -> None:
    outcome = tickwright(*RUN, "--memory-budget", budget, "--json")
    assert outcome.code == 2
    assert "memory" in str(outcome.document["error"])


DETAIL = ["backtest", "SmaCross", "--timeframe", "4h", "--detail", "1h"]


@pytest.mark.parametrize("mode", ["vector", "event", "replay"])
def test_detail_settles_the_path_and_stands_in_the_manifest(tickwright, coarse_market, mode) -> None:
    document = tickwright(*DETAIL, "--mode", mode, "--json").document
    whole = tickwright(*DETAIL, "--memory-budget", "700KB", "--json").document
    assert (document["timeframe"], document["detail"], document["bars"]) == ("4h", "1h", 718)
    assert set(document["data"]["detail"]) == {"binance:BTC/USDT candles 1h", "binance:ETH/USDT candles 1h"}
    assert (document["digest"], document["data"]["hash"]) == (whole["digest"], whole["data"]["hash"])


def test_detail_is_a_setting_that_a_flag_switches_off(tickwright, coarse_market) -> None:
    (coarse_market / "tickwright.toml").write_text('version = 1\n[defaults]\ntimeframe = "4h"\ndetail = "1h"\n')
    assert tickwright("backtest", "SmaCross", "--json").document["detail"] == "1h"
    assert "of 4h on 1h detail" in tickwright("backtest", "SmaCross").out
    assert tickwright("backtest", "SmaCross", "--detail", "off", "--json").document["detail"] is None


def test_bars_that_are_not_stored_are_made_of_the_detail(tickwright, coarse_market) -> None:
    from tickwright.bootstrap.project import Project

    stored = tickwright(*DETAIL, "--json").document
    for folder in Project(coarse_market).data_directory.rglob("candles-4h"):
        shutil.rmtree(folder)
    made = tickwright(*DETAIL, "--json").document
    assert (made["digest"], made["data"]["hash"]) == (stored["digest"], stored["data"]["hash"])
    assert any("bars of 4h are not stored; they are made of 1h candles" in text for text in made["warnings"])
    assert tickwright("report", made["run_id"]).code == 0
    recent = tickwright("backtest", "SmaCross", *DETAIL[2:], "--last", "20d", "--json").document
    assert (recent["start"], recent["end"]) == ("2020-02-10T00:00:00Z", "2020-03-01T00:00:00Z")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--detail", "3h"], 2, "--detail: 3h candles do not divide bars of 4h; expected a shorter timeframe"),
        (["--detail", "8h"], 2, "--detail: 8h candles do not divide bars of 4h"),
        (["--detail", "minutes"], 2, "--detail: 'minutes' is not a timeframe"),
        (["--detail", "15m"], 4, "no 15m candles of binance:BTC/USDT are stored. Fetch them: tickwright data fetch"),
    ],
)
def test_detail_that_cannot_be_is_refused(tickwright, coarse_market, words, code, sentence) -> None:
    outcome = tickwright("backtest", "SmaCross", "--timeframe", "4h", *words)
    assert (outcome.code, outcome.out) == (code, "")
    assert sentence in outcome.err


def test_detail_that_does_not_add_up_names_series_bar_and_value(tickwright, coarse_market) -> None:
    from tickwright.bootstrap.project import Project

    store = Project(coarse_market).store
    key = next(key for key in store.keys() if str(key) == "binance:ETH/USDT candles 1h")  # noqa: SIM118
    bars = store.read(key)
    store.write(replace(bars, volume=bars.volume + (bars.open_time_ns == bars.open_time_ns[9])), source="test")
    outcome = tickwright(*DETAIL)
    assert outcome.code == 4
    assert "the volume of binance:ETH/USDT candles 4h at 2020-01-01T08:00:00Z is" in outcome.err
    assert "binance:ETH/USDT candles 1h makes it" in outcome.err


def test_the_order_of_the_symbols_does_not_matter(tickwright, market) -> None:
    two = ["backtest", "SmaCross", "--json"]
    one = tickwright(*two, "--symbol", "BTC/USDT", "--symbol", "ETH/USDT").document
    other = tickwright(*two, "--symbol", "ETH/USDT", "--symbol", "BTC/USDT").document
    assert one["digest"] == other["digest"]


def test_costs_can_be_switched_off_one_by_one(tickwright, market) -> None:
    free = tickwright(
        *RUN, "--fee", "0", "--spread", "0", "--slippage", "0", "--impact", "none", "--participation", "off", "--json"
    ).document
    assert {float(value) for value in free["costs"].values()} == {0.0}
    assert free["final_equity"] > tickwright(*RUN, "--json").document["final_equity"]


def test_the_text_names_digests_and_what_to_type_next(tickwright, market) -> None:
    out = tickwright(*RUN).out
    document = tickwright("run", "show", "--json").document
    assert document["digest"] in out
    assert f"tickwright report {document['run_id']}" in out


def test_an_instance_of_the_settings_is_run_by_its_name(tickwright, market) -> None:
    (market / "tickwright.toml").write_text(
        'version = 1\n[strategies.trend]\nuse = "SmaCross"\nsymbols = ["ETH/USDT"]\nallocation = 0.5\n'
        "params = { fast = 10, slow = 30 }\n"
    )
    document = tickwright("backtest", "trend", "--json").document
    assert document["symbols"] == ["binance:ETH/USDT"]
    assert document["params"] == {"fast": 10, "slow": 30}


def test_a_starter_strategy_runs(tickwright, market) -> None:
    tickwright("strategy", "new", "MyIdea")
    assert tickwright("backtest", "MyIdea", "--symbol", "BTC/USDT", "--json").document["strategy"] == "MyIdea"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["SmaCros"], 2, "there is no strategy 'SmaCros'. Did you mean SmaCross?"),
        (["SmaCross", "--symbol", "BTC"], 2, "--symbol: 'BTC' is not an instrument; expected BASE/QUOTE"),
        (
            ["SmaCross", "--symbol", "SOL/USDT"],
            4,
            "no 1h candles of binance:SOL/USDT are stored. Fetch them: tickwright",
        ),
        (["SmaCross", "--timeframe", "4x"], 2, "--timeframe: '4x' is not a timeframe"),
        (["SmaCross", "--timeframe", "1m"], 4, "no 1m candles"),
        (["SmaCross", "--param", "fast"], 2, "--param: 'fast' is not an assignment; expected NAME=VALUE"),
        (["SmaCross", "--param", "fast=1", "--param", "fast=2"], 2, "--param: fast is given twice"),
        (["SmaCross", "--param", "fas=5"], 2, "SmaCross has no parameter 'fas'. Did you mean fast?"),
        (
            ["SmaCross", "--param", "fast=abc"],
            2,
            "SmaCross.fast: 'abc' does not fit; expected a whole number, 2 to 200",
        ),
        (["SmaCross", "--param", "fast=60"], 2, "SmaCross(fast=60, slow=50) is not a valid combination"),
        (["SmaCross", "--cash", "much"], 2, "--cash: defaults.cash is 'much'; expected an amount of money"),
        (["SmaCross", "--cash", "0"], 2, "--cash: defaults.cash is '0'; expected an amount above 0"),
        (["SmaCross", "--fee", "0.1"], 2, "--fee: costs.fee is '0.1'; expected a rate below 5%"),
        (["SmaCross", "--spread", "-1bp"], 2, "--spread: costs.spread is '-1bp'; expected a rate of at least 0"),
        (["SmaCross", "--impact", "cubic"], 2, "--impact: costs.impact is 'cubic'; expected one of none, linear, sqrt"),
        (["SmaCross", "--participation", "3"], 2, "--participation: costs.max_participation is '3'"),
        (["SmaCross", "--mode", "live"], 2, "'live' is not a mode; expected one of vector, event, replay"),
        (["SmaCross", "--start", "soon"], 2, "--start: 'soon' is not a date or time"),
        (
            ["SmaCross", "--start", "2020-02-02", "--end", "2020-02-01"],
            2,
            "--end: the range 2020-02-02 … 2020-02-01 is empty",
        ),
        (["SmaCross", "--start", "2021-01-01"], 4, "has no candles in the range asked for"),
        (["SmaCross", "--last", "90"], 2, "--last: '90' is not a span of time"),
        (["SmaCross", "--last", "9d", "--start", "2020-01-05"], 2, "--last and --start say the same thing"),
        (["SmaCross", "--seed", "x"], 2, "invalid value for '--seed'; expected a whole number"),
        (["SmaCross", "--seed", "-1"], 2, "invalid value for '--seed'; expected at least 0"),
        (["SmaCross", "--seed", "99999999999999999999"], 2, "invalid value for '--seed'; expected at most"),
        (["SmaCross", "--cash", "1e30"], 2, "cash: 1E+30 USDT; expected at most 92233720368.54775807"),
        (["SmaCross", "--cash", "0.00000000001"], 2, "with no more than 8 decimals"),
        (["SmaCross", "--last", "0d"], 2, "--last: '0d' is no time at all"),
        (["SmaCross", "--symbl", "BTC/USDT"], 2, "no such option: --symbl. Did you mean --symbol?"),
        (["SmaCross", "--fast", "5"], 2, "A parameter of the strategy goes as --param fast=VALUE."),
        ([], 2, "missing argument 'STRATEGY'"),
    ],
)
def test_what_does_not_fit_is_one_sentence_and_leaves_no_run(tickwright, market, words, code, sentence) -> None:
    outcome = tickwright("backtest", *words)
    assert (outcome.code, outcome.out) == (code, "")
    assert sentence in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert not (market / "runs").exists() or not list((market / "runs").glob("2*"))


def test_a_failure_for_a_program_is_its_document(tickwright, market) -> None:
    outcome = tickwright("backtest", "SmaCross", "--symbol", "SOL/USDT", "--json")
    assert (outcome.code, outcome.err) == (4, "")
    assert outcome.document["error"]["code"] == "DATA_MISSING"
    assert "tickwright data fetch" in outcome.document["error"]["hint"]


def test_as_of_reproduces_a_run_whose_candles_were_revised_since(tickwright, market) -> None:
    words = ("backtest", "SmaCross", "--symbol", "BTC/USDT", "--json")
    before = tickwright(*words).document
    known = iso(time.time_ns())
    tickwright("data", "export", "--symbol", "BTC/USDT", "--timeframe", "1h", "--out", market / "now.csv")
    lines = (market / "now.csv").read_text().splitlines()
    for place, line in enumerate(lines[1:], 1):
        if place % 7 == 0:  # the whole candle a little lower
            moment, *prices, volume = line.split(",")
            lines[place] = ",".join([moment, *(f"{float(price) * 0.99:.2f}" for price in prices), volume])
    (market / "now.csv").write_text("\n".join(lines) + "\n")
    tickwright("data", "import", market / "now.csv", "--symbol", "BTC/USDT", "--timeframe", "1h")
    assert tickwright(*words).document["digest"] != before["digest"]
    again = tickwright(*words, "--as-of", known).document
    assert (again["digest"], again["data"]["hash"]) == (before["digest"], before["data"]["hash"])


def test_as_of_before_anything_was_known_is_one_sentence(tickwright, market) -> None:
    outcome = tickwright("backtest", "SmaCross", "--symbol", "BTC/USDT", "--as-of", "2001-01-01")
    assert outcome.code == 4
    assert "nothing of binance:BTC/USDT candles 1h was known at" in outcome.err
