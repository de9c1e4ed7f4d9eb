"""Looking at kept runs."""

from __future__ import annotations

import pytest


@pytest.fixture
def kept(tickwright, market) -> list[str]:
    """Two runs that differ in one parameter; their ids."""
    words = ["backtest", "SmaCross", "--symbol", "BTC/USDT", "--json"]
    return [tickwright(*words, "--param", f"fast={fast}").document["run_id"] for fast in (10, 20)]


def test_without_runs_it_says_how_to_make_one(tickwright, project) -> None:
    assert "`tickwright backtest SmaCross` makes one" in tickwright("run", "ls").out
    assert tickwright("run", "ls", "--json").document["runs"] == []


def test_runs_are_listed_by_id(tickwright, kept) -> None:
    assert {row["run_id"] for row in tickwright("run", "ls", "--json").document["runs"]} == set(kept)
    out = tickwright("run", "ls").out
    assert all(run_id in out for run_id in kept)


def test_a_run_is_shown_by_id_by_a_unique_end_and_as_the_latest(tickwright, kept) -> None:
    for name in (kept[1], kept[1][-4:], "latest"):
        assert tickwright("run", "show", name, "--json").document["run_id"] == kept[1]
    assert tickwright("run", "show", "--json").document["run_id"] == kept[1]


def test_a_run_that_is_not_there_exits_with_4(tickwright, kept) -> None:
    outcome = tickwright("run", "show", "nosuch")
    assert (outcome.code, outcome.out) == (4, "")
    assert "RUN_NOT_FOUND" in outcome.err
    assert "`tickwright run ls` lists the runs." in outcome.err


def test_two_runs_stand_side_by_side(tickwright, kept) -> None:
    out = tickwright("run", "compare", *kept).out
    assert all(run_id in out for run_id in kept)
    assert "params.fast" in out
    assert tickwright("run", "compare", kept[0]).code == 2


def test_a_run_is_removed_with_yes_and_its_trials_stay_counted(tickwright, kept, market) -> None:
    assert tickwright("run", "rm", kept[0], "--yes", "--json").document["removed"] == [kept[0]]
    assert [row["run_id"] for row in tickwright("run", "ls", "--json").document["runs"]] == [kept[1]]
    assert not (market / "runs" / kept[0]).exists()
    again = tickwright("backtest", "SmaCross", "--symbol", "BTC/USDT", "--param", "fast=10", "--json").document
    assert again["trials"] == 2


def test_without_a_yes_nothing_is_removed(tickwright, kept) -> None:
    outcome = tickwright("run", "rm", *kept)
    assert outcome.code == 2
    assert "a yes, or --yes" in outcome.err
    assert len(tickwright("run", "ls", "--json").document["runs"]) == 2


def test_folders_are_imported_where_the_database_is_new(tickwright, kept, market) -> None:
    for path in (market / "runs").glob("tickwright.sqlite*"):
        path.unlink()
    assert sorted(tickwright("run", "import", "--json").document["imported"]) == sorted(kept)
    assert "knows every run folder" in tickwright("run", "import").out


def test_looking_where_nothing_is_kept_makes_no_database(tickwright, project) -> None:
    tickwright("run", "ls")
    assert not (project / "runs").exists()


def test_the_ledger_of_a_run_balances_and_comes_to_its_equity(tickwright, kept) -> None:
    document = tickwright("run", "ledger", "--json").document
    run = tickwright("run", "show", "--json").document
    assert (document["run_id"], document["problems"]) == (kept[1], [])
    assert document["entries"] == 1 + run["fills"]
    assert float(document["equity"]) == pytest.approx(run["final_equity"])
    balances = {(row["account"], row["asset"]): row for row in document["balances"]}
    assert balances["capital", "USDT"]["balance"] == "-100000"
    assert float(balances["fees", "USDT"]["balance"]) == pytest.approx(run["costs"]["fee"])
    assert len({row["entry"] for row in document["postings"]}) == 10
    assert all((row["debit"] is None) != (row["credit"] is None) for row in document["postings"])


def test_the_ledger_as_text_says_that_it_adds_up(tickwright, kept) -> None:
    out = tickwright("run", "ledger", kept[0], "--last", "0").out
    assert "In every entry debits equal credits" in out
    assert "wallet" in out
    assert "posting" not in out


def test_the_best_trials_are_shown_with_their_results(tickwright, kept) -> None:
    document = tickwright("run", "trials", "SmaCross", "--sort", "total_return", "--json").document
    assert (document["different"], document["sort"]) == (2, "total_return")
    assert [row["total_return"] for row in document["trials"]] == sorted(
        (row["total_return"] for row in document["trials"]), reverse=True
    )
    assert {row["params"]["fast"] for row in document["trials"]} == {10, 20}
    assert "2 different trials" in tickwright("run", "trials", "--symbol", "binance:BTC/USDT").out
    assert "No such trial" in tickwright("run", "trials", "Nobody").out
    assert tickwright("run", "trials", "--sort", "nonsense").code == 2


def test_no_trial_is_known_where_nothing_is_kept(tickwright, project) -> None:
    assert "No such trial" in tickwright("run", "trials").out
    assert not (project / "runs").exists()


def test_a_folder_that_cannot_be_read_is_named_beside_the_others(tickwright, kept, market) -> None:
    (market / "runs" / "2024-01-01-broken-0000").mkdir()
    (market / "runs" / "2024-01-01-broken-0000" / "manifest.json").write_text("{")
    outcome = tickwright("run", "ls")
    assert all(run_id in outcome.out for run_id in kept)
    assert "the folder 2024-01-01-broken-0000 is no run that can be read" in outcome.err
    assert tickwright("run", "import").code == 1
