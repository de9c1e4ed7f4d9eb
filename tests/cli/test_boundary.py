"""Whatever happens inside ends as one sentence, one document and one exit code."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tickwright.cli import boundary
from tickwright.cli.output import Answer
from tickwright.domain.errors import (
    CheckFailed,
    DataError,
    ExchangeError,
    SafetyStop,
    SettingsError,
    TickwrightError,
    UsageError,
)


@pytest.fixture
def ends_with(monkeypatch):
    """Let the next command end with this outcome or exception."""

    def prepare(outcome: object) -> None:
        def invoke(arguments: list[str]) -> object:
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        monkeypatch.setattr(boundary, "_invoke", invoke)

    return prepare


@pytest.mark.parametrize(
    ("kind", "code"),
    [(CheckFailed, 1), (UsageError, 2), (SettingsError, 3), (DataError, 4), (ExchangeError, 5), (SafetyStop, 6)],
)
def test_each_family_has_its_exit_code(tickwright, ends_with, kind: type[TickwrightError], code: int) -> None:
    ends_with(kind("it is so", where="here", expected="there", hint="Do this."))
    outcome = tickwright("x")
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err == f"error {kind.code}: here: it is so; expected there. Do this.\n"


def test_for_a_program_a_failure_is_a_document(tickwright, ends_with) -> None:
    ends_with(DataError("it is so", where="here"))
    outcome = tickwright("x", "--json")
    assert (outcome.code, outcome.err) == (4, "")
    assert outcome.document == {
        "schema": "tickwright.error/1",
        "error": {"code": "DATA", "message": "it is so", "where": "here", "expected": None, "hint": None},
    }


def test_ctrl_c_ends_with_130_and_one_sentence(tickwright, ends_with) -> None:
    ends_with(KeyboardInterrupt())
    outcome = tickwright("x")
    assert outcome.code == 130
    assert outcome.err.startswith("error INTERRUPTED: interrupted")
    assert tickwright("x", "--json").document["error"]["code"] == "INTERRUPTED"


def test_ctrl_c_inside_executed_text_ends_with_130_too() -> None:
    program = """
import sys
from tickwright.cli import boundary, main
def invoke(arguments):
    exec("raise KeyboardInterrupt")
boundary._invoke = invoke
sys.exit(main(["x"]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (130, 1)


def test_what_nobody_foresaw_says_how_to_see_where(tickwright, ends_with) -> None:
    ends_with(ZeroDivisionError("division by zero"))
    outcome = tickwright("backtest", "SmaCross", "--symbol", "BTC/USDT")
    assert outcome.code == 1
    assert "ZeroDivisionError: division by zero" in outcome.err
    assert "`tickwright backtest SmaCross … --debug` shows where" in outcome.err
    assert "Traceback" not in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize("failure", [ZeroDivisionError("x"), DataError("x")])
def test_debug_shows_the_traceback_on_stderr_only(tickwright, ends_with, failure) -> None:
    ends_with(failure)
    outcome = tickwright("x", "--debug", "--json")
    assert "Traceback" in outcome.err
    assert "error" in outcome.document


def test_debug_after_two_dashes_is_a_word_like_any_other(tickwright, ends_with) -> None:
    ends_with(DataError("x"))
    assert "Traceback" not in tickwright("x", "--", "--debug").err


def test_a_file_without_permission_is_named(tickwright, ends_with) -> None:
    ends_with(PermissionError(13, "Permission denied", "/etc/shadow"))
    outcome = tickwright("x")
    assert outcome.code == 1
    assert outcome.err == "error SYSTEM_REFUSED: /etc/shadow: permission denied. Check the path and its permissions.\n"


def test_a_failed_check_prints_its_answer_and_exits_with_its_code(tickwright, ends_with) -> None:
    ends_with(Answer("check", {"ok": False}, lambda paper: paper.line("no"), exit_code=1))
    assert (tickwright("x").code, tickwright("x").out) == (1, "no\n")
    assert tickwright("x", "--json").document == {"schema": "tickwright.check/1", "ok": False}


def test_a_reader_that_leaves_early_is_no_failure() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    program = "import sys; from tickwright.cli import main; sys.exit(main(['explain']))"
    done = subprocess.run([sys.executable, "-c", program], stdout=write_end, stderr=subprocess.PIPE, check=False)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_without_the_character_shows_a_substitute() -> None:
    program = "import sys; from tickwright.cli import main; sys.exit(main(['config', 'show']))"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "NO_COLOR": "1"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"defaults.end" in done.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["explain", "--jsn"], "tickwright explain: no such option: --jsn. Did you mean --json?"),
        (["explain", "--home"], "tickwright: option '--home' requires an argument."),
        (["explain", "A", "B"], "tickwright explain: got unexpected extra argument(s) (B)."),
        (["config", "import"], "tickwright config import: missing argument 'FILE.env'."),
        (
            ["sandbox", "--port", "99999"],
            "tickwright sandbox: invalid value for '--port'; expected at most 65535. `tickwright sandbox --help` shows",
        ),
        (["sandbox", "--port", "x"], "tickwright sandbox: invalid value for '--port'; expected a whole number."),
        (["--nonsense"], "tickwright: no such option: --nonsense."),
    ],
)
def test_a_line_that_cannot_be_parsed_is_one_sentence(tickwright, words, sentence) -> None:
    outcome = tickwright(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error USAGE: {sentence}")
    assert len(outcome.err.splitlines()) == 1
    assert tickwright("--json", *words).document["error"]["code"] == "USAGE"
