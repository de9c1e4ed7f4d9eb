"""The frame around the commands: lazy loading, common options, help, other tools' words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tickwright.cli.frame import application, first_sentence, load_command, project_directory
from tickwright.cli.registry import COMMANDS, FOREIGN_WORDS, LIVE_WORDS
from tickwright.domain.errors import UsageError

HEAVY = ("numba", "polars", "pyarrow", "ccxt", "aiohttp", "rich", "tickwright.bootstrap")
ANY = (*HEAVY, "numpy", "pydantic")


@pytest.mark.parametrize(
    ("words", "forbidden"),
    [
        (["--help"], ANY),
        ([], HEAVY),
        (["--version"], HEAVY),
        (["hyperopt"], HEAVY),
        (["explain", "DATA"], HEAVY),
        (["config", "--help"], HEAVY),
        (["backtest", "--help"], HEAVY),
    ],
)
def test_what_runs_nothing_loads_nothing_heavy(words: list[str], forbidden: tuple[str, ...]) -> None:
    program = f"""
import sys
from tickwright.cli import main
main({words!r})
print([name for name in {forbidden!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "[]"


def test_help_lists_every_command_with_its_sentence(tickwright) -> None:
    shown = " ".join(tickwright("--help").out.split())
    for entry in COMMANDS:
        assert f"{entry.name} {entry.summary}" in shown


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_a_summary_is_the_first_sentence_of_the_commands_own_help(entry) -> None:
    assert first_sentence(load_command(entry).help) == entry.summary


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_shows_its_help_with_the_common_options(tickwright, entry) -> None:
    outcome = tickwright(entry.name, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert "Common options:" in outcome.out
    assert "--home DIR" in outcome.out


def test_without_a_word_the_help_is_shown(tickwright) -> None:
    assert tickwright().out == tickwright("--help").out
    assert tickwright("config").out == tickwright("config", "--help").out


def test_without_a_word_but_for_a_program_it_is_a_usage_error(tickwright) -> None:
    outcome = tickwright("config", "--json")
    assert outcome.code == 2
    assert outcome.document["error"]["code"] == "USAGE"


@pytest.mark.parametrize("words", [["--version"], ["explain", "--version"], ["config", "--version"]])
def test_the_version_is_told_anywhere(tickwright, words) -> None:
    assert tickwright(*words).out.startswith("tickwright 0.")
    assert tickwright(*words, "--json").document["schema"] == "tickwright.version/1"


@pytest.mark.parametrize("word", sorted(FOREIGN_WORDS))
def test_a_word_of_another_tool_is_answered_with_ours(tickwright, word) -> None:
    outcome = tickwright(word)
    assert outcome.code == 2
    assert f"Did you mean `tickwright {FOREIGN_WORDS[word]}`?" in outcome.err
    assert tickwright(*FOREIGN_WORDS[word].split(), "--help").code == 0


@pytest.mark.parametrize("word", sorted(LIVE_WORDS))
def test_words_for_live_trading_say_what_there_is_instead(tickwright, word) -> None:
    outcome = tickwright(word)
    assert outcome.code == 2
    assert "tickwright backtest" in outcome.err


def test_no_command_has_the_name_of_another_tools_word() -> None:
    assert not {entry.name for entry in COMMANDS} & {*FOREIGN_WORDS, *LIVE_WORDS}


def test_a_misspelt_command_is_answered_with_the_nearest(tickwright) -> None:
    assert "Did you mean `tickwright explain`?" in tickwright("explian").err
    assert "`tickwright --help` lists the commands" in tickwright("qqqqqq").err


def test_a_misspelt_word_in_a_group_is_answered_with_the_nearest(tickwright) -> None:
    assert "Did you mean `tickwright config check`?" in tickwright("config", "chek").err
    assert "Did you mean `tickwright config show`?" in tickwright("config", "list").err
    assert "Did you mean `tickwright strategy ls`?" in tickwright("strategy", "list").err


def test_common_options_count_before_and_after_the_command(tickwright, tmp_path) -> None:
    (tmp_path / "tickwright.toml").write_text("[defaults]\ncash = 5\n")
    before = tickwright("--home", tmp_path, "--json", "config", "show", "defaults.cash").document
    after = tickwright("config", "show", "defaults.cash", "--home", tmp_path, "--json").document
    between = tickwright("config", "--home", tmp_path, "show", "defaults.cash", "--json").document
    assert before == after == between
    assert before["settings"][0]["value"] == "5"


def test_the_option_nearest_to_the_command_wins(tickwright, tmp_path) -> None:
    (tmp_path / "near").mkdir()
    document = tickwright("--home", tmp_path, "config", "check", "--home", tmp_path / "near", "--json").document
    assert document["home"] == str(tmp_path / "near")


def test_the_project_is_the_nearest_directory_upwards_with_settings(tmp_path, monkeypatch) -> None:
    (tmp_path / "tickwright.toml").write_text("version = 1\n")
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert project_directory(None) == tmp_path


def test_without_settings_upwards_the_project_is_here(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert project_directory(None) == Path.cwd()


def test_a_file_is_no_project(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"--home: .* is a file; expected a directory"):
        project_directory(tmp_path / "file")


def test_python_dash_m_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tickwright", "--version"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("tickwright ")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_be_taught_to_complete(shell) -> None:
    program = "import sys; from tickwright.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", program, "--show-completion", shell],
        capture_output=True, text=True, check=False, env={"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
    )  # fmt: skip
    assert "_TICKWRIGHT_COMPLETE" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("tickwright con", "config"), ("tickwright config ch", "check"), ("tickwright explain --js", "--json")],
)
def test_completion_offers_commands_and_options(typed, offered) -> None:
    environment = {"_TICKWRIGHT_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    done = subprocess.run(
        [sys.executable, "-m", "tickwright"], capture_output=True, text=True, check=False, env=environment
    )
    assert offered in done.stdout.split()
    assert done.stderr == ""


def test_the_application_is_named_by_its_sentence() -> None:
    assert "Tickwright" in (application().info.help or "")
