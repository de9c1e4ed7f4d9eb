"""The settings that hold, whether they fit, and the import of old ones."""

from __future__ import annotations

import pytest


def test_every_setting_is_listed_with_its_origin(tickwright, project) -> None:
    (project / "tickwright.toml").write_text('version = 1\n[costs]\nfee = "10bp"\n')
    lines = tickwright("config", "show").out.splitlines()
    fee = next(line for line in lines if line.startswith("costs.fee "))
    assert fee.split(maxsplit=2) == ["costs.fee", "0.001", "tickwright.toml, line 3"]
    assert any(line.endswith("built in") for line in lines)
    assert lines[-1] == f"Read {project / 'tickwright.toml'}."


def test_without_a_file_the_defaults_are_shown_and_init_is_named(tickwright, tmp_path) -> None:
    out = tickwright("config", "show", "--home", tmp_path / "new").out
    assert out.splitlines()[-1] == f"No settings file in {tmp_path / 'new'}; `tickwright init` writes one."


def test_a_section_or_a_key_can_be_chosen(tickwright, project) -> None:
    assert len(tickwright("config", "show", "risk", "--json").document["settings"]) == 6
    assert len(tickwright("config", "show", "risk.max_drawdown", "--json").document["settings"]) == 1


def test_an_unknown_key_is_answered_with_the_nearest(tickwright, project) -> None:
    outcome = tickwright("config", "show", "costs.spred")
    assert (outcome.code, "Did you mean costs.spread?" in outcome.err) == (2, True)


def test_the_document_names_files_profile_and_layers(tickwright, project) -> None:
    (project / "tickwright.toml").write_text("version = 1\n[profiles.a.costs]\nfee = 0\n")
    document = tickwright("config", "show", "costs.fee", "--profile", "a", "--json").document
    assert document == {
        "schema": "tickwright.config-show/1",
        "home": str(project),
        "files": [str(project / "tickwright.toml")],
        "profile": "a",
        "profiles": ["a"],
        "settings": [{"key": "costs.fee", "value": "0", "layer": "profile", "place": "tickwright.toml, line 3"}],
    }


def test_a_password_in_an_address_is_masked(tickwright, project) -> None:
    (project / "tickwright.toml").write_text('[store]\nurl = "postgresql://me:hunter2@db/candles"\n')
    outcome = tickwright("config", "show", "store.url")
    assert "postgresql://***@db/candles" in outcome.out
    assert "hunter2" not in outcome.out


def test_the_latency_is_shown_with_its_unit(tickwright, project) -> None:
    (project / "tickwright.toml").write_text('[costs]\nlatency = "50ms"\n')
    assert tickwright("config", "show", "costs.latency", "--json").document["settings"][0]["value"] == "50ms"


def test_settings_that_fit_pass_the_check(tickwright, project) -> None:
    assert tickwright("config", "check").out == "The settings fit.\n"
    assert tickwright("config", "check", "--json").document["ok"] is True


def test_a_check_lists_every_problem_and_exits_with_3(tickwright, project) -> None:
    (project / "tickwright.toml").write_text('[costs]\nfe = 1\nspread = "x"\n')
    outcome = tickwright("config", "check")
    assert outcome.code == 3
    assert outcome.out.splitlines()[-1] == "2 problems."
    document = tickwright("config", "check", "--json").document
    assert [problem["code"] for problem in document["problems"]] == ["SETTINGS", "SETTINGS"]
    assert document["error"] == document["problems"][0]


def test_commands_refuse_settings_that_do_not_fit_with_3(tickwright, project) -> None:
    (project / "tickwright.toml").write_text("[costs]\nfe = 1\n")
    outcome = tickwright("config", "show")
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err == "error SETTINGS: tickwright.toml, line 2: costs.fe is not a setting. Did you mean fee?\n"


def test_an_import_says_what_it_took_and_what_it_left(tickwright, project) -> None:
    (project / "old.env").write_text("EXCHANGE=kraken\nAPI_SECRET=hunter2\n")
    outcome = tickwright("config", "import", project / "old.env")
    assert outcome.code == 0
    assert "EXCHANGE  defaults.exchange" in outcome.out
    assert "API_SECRET" in outcome.out
    assert "hunter2" not in outcome.out + outcome.err
    assert "tickwright.toml.bak" in outcome.out


def test_an_import_for_a_program_lists_both(tickwright, project) -> None:
    (project / "old.env").write_text("EXCHANGE=kraken\nODD=1\n")
    document = tickwright("config", "import", project / "old.env", "--json").document
    assert document["taken"] == [{"variable": "EXCHANGE", "key": "defaults.exchange", "value": '"kraken"'}]
    assert document["left"] == [{"variable": "ODD", "reason": "there is no setting for it", "advice": ""}]


def test_an_import_with_nothing_to_take_says_so(tickwright, project) -> None:
    (project / "old.env").write_text("")
    assert tickwright("config", "import", project / "old.env").out == "Nothing was taken.\n"


@pytest.mark.parametrize(
    "words", [["config", "import", "missing.env"], ["config", "import"], ["config", "show", "a", "b"]]
)
def test_a_wrong_word_exits_with_2(tickwright, project, words) -> None:
    assert tickwright(*words).code == 2
