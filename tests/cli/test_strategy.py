"""Listing, showing and starting strategies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def test_the_shipped_strategies_are_listed_with_their_form_and_origin(tickwright, project) -> None:
    rows = {row["name"]: row for row in tickwright("strategy", "ls", "--json").document["strategies"]}
    assert {"BuyAndHold", "SmaCross", "RsiReversion", "DonchianBreakout", "WeeklyMomentum"} <= set(rows)
    assert (rows["SmaCross"]["form"], rows["SmaCross"]["origin"]) == ("targets", "shipped")
    assert rows["WeeklyMomentum"]["form"] == "weights"


def test_a_file_that_does_not_load_is_listed_below_the_others(tickwright, project) -> None:
    (project / "strategies").mkdir()
    (project / "strategies" / "half.py").write_text("def (\n")
    outcome = tickwright("strategy", "ls")
    assert outcome.code == 0
    assert "Could not be loaded:\n  strategies/half.py, line 1: this is not Python" in outcome.out
    assert tickwright("strategy", "ls", "--json").document["broken"][0]["code"] == "STRATEGY_BROKEN"


def test_a_strategy_shows_its_words_and_parameters(tickwright, project) -> None:
    outcome = tickwright("strategy", "show", "SmaCross")
    assert "Long while the fast average is above the slow one" in outcome.out
    assert "fast" in outcome.out
    document = tickwright("strategy", "show", "SmaCross", "--json").document
    fast = document["parameters"][0]
    assert (fast["name"], fast["default"], fast["optimize"]) == ("fast", 20, True)
    assert document["timeframe"] is None


def test_a_strategy_without_parameters_says_so(tickwright, project) -> None:
    assert "It has no parameters." in tickwright("strategy", "show", "BuyAndHold").out


def test_an_unknown_strategy_is_answered_with_the_nearest(tickwright, project) -> None:
    outcome = tickwright("strategy", "show", "SmaCros")
    assert (outcome.code, outcome.err) == (
        2,
        "error USAGE: strategy: there is no strategy 'SmaCros'. Did you mean SmaCross?\n",
    )


def test_a_broken_file_is_one_sentence_with_its_line(tickwright, project) -> None:
    (project / "mine.py").write_text("x = 1\nimport nothing_like_this\n")
    outcome = tickwright("strategy", "show", "mine.py")
    assert outcome.code == 2
    assert outcome.err == (
        "error STRATEGY_BROKEN: mine.py, line 2: it imports nothing_like_this, which is not installed\n"
    )


def test_a_new_strategy_is_found_and_says_what_to_type_next(tickwright, project) -> None:
    outcome = tickwright("strategy", "new", "MyIdea")
    assert outcome.code == 0
    assert outcome.out.startswith("Wrote strategies/my_idea.py and tests/test_my_idea.py.")
    assert "  tickwright backtest MyIdea" in outcome.out
    assert tickwright("strategy", "show", "MyIdea", "--json").document["origin"] == "strategies/my_idea.py"


def test_a_new_strategy_passes_its_own_test_with_pytest_and_without(tickwright, project: Path) -> None:
    tickwright("strategy", "new", "MyIdea")
    plain = subprocess.run(
        [sys.executable, "tests/test_my_idea.py"], capture_output=True, text=True, check=False, cwd=project
    )
    assert (plain.returncode, plain.stdout, plain.stderr) == (0, "MyIdea passes.\n", "")
    under_pytest = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        capture_output=True, text=True, check=False, cwd=project,
    )  # fmt: skip
    assert "2 passed" in under_pytest.stdout


@pytest.mark.parametrize("name", ["MyIdea", "my_idea", "my-idea"])
def test_a_name_that_is_taken_is_refused_and_nothing_changes(tickwright, project, name) -> None:
    tickwright("strategy", "new", "MyIdea")
    (project / "strategies" / "my_idea.py").write_text((project / "strategies" / "my_idea.py").read_text() + "# mine\n")
    outcome = tickwright("strategy", "new", name)
    assert outcome.code == 2
    assert "MyIdea is the name of another strategy (strategies/my_idea.py)" in outcome.err
    assert (project / "strategies" / "my_idea.py").read_text().endswith("# mine\n")


def test_an_honest_strategy_passes_the_exam(tickwright, project) -> None:
    outcome = tickwright("strategy", "check", "SmaCross")
    assert (outcome.code, outcome.out.startswith("SmaCross passes: ")) == (0, True)
    document = tickwright("strategy", "check", "SmaCross", "--json").document
    assert (document["passed"], document["findings"]) == (True, [])


def test_a_strategy_that_looks_ahead_fails_the_exam_with_1(tickwright, project) -> None:
    (project / "seer.py").write_text(
        "import numpy as np\n"
        "from tickwright.strategy_api import Strategy\n"
        "class Seer(Strategy):\n"
        "    def targets(self, bars, ind):\n"
        "        return np.append(bars.close[1:] > bars.close[:-1], False)\n"
    )
    outcome = tickwright("strategy", "check", "seer.py")
    assert outcome.code == 1
    assert "no look-ahead" in outcome.out
    assert tickwright("strategy", "check", "seer.py", "--json").document["passed"] is False
