"""Layers on top of each other: which value holds, and where it comes from."""

from __future__ import annotations

import pytest

from tickwright.domain.errors import UsageError
from tickwright.settings import load_settings
from tickwright.settings.loading import check_settings

FILE = '[defaults]\ncash = 1\ntimeframe = "15m"\n[profiles.rich.defaults]\ncash = 2\n[profiles.odd.costs]\nfe = 1\n'
VARIABLE = {"TICKWRIGHT_DEFAULTS__CASH": "3"}


@pytest.mark.parametrize(
    ("layers", "cash", "layer", "place"),
    [
        ({}, 100_000, "default", "built in"),
        ({"text": FILE}, 1, "file", "tickwright.toml, line 2"),
        ({"text": FILE, "profile": "rich"}, 2, "profile", "tickwright.toml, line 5"),
        ({"text": FILE, "environ": {"TICKWRIGHT_PROFILE": "rich"}}, 2, "profile", "tickwright.toml, line 5"),
        ({"text": FILE, "profile": "rich", "environ": VARIABLE}, 3, "environment", "TICKWRIGHT_DEFAULTS__CASH"),
        ({"text": FILE, "environ": VARIABLE, "overrides": {"defaults.cash": "4"}}, 4, "command line", "--cash"),
    ],
)
def test_a_later_layer_wins_and_the_origin_says_which(load, layers, cash, layer, place) -> None:
    loaded = load(layers.pop("text", None), **layers)
    assert loaded.values.defaults.cash == cash
    assert loaded.origin("defaults.cash").layer == layer
    assert loaded.origin("defaults.cash").place == place


def test_what_a_later_layer_does_not_name_stays(load) -> None:
    assert load(FILE, profile="rich").values.defaults.timeframe == "15m"


def test_several_files_are_layered_in_their_order(tmp_path) -> None:
    (tmp_path / "tickwright.toml").write_text("[defaults]\ncash = 1")
    (tmp_path / "a.toml").write_text("[defaults]\ncash = 2\n[costs]\nfee = 0")
    (tmp_path / "b.toml").write_text("[defaults]\ncash = 3")
    loaded = load_settings(tmp_path, configs=[tmp_path / "a.toml", tmp_path / "b.toml"], environ={})
    assert (loaded.values.defaults.cash, loaded.values.costs.fee) == (3, 0)
    assert loaded.origin("costs.fee").place == f"{tmp_path / 'a.toml'}, line 4"
    assert loaded.files == (tmp_path / "a.toml", tmp_path / "b.toml")


def test_lists_are_replaced_and_tables_are_merged(load) -> None:
    text = """
[strategies.t]
use = "X"
symbols = ["BTC/USDT", "ETH/USDT"]
params = { fast = 1, slow = 2 }
[profiles.p.strategies.t]
symbols = ["SOL/USDT"]
params = { slow = 3 }
"""
    trend = load(text, profile="p").values.strategies["t"]
    assert trend.symbols == ("SOL/USDT",)
    assert trend.params == {"fast": 1, "slow": 3}


def test_an_empty_table_takes_nothing_away(load) -> None:
    assert load("[costs]\nfee = 0\n[profiles.p.costs]\n", profile="p").values.costs.fee == 0


def test_a_value_over_a_table_is_refused_at_its_place(refusal) -> None:
    error = refusal("[costs]\nfee = 0\n[profiles.p]\ncosts = 3\n", profile="p")
    assert str(error).startswith("tickwright.toml, line 4: costs is 3; expected a section of settings")


def test_every_entry_has_a_key_a_value_and_an_origin(load) -> None:
    text = '[strategies.t]\nuse = "X"\nsymbols = ["ETH/USDT"]\n[strategies.t.symbols."ETH/USDT"]\nfast = 1\n'
    entries = {entry.key: entry for entry in load(text).entries()}
    assert entries['strategies.t.per_symbol."ETH/USDT".fast'].origin.place == "tickwright.toml, line 5"
    assert entries["strategies.t.allocation"].origin.layer == "default"
    assert entries["store.url"].value is None


def test_a_flag_that_does_not_fit_is_a_usage_error(refusal) -> None:
    error = refusal("", overrides={"costs.spread": "5 foo"})
    assert error.exit_code == 2
    assert str(error).startswith("--spread: costs.spread is '5 foo'; expected a fraction")


@pytest.mark.parametrize(
    ("key", "flag"),
    [("defaults.symbols", "--symbol"), ("costs.max_participation", "--participation"), ("margin.mode", "--margin")],
)
def test_a_flag_is_named_as_it_is_typed(refusal, key, flag) -> None:
    assert str(refusal("", overrides={key: 5})).startswith(f"{flag}: ")


def test_several_problems_name_the_first_and_count_the_others(refusal) -> None:
    error = str(refusal("[costs]\nfee = 1\nspread = 1\nslippage = 1"))
    assert error.startswith("tickwright.toml, line 2: costs.fee is 1")
    assert error.endswith("2 more: `tickwright config check` lists them.")


def test_an_unknown_profile_is_answered_with_the_nearest(refusal) -> None:
    error = refusal(FILE, profile="rch")
    assert isinstance(error, UsageError)
    assert str(error) == "--profile: there is no profile 'rch'. Did you mean rich?"
    assert refusal(FILE, environ={"TICKWRIGHT_PROFILE": "rch"}).exit_code == 3
    assert "Add a section such as [profiles.x.costs]" in str(refusal("", profile="x"))


def test_a_check_lists_everything_in_every_profile(tmp_path) -> None:
    (tmp_path / "tickwright.toml").write_text(f"{FILE}[costs]\nfee = 1\n")
    problems = [str(problem) for problem in check_settings(tmp_path, environ={})]
    assert len(problems) == 2
    assert problems[0].startswith("tickwright.toml, line 9: costs.fee is 1")
    assert problems[1].startswith("tickwright.toml, line 7: costs.fe is not a setting")


def test_a_check_of_a_broken_file_names_the_break(tmp_path) -> None:
    (tmp_path / "tickwright.toml").write_text("[costs")
    assert [problem.code for problem in check_settings(tmp_path, environ={})] == ["SETTINGS"]


def test_a_project_without_a_file_has_the_defaults(tmp_path) -> None:
    assert check_settings(tmp_path / "nowhere", environ={}) == []
    assert load_settings(tmp_path / "nowhere", environ={}).files == ()
